"""Quotes and widths: how lines become rows."""

from __future__ import annotations

import csv as standard
import io

import pytest

from imports.parsing.limits import Limits
from imports.parsing.lines import Chunk
from imports.parsing.records import RecordReader
from tests.imports.parsing.files import LINE, accounted, codes, csv, opened, read


def with_label(label, count=3):
    """Return a file whose second row has a label written as given, quotes included."""
    rows = [{**LINE, "line_id": f"L{i}"} for i in range(count)]
    rows[1]["label"] = label
    return csv(*rows)


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ('"Paracétamol ; 1 g"', "Paracétamol ; 1 g"),
        ('"dit ""Doli"" 1 g"', 'dit "Doli" 1 g'),
        ('""', ""),
        ('bande 10 cm x 4"', 'bande 10 cm x 4"'),
        ('"fin\n"', "fin"),
    ],
)
@pytest.mark.parametrize("block", [16, 262144])
def test_quotes_are_read_as_spreadsheets_write_them(written, label, block):
    rows = read(with_label(written), block=block)

    assert [row.label for row in rows] == ["Paracétamol 1 g", label, "Paracétamol 1 g"]
    assert rows[2].number == 4 + written.count("\n")


@pytest.mark.parametrize("block", [16, 500, 262144])
def test_a_line_end_inside_quotes_is_refused_and_the_next_rows_keep_their_lines(block):
    data = with_label('"deux\r\nlignes\n"')

    assert codes(data, block=block) == [(3, "label", "control_character")]
    assert [row.number for row in read(data, block=block)[::2]] == [2, 6]


@pytest.mark.parametrize("block", [16, 500, 262144])
@pytest.mark.parametrize("count", [3, 60])
def test_a_quote_never_closed_costs_its_line_only(block, count):
    data = with_label('"Paracétamol', count)

    assert codes(data, block=block) == [(3, "", "quote_not_closed")]
    assert accounted(data, block=block).accepted == count - 1


def test_a_quote_open_at_the_end_of_the_file_costs_its_line_only():
    data = csv(LINE, {**LINE, "label": '"x'}, LINE)

    assert codes(data) == [(3, "", "quote_not_closed")]
    assert codes(csv({**LINE, "label": '"x'})) == [(2, "", "quote_not_closed")]


def test_a_quote_open_over_a_line_that_cannot_be_read_costs_both():
    data = csv({**LINE, "label": '"x'}, {**LINE, "label": "\0"}, LINE)

    assert codes(data) == [(2, "", "quote_not_closed"), (3, "", "nul_byte")]


def test_a_quote_that_swallows_too_much_text_is_not_closed():
    rows = [{**LINE, "label": '"x'}, *[{**LINE, "label": "y" * 900}] * 5]

    assert codes(csv(*rows), line=2000) == [(2, "", "quote_not_closed")]


def test_text_behind_a_closing_quote_costs_its_line_only():
    assert codes(with_label('"Doli" 1 g')) == [(3, "", "quote_misplaced")]


def test_the_values_of_a_row_refused_are_kept_as_written_for_the_file_of_rejects():
    data = csv(LINE, {**LINE, "rate_pct": " 65 %"}, {**LINE, "label": '"x'})
    (batch, unclosed) = opened(data).batches()

    assert batch.refused[0].values == tuple({**LINE, "rate_pct": " 65 %"}.values())
    assert unclosed.refused[0].values == tuple({**LINE, "label": '"x'}.values())


@pytest.mark.parametrize("change", ["more", "less", "one more and one less"])
def test_a_row_of_another_width_is_refused_with_both_numbers(change):
    header, row, *_ = csv(LINE).decode().split("\n")
    wrong = {
        "more": [row + ";x"],
        "less": [row[:-11]],
        "one more and one less": [row + ";x", row[:-11]],
    }
    rows = wrong[change]
    refusals = [
        item
        for item in read("\n".join([header, row, *rows, row]).encode())
        if isinstance(item, list)
    ]

    assert [each[0].code for each in refusals] == ["column_count"] * len(rows)
    assert [each[0].parameters["found_count"] for each in refusals] == [
        33 if wide.endswith("x") else 31 for wide in rows
    ]
    assert {each[0].parameters["count"] for each in refusals} == {32}


@pytest.mark.parametrize(
    "text", ["a;b\nc;d", "a;b\n\nc;d", "a\nb;c", "a;b;c\nd", ";\n;", "", "a;b"]
)
def test_cutting_all_at_once_and_line_by_line_agree_with_the_standard_library(text):
    records = RecordReader(";", 2, Limits()).read(Chunk(1, text, text.count("\n") + 1))
    expected = [
        (i, row)
        for i, row in enumerate(standard.reader(io.StringIO(text), delimiter=";"), 1)
        if row
    ]

    rows = [(number, list(records.row(i))) for i, number in enumerate(records.numbers)]
    assert rows == [(i, row) for i, row in expected if len(row) == 2]
    assert [number for number, *_ in records.faults] == [i for i, row in expected if len(row) != 2]
