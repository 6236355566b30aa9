"""What is wrong in the tables of the claims base is told where it is, as it is written there."""

from __future__ import annotations

import os

import pytest

from imports.parsing import sentence
from tests.imports.parsing.files import opened, peak_memory, read
from tests.imports.parsing.tables import PHA, PRS, another, archive, table


MIB = 1024**2


def refused(data):
    """Return the refused rows of a file, and the sentences that say why."""
    batches = list(opened(data).batches())
    rows = [row for batch in batches for row in batch.refused]
    return rows, [sentence(each) for row in rows for each in row.refusals]


def test_a_fault_of_the_prestation_is_told_by_its_line_beside_the_detail_s():
    data = archive(
        ER_PRS_F=[another(PRS, 1), another(PRS, 2, EXE_SOI_DTD="32/10/2026")],
        ER_PHA_F=[another(PHA, 2), another(PHA, 1)],
    )

    _, (told,) = refused(data)

    assert told.startswith("ER_PHA_F 2 (ER_PRS_F 3), colonne care_start")
    assert "lu « 32/10/2026 »" in told
    assert "n'est pas au calendrier" in told


@pytest.mark.parametrize("before", ["sep=;\n", "\n", " \r\n\n", "\ufeffsep=;\r\n", "\n" * 70_000])
def test_what_spreadsheets_put_before_a_header_is_no_part_of_a_table(before):
    data = archive(ER_PRS_F=before + table(PRS), ER_PHA_F=before + table(PHA))

    (line,) = read(data)

    assert (line.quantity, line.paid_cents) == (2, 1250)


def test_lines_are_counted_from_the_beginning_of_a_table():
    _, (told,) = refused(archive(ER_PRS_F=f"sep=;\n\n{table(PRS)}\nx;y", ER_PHA_F=table(PHA)))

    assert told.startswith("ER_PRS_F 5 : attendu 26 colonnes")


def test_a_detail_without_its_prestation_goes_back_with_what_it_says():
    data = archive(ER_PRS_F=[PRS], ER_PHA_F=[PHA, another(PHA, 9)])
    reading = opened(data)
    columns = reading.recognised.columns

    ((row,), _) = refused(data)

    given = dict(zip(columns, row.values, strict=True))
    assert {name: text for name, text in given.items() if text} == {
        "rejet_place": "ER_PHA_F 3", "code_system": "CIP13", "code": PHA["PHA_PRS_C13"],
        "section": "MED", "quantity": "2", "unpacked": "0", "performer_kind": "structure",
        "flow_date": "2026-10-28",
    }  # fmt: skip


@pytest.mark.parametrize("column", ["PHA_PRS_C13", "ORG_CLE_NUM"])
def test_endless_values_of_tables_that_are_held_are_refused_and_not_held(column):
    def endless(number):
        return another(PHA, number) | {column: os.urandom(100).hex() * 300}

    data = archive(ER_PRS_F=[PRS], ER_PHA_F=[PHA, *map(endless, range(2, 600))])

    with peak_memory() as peak:
        summary, told = opened(data), []
        for batch in summary.batches():
            told += [row.refusals[0].code for row in batch.refused]
        most = peak()

    assert set(told) == {"text_too_long"}
    assert (summary.summary.accepted, len(told)) == (1, 598)
    assert most < 16 * MIB


def test_endless_names_of_medicines_are_not_held():
    names = [
        {
            "PHA_CIP_C13": f"{n:013}",
            "PHA_ATC_C07": "N02BE01",
            "PHA_MED_NOM": os.urandom(100).hex() * 300,
        }
        for n in range(600)
    ]
    data = archive(ER_PRS_F=[PRS], ER_PHA_F=[PHA], IR_PHA_R=names)

    with peak_memory() as peak:
        assert [line.paid_cents for line in read(data)] == [1250]
        assert peak() < 16 * MIB
