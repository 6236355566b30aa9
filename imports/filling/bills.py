"""Which line a regularisation takes back that names only what it bills. Pure.

However many bill the same, each is found without looking at all of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from imports.filling.uncounted import AMOUNTS


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from imports.filling.netting import StoreLine

    _Place = tuple[dt.date, str, StoreLine]

BILLS: Final = "."
"""Ends the part of an identifier that says what a line bills."""


def matched(
    lines: Iterable[StoreLine], reversals: Sequence[StoreLine]
) -> Iterator[tuple[StoreLine, StoreLine]]:
    """Give each regularisation the line it most likely takes back; each line is taken once.

    Of those that bill the same, the one of the same quantity and amounts, sent last before it: a
    correction of the same quantity may come with what takes its original back.
    """
    billing: defaultdict[tuple[str, str], _Billed] = defaultdict(_Billed)
    for line in lines if reversals else ():
        billing[line.scheme, line.line_id.partition(BILLS)[0] + BILLS].add(line)
    left = sorted(reversals, key=lambda each: (each.flow_date, each.line_id))
    for sure in (True, False):  # none takes what another one names to the cent
        waiting, left = left, []
        for reversal in waiting:
            taken = billing[reversal.scheme, reversal.reverses_line_id].take(reversal, sure=sure)
            if taken is None:
                left.append(reversal)
            else:
                yield reversal, taken


class _Billed:
    """Lines that bill the same, in the order they were sent: of one quantity, of one price."""

    def __init__(self) -> None:
        self._alike: defaultdict[object, list[_Place]] = defaultdict(list)

    def add(self, line: StoreLine) -> None:
        place = (line.flow_date, line.line_id, line)
        for alike in _likenesses(line):
            self._alike[alike].insert(bisect_left(self._alike[alike], place[:2]), place)

    def take(self, reversal: StoreLine, *, sure: bool) -> StoreLine | None:
        """Take the likest line; where it must be sure, only one of that quantity and price."""
        for alike in _likenesses(reversal)[: 1 if sure else None]:
            if places := self._alike.get(alike):
                found = places[_last_before(places, reversal.flow_date)]
                for each in _likenesses(found[2]):
                    held = self._alike[each]
                    del held[bisect_left(held, found[:2])]
                return found[2]
        return None


def _likenesses(line: StoreLine) -> tuple[object, ...]:
    """Return what tells lines alike, from what tells most: its signs say nothing."""
    quantity = abs(line.quantity or 0)
    price = tuple(None if cents is None else abs(cents) for cents in _amounts(line))
    return (quantity, price), quantity, price, None


def _amounts(line: StoreLine) -> Iterator[int | None]:
    return (getattr(line, name) for name in AMOUNTS)


def _last_before(places: Sequence[_Place], day: dt.date) -> int:
    """Return where the last line sent before a day is; else that day, else after."""
    before = bisect_left(places, (day,))
    if before:
        return before - 1
    return (bisect_right(places, day, key=lambda place: place[0]) or len(places)) - 1
