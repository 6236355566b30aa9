"""A large file is read by several processes: the same rows, counts and refusals as by one."""

from __future__ import annotations

import io
import os
import signal
from pathlib import Path

import pytest

from imports.loading import beside
from imports.parsing import Limits, open_stream
from tests.imports.loads import line, lines


LIMITS = Limits(block=4096, line=4096)


def content():
    """Rows right and wrong, a quoted one that spans two blocks of the file, blank lines."""
    rows = [
        line(f"L{n}", person_system="dcir", person_value=f"p{n % 40}", paid_cents=str(n))
        for n in range(400)
    ]
    rows[50] = line("wrong", care_start="31/02/2026")
    rows[120] = line("quoted", performer_name=f'"Pharmacie {"x" * 100};"')
    rows[200] = ""
    rows[300] = line("short") + ";;"
    return lines(*rows)


def read(data):
    reading = open_stream(io.BytesIO(data), LIMITS)
    parts = list(beside.encoded(reading))
    rows = sorted(row for part in parts for row in part.text.decode().split("\n") if row)
    return rows, [row for part in parts for row in part.refused], reading.summary


@pytest.fixture
def helped(monkeypatch):
    monkeypatch.setattr(beside, "how_many", lambda: 2)
    monkeypatch.setattr(beside, "ALONE", 1)


def test_several_processes_read_what_one_reads(monkeypatch):
    monkeypatch.setattr(beside, "how_many", lambda: 0)
    alone = read(content())
    monkeypatch.setattr(beside, "how_many", lambda: 2)
    for read_here in (0, 3):
        monkeypatch.setattr(beside, "ALONE", read_here)

        assert read(content()) == alone

    rows, refused, summary = alone
    assert len(rows) == 397
    assert [(row.line, row.refusals[0].code) for row in refused] == [
        (52, "date_not_real"),
        (302, "column_count"),
    ]
    assert (summary.accepted, summary.refused, summary.blank) == (397, 2, 1)
    assert summary.totals[("general", "2026-04")].lines == 397


@pytest.mark.usefixtures("helped")
def test_a_helper_that_dies_ends_the_load_and_the_others():
    reading = open_stream(io.BytesIO(content()), LIMITS)
    parts = beside.encoded(reading)
    next(parts)
    next(parts)
    children = children_of(os.getpid())
    assert len(children) == 2
    os.kill(children[0], signal.SIGKILL)

    with pytest.raises((EOFError, ConnectionError)):
        list(parts)

    assert children_of(os.getpid()) == []


@pytest.mark.usefixtures("helped")
def test_what_goes_wrong_in_a_helper_is_told_without_a_word_of_the_file(monkeypatch):
    ask = beside.Helper.ask
    monkeypatch.setattr(beside.Helper, "ask", lambda self, _chunk: ask(self, "not a chunk"))

    with pytest.raises(beside.HelperError, match=r"AttributeError at .*helping.py"):
        read(content())

    assert children_of(os.getpid()) == []


@pytest.mark.usefixtures("helped")
def test_helpers_end_with_a_reader_that_stops():
    parts = beside.encoded(open_stream(io.BytesIO(content()), LIMITS))
    next(parts)
    next(parts)

    parts.close()

    assert children_of(os.getpid()) == []


def children_of(process):
    """The helpers a process has started: other children belong to other tests."""
    found = []
    for task in Path(f"/proc/{process}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return [each for each in found if b"imports.helping" in command_of(each)]


def command_of(process):
    return Path(f"/proc/{process}/cmdline").read_bytes()
