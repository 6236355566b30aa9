"""A file of refused rows goes out harmless and comes back as it was."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, strategies as st

from imports.parsing import COLUMNS, Kind
from imports.parsing.returned import ADDED, guarded, is_returned, unguarded
from tests.imports.parsing.files import CIP13, LINE, NIR, RPPS, csv as csv_of, opened


CELLS = st.text(st.sampled_from("=+-@'\t;,\" ab01/Eé"), max_size=12)
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


@given(CELLS)
def test_no_cell_begins_as_a_formula_whatever_the_separator_of_who_opens_it(cell):
    safe = guarded(cell)

    if not NUMBER.fullmatch(cell):
        for part in re.split('[;,\t\r\n"]', safe):
            assert not part.strip().startswith(("=", "+", "-", "@"))


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_what_goes_out_comes_back_as_it_was(cells):
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerow([guarded(c) for c in cells])

    back = next(csv.reader(io.StringIO(unguarded(text.getvalue()), newline=""), delimiter=";"))

    assert back == cells


@pytest.mark.parametrize(
    "value",
    [NIR, CIP13, "012345678", "2E5", "1,5e+9", "2026-10-05", "05/10/2026", "3-4", "10/2026"],
)
def test_what_a_spreadsheet_would_turn_goes_out_as_a_text(value):
    assert guarded(value) == f"'{value}"


def test_a_correction_that_lost_our_columns_still_has_its_numbers():
    row = {**LINE, "performer_name": "'t Hooft"}
    kept = {name: f"'{value}" if value[:1].isdecimal() else value for name, value in row.items()}

    (batch,) = opened(csv_of(kept), correction=True).batches()

    assert batch.rows == rows_of(row)


@pytest.mark.parametrize("number", ["-5", "+12", "-12,50", "3.1", "0", RPPS])
def test_a_number_goes_out_as_it_is(number):
    assert guarded(number) == number


def test_a_file_that_comes_back_is_known_by_all_of_its_own_columns():
    assert is_returned(["line_id", *ADDED])
    assert not is_returned(["line_id", *ADDED[1:]])


def test_a_file_that_comes_back_is_read_as_it_was_and_its_own_columns_are_no_news():
    row = {**LINE, "label": "=1+1", "performer_name": "l'Étoile"}
    back = {name: guarded(value) for name, value in row.items()} | dict.fromkeys(ADDED, "x")

    reading = opened(csv_of(back))
    (batch,) = reading.batches()

    assert reading.recognised.notices == ()
    assert dict(zip(COLUMNS[Kind.LINES], batch.rows[0], strict=True))["label"] == "=1+1"
    assert batch.rows == rows_of(row)


def rows_of(row):
    (batch,) = opened(csv_of(row)).batches()
    return batch.rows
