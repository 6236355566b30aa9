"""Where things are in the picture of 24 months: rows of dots, a month each. Knows no record.

The size of a dot says how often, on one scale for everybody: it never depends on what else there
is. The picture is for the eye; the same numbers stand in a table beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


WIDTH: Final = 500
"""Units across: a phone shows them at two thirds, a desk at about their size."""
_ROW: Final = 62
_TOP: Final = 8
_LABEL: Final = 24
_DOTS: Final = 44
_AXIS: Final = 34
_SMALLEST: Final = 5.0
_LARGEST: Final = 9.5
_GROWS: Final = 1.6


@dataclass(frozen=True, slots=True)
class Dot:
    """One month of one kind: where, how large, what it says when pointed at."""

    x: str
    radius: str
    title: str


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One kind of care: its name, its line, its dots."""

    label: str
    label_y: int
    y: int
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A year begins: a line through the rows, its number below, whole at the edges too."""

    x: str
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture, in units that scale with the page."""

    width: int
    height: int
    bottom: int
    axis_y: int
    rows: tuple[DrawnRow, ...]
    ticks: tuple[Tick, ...]
    first: str
    last: str


def drawn(
    rows: Sequence[tuple[str, Sequence[tuple[int, str]]]],
    months: Sequence[str],
    years: Mapping[int, str],
) -> Drawing:
    """Draw kinds of care over months: each a name, then a number and its words for each month."""
    step = WIDTH / len(months)

    def across(at: int) -> str:
        return f"{(at + 0.5) * step:.1f}"

    found = []
    for position, (label, counts) in enumerate(rows):
        top = _TOP + position * _ROW
        dots = tuple(
            Dot(across(at), _radius(count), f"{months[at]}, {words}")
            for at, (count, words) in enumerate(counts)
            if count
        )
        found.append(DrawnRow(label, top + _LABEL, top + _DOTS, dots))
    bottom = _TOP + len(rows) * _ROW
    return Drawing(
        width=WIDTH,
        height=bottom + _AXIS,
        bottom=bottom,
        axis_y=bottom + _LABEL,
        rows=tuple(found),
        ticks=tuple(
            Tick(f"{at * step:.1f}", year, _anchor(at, len(months)))
            for at, year in sorted(years.items())
        ),
        first=months[0],
        last=months[-1],
    )


def _anchor(at: int, months: int) -> str:
    return "start" if at == 0 else "end" if at == months - 1 else "middle"


def _radius(count: int) -> str:
    return f"{min(_LARGEST, _SMALLEST + _GROWS * (sqrt(count) - 1)):.1f}"
