"""Which file it is, from its first line; what is missing is named."""

from __future__ import annotations

import pytest

from imports.parsing import Kind, sentence
from tests.imports.parsing.files import (
    ALIAS,
    DOCTOR,
    ILLNESS,
    LINE,
    SLIP,
    csv,
    opened,
    read,
    refused_at_once,
)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (LINE, Kind.LINES),
        (ILLNESS, Kind.ILLNESSES),
        (DOCTOR, Kind.DECLARED_DOCTORS),
        (SLIP, Kind.SLIP),
        (ALIAS, Kind.ALIASES),
    ],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_each_file_is_known_by_its_header(row, kind, delimiter):
    reading = opened(csv(row, delimiter=delimiter))

    assert reading.recognised.kind is kind
    assert reading.recognised.delimiter == delimiter
    assert reading.recognised.columns == tuple(row)
    assert reading.recognised.format == "delimited"
    assert reading.recognised.notices == ()
    assert [len(batch.rows) for batch in reading.batches()] == [1]


def test_columns_come_in_any_order_and_any_case():
    turned = {
        f" {name.upper().replace('_', ' ')} ": value for name, value in reversed(LINE.items())
    }

    assert read(csv(turned)) == read(csv(LINE))


def test_only_the_obligatory_columns_need_be_there():
    obligatory = (
        "line_id", "scheme", "person_system", "person_value", "birth_date", "care_start",
        "section", "code_system", "code", "flow_date",
    )  # fmt: skip

    (line,) = read(csv({name: LINE[name] for name in obligatory}))

    assert line.care_end == line.care_start
    assert line.operation == "UPSERT"


def test_a_missing_column_is_named_and_the_one_like_it_is_suggested():
    row = {"care_strat" if name == "care_start" else name: LINE[name] for name in LINE}
    del row["scheme"]

    missing, misspelt = refused_at_once(csv(row))

    assert (missing.code, missing.column) == ("column_missing", "scheme")
    assert (misspelt.code, misspelt.column) == ("column_misspelt", "care_start")
    assert misspelt.parameters["likely"] == "care_strat"
    assert sentence(misspelt) == (
        "La colonne care_start manque (fichier lines) ; « care_strat » lui ressemble. "
        "Renommez-la care_start si c'est elle."
    )


@pytest.mark.parametrize(
    ("row", "theirs", "ours"),
    [
        (LINE, "date_soins", "care_start"),
        (LINE, "NIR", "person_value"),
        (ILLNESS, "CIM10", "icd10"),
        (DOCTOR, "numero_rpps", "rpps"),
        (SLIP, "mois", "period"),
    ],
)
def test_the_name_another_trade_file_gives_a_column_is_suggested(row, theirs, ours):
    renamed = {theirs if name == ours else name: value for name, value in row.items()}

    (refusal,) = refused_at_once(csv(renamed))

    assert (refusal.code, refusal.column) == ("column_misspelt", ours)
    assert refusal.parameters["likely"] == theirs


def test_a_column_that_is_not_ours_is_named_and_not_read():
    reading = opened(csv({**LINE, "couleur": "bleu", "": ""}))
    (notice,) = reading.recognised.notices

    assert (notice.code, notice.parameters["name"]) == ("column_unknown", "couleur")
    assert sentence(notice) == "La colonne couleur n'est pas du format : elle n'est pas lue."
    assert [len(batch.rows) for batch in reading.batches()] == [1]


def test_an_optional_column_with_a_slip_of_the_pen_is_suggested():
    row = {"prescriber_fines" if n == "prescriber_finess" else n: LINE[n] for n in LINE}
    (notice,) = opened(csv(row)).recognised.notices

    assert notice.code == "column_misnamed"
    assert notice.parameters == {"name": "prescriber_fines", "likely": "prescriber_finess"}


def test_a_column_with_an_endless_name_is_named_in_short():
    (notice,) = opened(csv({**LINE, "z" * 5000: ""})).recognised.notices

    assert notice.parameters["name"] == "z" * 60 + "…"


def test_a_column_given_twice_is_refused_by_name():
    data = csv(LINE).replace(b"care_end", b"care_start")

    assert [(each.code, each.column) for each in refused_at_once(data)] == [
        ("column_repeated", "care_start")
    ]


@pytest.mark.parametrize(
    "data",
    [b"a;b;c\n1;2;3\n", b"L1;general;INS-NIR\n", b"code\n1\n", b"line_id|scheme|section\n"],
    ids=["other columns", "no header", "one column", "other delimiter"],
)
def test_a_header_that_names_no_known_file_is_refused_with_what_was_seen(data):
    (refusal,) = refused_at_once(data)

    assert refusal.code == "header_unknown"
    assert refusal.found == data.decode().partition("\n")[0]


def test_a_delimiter_announced_by_a_spreadsheet_is_taken_and_lines_still_count():
    data = b'\n"sep=|"\r\n' + csv(LINE, delimiter="|", end="\r\n")

    (line,) = read(data)

    assert line.number == 4


def test_a_tab_announced_by_a_spreadsheet_is_taken():
    (line,) = read(b"sep=\t\n" + csv(LINE, delimiter="\t"))

    assert line.number == 3


def test_a_quoted_header_is_read():
    header, _, rows = csv(LINE).partition(b"\n")
    quoted = b";".join(b'"' + name + b'"' for name in header.split(b";"))

    assert read(quoted + b"\n" + rows) == read(csv(LINE))


def test_a_stray_carriage_return_in_the_header_is_a_space():
    assert read(b"\n" + csv(LINE).replace(b"care_end", b"care\rend")) == read(csv(LINE))


def test_the_number_of_columns_is_bounded():
    wide = {**LINE, **{f"x{i}": "" for i in range(169)}}
    (refusal,) = refused_at_once(csv(wide))

    assert refusal.code == "too_many_columns"
    assert refusal.parameters == {"count": 201, "limit": 200}
    del wide["x168"]
    assert len(read(csv(wide))) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"line_id;" * 10_000_000 + b"\n" + csv(LINE), "header_unreadable"),
        (b"\n" + b"line_id;" * 10_000_000, "header_unreadable"),
        (b"line_id;section\0\n" + csv(LINE), "not_a_claims_file"),
        (b"line_id;\xe9\n" + csv(LINE), "header_unreadable"),
    ],
    ids=["ten million columns", "after a blank line", "a NUL", "damaged letters"],
)
def test_a_header_that_cannot_be_read_is_refused(data, code):
    assert [each.code for each in refused_at_once(data)] == [code]
