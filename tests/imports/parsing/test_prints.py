"""The print of a file's rows: the same in any bytes, another for any other rows."""

from __future__ import annotations

import gzip
import io

import pytest

from imports.parsing import Limits, open_lines, open_stream
from tests.imports.parsing.files import LINE


HEAD = ";".join(LINE)


def row(number):
    return ";".join((LINE | {"line_id": f"L{number}"}).values())


def text(*numbers):
    return "\n".join((HEAD, *map(row, numbers), ""))


def printed(content):
    """The print of the rows, whether they are read or skimmed, and of how they begin."""
    read = open_stream(io.BytesIO(content), Limits())
    list(read.batches())
    skimmed = open_lines(io.BytesIO(content))
    assert sum(chunk.count for chunk in skimmed.skim()) >= read.summary.rows
    assert (read.print.rows, read.print.begins) == (skimmed.print.rows, skimmed.print.begins)
    return read.print.rows, read.print.begins


SENT = text(*range(500))


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(SENT.encode()),
        SENT.encode("cp1252"),
        SENT.encode("utf-8-sig"),
        SENT.replace("\n", "\r\n").encode(),
        SENT.replace("\n", "\r").encode(),
        SENT.rstrip().encode(),
        SENT.encode() + b"\n" * 100_000,
    ],
    ids=["gzip", "latin-1", "mark", "windows", "mac", "no last end", "blank lines behind"],
)
def test_the_same_rows_in_other_bytes_have_the_same_print(content):
    assert printed(content) == printed(SENT.encode())


@pytest.mark.parametrize(
    ("other", "begins_alike"),
    [
        (text(*range(499)), True),
        (text(*range(500), 500), True),
        (text(*range(498), 499, 498), True),
        (text(1, 0, *range(2, 500)), False),
        (SENT.replace("\n", "\n\n", 1), False),
        (SENT.replace(f"{row(400)}\n", f"{row(400)}\n\n"), True),
        ("sep=;\n" + SENT, False),
        (SENT.replace("care_start;care_end", "care_end;care_start", 1), False),
    ],
    ids=["one less", "one more", "order", "first", "blank first", "blank", "announced", "columns"],
)
def test_other_rows_have_another_print(other, begins_alike):
    sent, found = printed(SENT.encode()), printed(other.encode())

    assert found[0] != sent[0]
    assert (found[1] == sent[1]) is begins_alike


def test_what_can_not_be_read_has_no_print():
    with_nul = SENT.replace("L400", "L\x00").encode()

    assert printed(with_nul)[0] == ""
    assert open_lines(io.BytesIO(b"")) is None
    assert open_lines(io.BytesIO(b"PK\x03\x04")) is None
    assert open_lines(io.BytesIO(b'{"resourceType": "ExplanationOfBenefit"}')) is None
    damaged = open_lines(io.BytesIO(gzip.compress(SENT.encode() * 9)[:-9]))
    list(damaged.skim())
    assert damaged.summary.stopped is not None
