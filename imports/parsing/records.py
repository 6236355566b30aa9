"""Physical lines to rows of fields, quotes and all; must not know what the fields mean."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from imports.parsing.refusals import Fault


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imports.parsing.limits import Limits
    from imports.parsing.lines import Chunk


QUOTE: Final = '"'


@dataclass(slots=True)
class Records:
    """Rows cut out of a chunk: those of the right width as columns, the others as faults."""

    numbers: Sequence[int] = ()
    columns: list[list[str]] = field(default_factory=list)
    faults: list[tuple[int, tuple[str, ...], Fault]] = field(default_factory=list)
    """Line, values as written if they could be cut, reason."""
    blank: int = 0

    def row(self, i: int) -> tuple[str, ...]:
        """Return the values of the row at a position, as written."""
        return tuple(column[i] for column in self.columns)


class RecordReader:
    """Cuts the lines of one file. A row whose quotes are open is carried to the next chunk."""

    def __init__(self, delimiter: str, width: int, limits: Limits, *, named: int = 0) -> None:
        """Read rows of a width; of those columns, `named` are not behind the last name."""
        self._delimiter = delimiter
        self._width = width
        self._named = named or width
        self._limits = limits
        self._open: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether the next chunk goes on with a row begun before it."""
        return bool(self._open)

    def read(self, chunk: Chunk) -> Records:
        """Return the rows that end in this chunk."""
        if not self._open and not chunk.faults and QUOTE not in chunk.text:
            if not chunk.text or chunk.text.isspace():
                return Records(blank=chunk.count)
            whole = self._all_at_once(chunk)
            if whole is not None:
                return whole
        lines = chunk.text.split("\n")
        first = chunk.first - len(self._open)
        faults = {i + len(self._open): fault for i, fault in chunk.faults.items()}
        lines = self._open + lines
        self._open = []
        return self._one_by_one(first, lines, faults, last=False)

    def finish(self, number: int) -> Records:
        """Return what is left when the file has ended after `number` lines."""
        lines, self._open = self._open, []
        return self._one_by_one(number + 1 - len(lines), lines, {}, last=True)

    def _all_at_once(self, chunk: Chunk) -> Records | None:
        """Cut every line in one go, if each has as many fields as the header.

        A mark is put at each line's end as a field of its own: when all marks fall on their
        places, all lines are of the right width. Twice as fast as cutting line by line.
        """
        width, delimiter = self._width + 1, self._delimiter
        marked = chunk.text.replace("\n", f"{delimiter}\n{delimiter}")
        fields = f"{marked}{delimiter}\n".split(delimiter)
        count = chunk.count
        if len(fields) != count * width or fields[self._width :: width] != ["\n"] * count:
            return None
        return Records(
            range(chunk.first, chunk.first + count),
            [fields[i::width] for i in range(self._width)],
        )

    def _one_by_one(
        self, first: int, lines: Sequence[str], faults: dict[int, Fault], *, last: bool
    ) -> Records:
        records = Records()
        numbers: list[int] = []
        rows: list[list[str]] = []
        i = 0
        while i < len(lines):
            used, row = 1, lines[i].split(self._delimiter)
            fault = faults.get(i)
            if fault is None and QUOTE in lines[i]:
                quoted = self._quoted(lines, i, faults, last=last)
                if quoted is None:
                    self._open = list(lines[i:])
                    break
                used, row, fault = quoted
            if fault is None and len(row) != self._width:
                row = self._fitted(row)
            if fault is None and len(row) != self._width and any(map(str.strip, row)):
                expected = (("count", self._width), ("found_count", len(row)))
                fault = Fault("column_count", parameters=expected)
            if fault is not None:
                records.faults.append((first + i, tuple(row), fault))
            elif len(row) == self._width:
                numbers.append(first + i)
                rows.append(row)
            else:
                records.blank += 1
            i += used
        records.numbers = numbers
        records.columns = [list(column) for column in zip(*rows, strict=True)]
        return records

    def _fitted(self, row: list[str]) -> list[str]:
        """Return a row without empty cells behind the last column, or with those it may lack.

        Spreadsheets write some of them behind the header only, or behind some rows only.
        """
        if self._named <= len(row) < self._width:
            return row + [""] * (self._width - len(row))
        return row if any(map(str.strip, row[self._width :])) else row[: self._width]

    def _quoted(
        self, lines: Sequence[str], i: int, faults: dict[int, Fault], *, last: bool
    ) -> tuple[int, list[str], Fault | None] | None:
        """Cut the row that starts at a position; None if it needs the next chunk.

        A row that can't be cut costs its first line only: the quote was most likely meant as a
        character, and the lines behind it are rows of their own.
        """
        taken = 0
        ended = ran_out = False

        def following() -> Iterator[str]:
            nonlocal taken, ended, ran_out
            length = 0
            for position in range(i, len(lines)):
                length += len(lines[position])
                too_far = taken >= self._limits.quoted_lines or length > self._limits.line
                if too_far or position in faults:
                    break
                taken += 1
                yield lines[position] + "\n"
            else:
                ran_out = not last
            ended = True

        try:
            row = next(csv.reader(following(), delimiter=self._delimiter, strict=True))
        except csv.Error:
            if ran_out:
                return None
            as_cut = lines[i].split(self._delimiter)
            return 1, as_cut, Fault("quote_not_closed" if ended else "quote_misplaced")
        return taken, row, None
