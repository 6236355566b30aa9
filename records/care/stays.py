"""Hospital stays seen in claim lines, and what falls inside them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from records.care.lines import CARE, PERSON, STAY, TRANSPORT
from records.care.people import performer_identities


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from records.care.lines import CareLine

# What a stay prescribed is fetched within three days of leaving.
AFTER_LEAVING: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay at one place, made of the lines that overlap or touch there.

    `members` are positions in the sequence of lines the stay was read from.
    """

    start: date
    end: date
    finess: str
    place: str
    members: tuple[int, ...]

    @property
    def is_one_day(self) -> bool:
        """Tell a session or a day in hospital from a stay with a night."""
        return self.start == self.end


def place_of(line: CareLine) -> str:
    """Return where a stay took place: its structure number, else its name."""
    return line.performer_finess or next(iter(performer_identities(line)), "")


def stays_in(lines: Sequence[CareLine]) -> tuple[Stay, ...]:
    """Read the stays out of claim lines: lines of one place that overlap or touch are one."""
    by_place: dict[str, list[int]] = defaultdict(list)
    for position, line in enumerate(lines):
        if line.section == STAY:
            by_place[place_of(line)].append(position)
    return tuple(
        stay for place, found in by_place.items() for stay in _merged(lines, place, found)
    )


def _merged(lines: Sequence[CareLine], place: str, positions: list[int]) -> Iterator[Stay]:
    positions.sort(key=lambda position: (lines[position].care_start, lines[position].id.int))
    members: list[int] = []
    start = end = lines[positions[0]].care_start
    for position in positions:
        line = lines[position]
        if members and line.care_start > end:
            yield Stay(start, end, lines[members[0]].performer_finess, place, tuple(members))
            members, start, end = [], line.care_start, line.care_start
        members.append(position)
        end = max(end, line.care_end)
    yield Stay(start, end, lines[members[0]].performer_finess, place, tuple(members))


def falls_inside(line: CareLine, stay: Stay) -> bool:
    """Tell whether a line belongs to a stay.

    Rule "a stay and what falls inside it": between the day of entry and the day of leaving,
    everything but what somebody elsewhere had ordered by the day of entry; on those two days,
    a transport, what was done or prescribed at that place, and a medical act that nobody had
    ordered and that says no place: the operation itself; afterwards, for three days, what that
    place prescribed during the stay.
    """
    day = line.care_start
    here = stay.finess != "" and stay.finess in (line.performer_finess, line.prescriber_finess)
    if stay.start < day < stay.end:
        return here or not _was_ordered_elsewhere(line, stay)
    if day in (stay.start, stay.end):
        return here or line.section == TRANSPORT or _is_an_act_somewhere(line)
    return is_ordered_there(line, stay) and stay.end < day <= stay.end + AFTER_LEAVING


def _is_an_act_somewhere(line: CareLine) -> bool:
    """Tell whether a line is a medical act of a person, unordered, that says no place."""
    return (
        line.section == CARE
        and line.code_system == "CCAM"
        and line.performer_kind == PERSON
        and line.performer_finess == ""
        and line.prescribed_on is None
    )


def _was_ordered_elsewhere(line: CareLine, stay: Stay) -> bool:
    """Tell whether a line is the rest of care at home: ordered before the stay, by someone else.

    Read from the line and the stay alone, so that nothing that arrives later unlinks them.
    """
    return (
        line.prescribed_on is not None
        and line.prescribed_on <= stay.start
        and "" not in (stay.finess, line.prescriber_finess)
        and line.prescriber_finess != stay.finess
    )


def is_ordered_there(line: CareLine, stay: Stay) -> bool:
    """Tell whether a stay's place prescribed a line while it lasted, whenever it is given.

    Rule "dispensings of it": a prescription written inside a stay is of that stay's care, and so
    is all that is given on it, weeks later too.
    """
    return (
        stay.finess != ""
        and line.prescriber_finess == stay.finess
        and line.prescribed_on is not None
        and stay.start <= line.prescribed_on <= stay.end
    )


class StayCalendar:
    """Finds the stays around a day without walking all of them."""

    def __init__(self, stays: Iterable[Stay]) -> None:
        self._at_edge: dict[date, list[Stay]] = defaultdict(list)
        self._with_nights: list[Stay] = []
        self._starts: list[date] = []
        # The latest end among a stay and those before it: where walking back may stop.
        self._latest_ends: list[date] = []
        for stay in sorted(stays, key=lambda stay: (stay.start, stay.end, stay.place)):
            self._at_edge[stay.start].append(stay)
            if not stay.is_one_day:
                self._at_edge[stay.end].append(stay)
                latest = self._latest_ends[-1] if self._latest_ends else stay.end
                self._with_nights.append(stay)
                self._starts.append(stay.start)
                self._latest_ends.append(max(latest, stay.end))

    def holding(self, line: CareLine) -> list[Stay]:
        """Return the stays a line falls inside, those with a night in between first."""
        days = [line.care_start]
        if line.prescribed_on is not None and line.prescribed_on != line.care_start:
            days.append(line.prescribed_on)
        near = dict.fromkeys(stay for day in days for stay in self._around(day))
        for day in days:
            near.update(dict.fromkeys(self._at_edge.get(day, ())))
        return [stay for stay in near if falls_inside(line, stay)]

    def ordering(self, line: CareLine) -> list[Stay]:
        """Return the stays during which their own place prescribed a line."""
        if line.prescribed_on is None:
            return []
        near = dict.fromkeys(self._around(line.prescribed_on))
        near.update(dict.fromkeys(self._at_edge.get(line.prescribed_on, ())))
        return [stay for stay in near if is_ordered_there(line, stay)]

    def _around(self, day: date) -> Iterator[Stay]:
        """Give the stays that began before a day and end after it, the latest begun first."""
        position = bisect_left(self._starts, day)
        while position and self._latest_ends[position - 1] > day:
            position -= 1
            if self._with_nights[position].end > day:
                yield self._with_nights[position]
