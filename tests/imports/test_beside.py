"""A large file is read many rows at once, beside what feeds the database: the same comes of it."""

from __future__ import annotations

import io
import threading

import pytest

from imports.loading import beside
from imports.parsing import Limits, open_stream
from imports.parsing.delimited import DelimitedRows
from tests.imports.loads import line, lines


def content():
    """Rows right and wrong, a quoted one that spans two blocks of the file, blank lines."""
    rows = [
        line(f"L{n}", person_system="dcir", person_value=f"p{n % 40}", paid_cents=str(n))
        for n in range(400)
    ]
    rows[50] = line("wrong", care_start="31/02/2026")
    rows[120] = line("quoted", performer_name=f'"Pharmacie {"x" * 100};"')
    rows[200] = ""
    rows[250] = line("ends with nothing") + ";;"
    rows[300] = line("long") + ";;more"
    return lines(*rows)


def read(data, *, many=0):
    reading = open_stream(io.BytesIO(data), Limits(block=4096, line=4096, many=many))
    parts = list(beside.encoded(reading))
    rows = sorted(row for part in parts for row in part.text.decode().split("\n") if row)
    return rows, [row for part in parts for row in part.refused], reading.summary


@pytest.mark.parametrize("alone", [0, 3])
@pytest.mark.parametrize("together", [1, 20_000, 10**6])
def test_many_rows_at_once_are_read_as_one_by_one(monkeypatch, alone, together):
    one_by_one = read(content(), many=10**9)
    monkeypatch.setattr(beside, "ALONE", alone)
    monkeypatch.setattr(beside, "TOGETHER", together)

    assert read(content()) == one_by_one

    rows, refused, summary = one_by_one
    assert len(rows) == 397
    assert [(row.line, row.refusals[0].code) for row in refused] == [
        (52, "date_not_real"),
        (302, "column_count"),
    ]
    assert (summary.accepted, summary.refused, summary.blank) == (397, 2, 1)
    assert summary.totals[("general", "2026-04")].lines == 397


def test_what_goes_wrong_beside_ends_the_reading(monkeypatch):
    monkeypatch.setattr(beside, "ALONE", 1)
    read_rows = DelimitedRows.read

    def fail(self, chunk):
        if threading.current_thread() is threading.main_thread():
            return read_rows(self, chunk)
        raise ZeroDivisionError

    monkeypatch.setattr(DelimitedRows, "read", fail)

    with pytest.raises(ZeroDivisionError):
        read(content())

    assert threads_beside() == []


def test_the_thread_ends_with_a_reader_that_stops(monkeypatch):
    monkeypatch.setattr(beside, "ALONE", 1)
    parts = beside.encoded(open_stream(io.BytesIO(content()), Limits(block=4096, line=4096)))
    next(parts)
    next(parts)
    assert threads_beside()

    parts.close()

    assert threads_beside() == []


def threads_beside():
    return [each for each in threading.enumerate() if each.name.startswith("beside")]
