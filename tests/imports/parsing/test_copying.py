"""Rows on their way to the database: order, escapes, and what "identical" means."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, strategies as st

from imports.parsing import BUSINESS_COLUMNS, COLUMNS, Kind, copy_fields, copy_text, digest
from tests.imports.parsing.files import ALIAS, DOCTOR, ILLNESS, LINE, SLIP, csv, opened, read


def only(row):
    (item,) = read(csv(row))
    return item


def test_the_columns_keep_the_order_of_the_format():
    assert COLUMNS[Kind.LINES] == tuple(LINE)
    assert COLUMNS[Kind.ILLNESSES] == tuple(ILLNESS)
    assert COLUMNS[Kind.DECLARED_DOCTORS] == tuple(DOCTOR)
    assert COLUMNS[Kind.SLIP] == tuple(SLIP)
    assert COLUMNS[Kind.ALIASES] == tuple(ALIAS)


def test_a_row_goes_to_the_database_in_the_order_of_its_columns():
    row = {**LINE, "care_end": "", "unpacked": "", "operation": "", "quantity": "+02"}

    assert copy_fields(only(row)) == tuple(
        {
            **LINE, "care_end": "2026-10-05", "unpacked": "0", "operation": "UPSERT",
            "quantity": "2",
        }.values()
    )  # fmt: skip


@pytest.mark.parametrize(
    "row", [LINE, ILLNESS, DOCTOR, SLIP, ALIAS], ids=["line", "illness", "doctor", "slip", "alias"]
)
def test_the_typed_row_and_the_fast_batch_hold_the_same_texts(row):
    (batch,) = opened(csv(row)).batches()
    (typed,) = batch.typed()

    assert batch.rows == [copy_fields(typed)]
    assert (list(batch.numbers), typed.number) == ([2], 2)


def test_copy_text_escapes_what_the_database_would_read_as_its_own():
    row = {**LINE, "label": r"10\20 mg \N"}

    assert copy_fields(only(row))[10] == r"10\\20 mg \\N"
    assert copy_text(["a\x1f\x1f" + r"\x00ff", "é\x1fb"]) == "a\x1f\x1f\\\\x00ff\né\x1fb\n"
    assert copy_text(["a\x1fb"]) == "a\x1fb\n"
    assert copy_text([]) == ""


def test_the_digest_is_the_documented_one():
    business = list(LINE.values())[4:-1]
    expected = hashlib.sha256("\x1f".join(["lines:1", *business]).encode()).digest()

    assert digest(only(LINE)) == expected
    assert BUSINESS_COLUMNS[Kind.LINES] == tuple(LINE)[4:-1]


@pytest.mark.parametrize("column", ["line_id", "scheme", "person_value", "flow_date"])
def test_the_digest_leaves_out_who_and_when(column):
    other = {
        "line_id": "L2", "scheme": "agricole", "person_value": "253072B07300470",
        "flow_date": "2026-12-01",
    }[column]  # fmt: skip

    assert digest(only({**LINE, column: other})) == digest(only(LINE))


CHANGES = {
    "birth_date": "1979-03-13", "care_start": "2026-10-04", "care_end": "2026-10-07",
    "section": "VAC", "code": "3400921600506", "label": "x", "quantity": "3", "unpacked": "1",
    "prescribed_on": "", "prescription_ref": "", "prescriber_rpps": "", "prescriber_name": "",
    "prescriber_specialty": "", "prescriber_finess": "", "performer_kind": "person",
    "performer_rpps": "10100997245", "performer_name": "", "performer_specialty": "x",
    "performer_finess": "", "atc": "", "paid_cents": "1", "base_cents": "1",
    "reimbursed_cents": "1", "rate_pct": "", "operation": "CANCEL",
}  # fmt: skip


@pytest.mark.parametrize("column", CHANGES)
def test_the_digest_tells_any_other_change(column):
    assert digest(only({**LINE, column: CHANGES[column]})) != digest(only(LINE))


def test_the_digest_tells_a_change_of_list_and_of_the_line_netted():
    netting = {**LINE, "paid_cents": "-1", "reverses_line_id": "L0"}

    assert digest(only(netting)) != digest(only({**netting, "reverses_line_id": "L9"}))
    assert digest(only({**LINE, "code_system": "UCD", "code": "9261104"})) != digest(only(LINE))


@pytest.mark.parametrize("row", [ILLNESS, DOCTOR, SLIP], ids=["illness", "doctor", "slip"])
def test_the_other_files_have_digests_of_their_own(row):
    person = {"person_value": "253072B07300470"} if "person_value" in row else {}

    assert digest(only({**row, **person})) == digest(only(row))
    assert digest(only(row)) != digest(only(LINE))


def test_an_alias_has_no_digest_as_all_it_holds_is_identifiers():
    with pytest.raises(KeyError):
        digest(only(ALIAS))


TEXT = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=20)


@given(TEXT, TEXT, TEXT, TEXT)
def test_two_rows_have_the_same_digest_only_if_they_say_the_same(a, b, c, d):
    def row(name, specialty):
        return {**LINE, "prescriber_name": quoted(name), "prescriber_specialty": quoted(specialty)}

    def quoted(text):
        return '"' + text.replace('"', '""') + '"'

    one, other = only(row(a, b)), only(row(c, d))
    same = (one.prescriber_name, one.prescriber_specialty) == (
        other.prescriber_name,
        other.prescriber_specialty,
    )
    assert (digest(one) == digest(other)) is same
