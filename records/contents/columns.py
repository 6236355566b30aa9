"""A table made of spaces, read as a table where its columns leave no doubt.

Words stand under others by their place in the line, never by their rank: a missing result must
not slide under another name. Where a place is doubtful there is no table, and the spaces stay.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterable


# Words that one space sets apart are said together.
_TOGETHER = re.compile(r"\S+(?: \S+)*")
_FIGURE = re.compile(r"(?<= )[<>≤≥]? ?\d")
_DIGIT = re.compile(r"\d")
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """The words over the columns, if any, and the rows: as many cells in each, some empty."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def labelled(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return each row as what it is about, then its other cells with what is over them."""
        over = self.heads or ("",) * len(self.rows[0])
        return [(row[0], list(zip(over[1:], row[1:], strict=True))) for row in self.rows]


def columns_of(text: str) -> Columns | None:
    """Return a text as a table, or None where some of its words are in no column."""
    lines = [line for line in dedent(text.expandtabs()).split("\n") if line.strip()]
    apart = [[found.start() for found in _TOGETHER.finditer(line)] for line in lines]
    starts = _starts(apart)
    if min(len(starts), len(lines)) < _FEWEST:
        return None
    rows = []
    for line, begun in zip(lines, apart, strict=True):
        row = _row(line, begun, starts)
        if row is None:
            return None
        rows.append(row)
    counted = [bool(_DIGIT.search("".join(row))) for row in rows]
    if counted[0] or sum(counted) * 2 < len(rows):
        return Columns((), tuple(rows))
    return Columns(rows[0], tuple(rows[1:]))


def _starts(apart: Iterable[list[int]]) -> list[int]:
    """Return where columns begin: where most lines that have several words apart have."""
    several = [begun for begun in apart if len(begun) > 1]
    counted = Counter(start for begun in several for start in begun)
    return sorted({0} | {start for start, lines in counted.items() if 2 * lines > len(several)})


def _row(line: str, begun: list[int], starts: list[int]) -> tuple[str, ...] | None:
    """Return the cells of a line, each under its column; None where one is under none."""
    cells = set(begun)
    if len(begun) > 1:  # one space is enough before a figure where a column begins
        cells |= {found.start() for found in _FIGURE.finditer(line)} & set(starts)
    row = [""] * len(starts)
    ordered = sorted(cells)
    for start, end in zip(ordered, [*ordered[1:], len(line)], strict=True):
        # What is set in a little is still what the line is about.
        column = 0 if start < starts[1] // 2 else start
        if column not in starts or row[starts.index(column)]:
            return None
        row[starts.index(column)] = line[start:end].strip()
    return tuple(row)
