"""Empty cells behind the last column, as spreadsheets write them, are nothing."""

from __future__ import annotations

import pytest

from tests.imports.parsing.files import LINE, accounted, csv, opened


HEADER, ROW = csv(LINE).decode().splitlines()


def file(header, *rows):
    return "\n".join((header, *rows, "")).encode()


@pytest.mark.parametrize("many", [0, 128 * 1024], ids=["as arrays", "row by row"])
@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (HEADER + ";;", [ROW, ROW]),
        (HEADER, [ROW + ";;", ROW + "; "]),
        (HEADER, [ROW, ROW + ";;"]),
        (HEADER + "; ;", [ROW + ";", ROW + ";;;;"]),
        (HEADER + ";;", [ROW + ";;", ROW + ";;x"]),
        (HEADER, [ROW, ROW.replace("Paracétamol 1 g", '"Paracétamol 1 g"') + ";"]),
    ],
)
def test_they_are_nothing_behind_the_header_or_behind_rows(header, rows, many):
    (batch,) = opened(file(header, *rows), many=many).batches()

    (plain,) = opened(file(HEADER, ROW, ROW)).batches()
    assert batch.rows == plain.rows
    assert not batch.refused


@pytest.mark.parametrize("many", [0, 128 * 1024], ids=["as arrays", "row by row"])
@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER, ROW + ";x"),
        (HEADER, ROW + ";;x"),
        (HEADER + ";", ROW + ";;x"),
        (HEADER + ";note", ROW),
        (HEADER + ";", ROW.rpartition(";")[0]),
    ],
)
def test_what_is_not_empty_or_is_missing_before_the_last_name_is_refused(header, row, many):
    whole = ROW + ";" * (header.count(";") - HEADER.count(";"))
    summary = accounted(file(header, whole, row, ";" * 99, whole), many=many)

    assert (summary.accepted, dict(summary.refusals)) == (2, {"column_count": 1})
