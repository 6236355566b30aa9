"""Which claim lines make one event: every line in exactly one group, whatever their order.

Only what the given lines say counts, so a group never tells that a line is missing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from records.care.kinds import MEETINGS, PRESCRIBED, SERIES, EventKind, kind_of
from records.care.lines import PERSON
from records.care.people import are_two, performer_identities, prescriber_identities
from records.care.stays import StayCalendar, stays_in


if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence
    from datetime import date

    from records.care.lines import CareLine
    from records.care.people import Identity

# A medicine fetched or a test done within three days of the visit that ordered it is told
# with the visit; later it is an event of its own, as a renewal is.
WITH_THE_VISIT: Final = timedelta(days=3)


class _Sets:
    """Disjoint sets of positions; the smallest position stands for its set."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))
        self._first: dict[Hashable, int] = {}

    def find(self, position: int) -> int:
        parent = self._parent
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.find(one), self.find(other)))
        self._parent[high] = low

    def join_by(self, key: Hashable, position: int) -> None:
        """Join all positions that are given the same key."""
        first = self._first.setdefault(key, position)
        if first != position:
            self.join(first, position)

    def groups(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for position in range(len(self._parent)):
            found.setdefault(self.find(position), []).append(position)
        return list(found.values())


class _Meetings:
    """The visits among the lines, found by prescription or by prescriber and date."""

    def __init__(self, lines: Sequence[CareLine], kinds: Sequence[EventKind]) -> None:
        self._lines = lines
        self._by_reference: dict[str, list[int]] = {}
        self._by_person: dict[tuple[Identity, date], list[int]] = {}
        for position, line in enumerate(lines):
            if kinds[position] in MEETINGS:
                if line.prescription_ref:
                    self._by_reference.setdefault(line.prescription_ref, []).append(position)
                for identity in performer_identities(line):
                    self._by_person.setdefault((identity, line.care_start), []).append(position)

    def named_by(self, line: CareLine) -> int | None:
        """Return the visit that a line's prescription reference names, within three days."""
        for position in self._by_reference.get(line.prescription_ref, ()):
            if self._fits(line, position):
                return position
        return None

    def of_prescriber(self, line: CareLine) -> int | None:
        """Return the prescriber's visit of the day of the prescription, within three days."""
        if line.prescribed_on is None:
            return None
        for identity in prescriber_identities(line):
            for position in self._by_person.get((identity, line.prescribed_on), ()):
                if self._fits(line, position):
                    return position
        return None

    def _fits(self, line: CareLine, position: int) -> bool:
        visit = self._lines[position]
        soon = visit.care_start <= line.care_start <= visit.care_start + WITH_THE_VISIT
        return soon and not _are_two_people(line, visit)


def _are_two_people(ordered: CareLine, visit: CareLine) -> bool:
    """Tell whether a prescriber and a performer are known to be different people."""
    return are_two(
        ordered.prescriber_key, ordered.prescriber_name, visit.performer_key, visit.performer_name
    )


def resolved_kinds(lines: Sequence[CareLine]) -> list[EventKind]:
    """Return the kind of every line, allowances taking that of the same performer's acts."""
    kinds = [kind_of(line) for line in lines]
    if None not in kinds:
        return [kind for kind in kinds if kind is not None]
    acts: dict[tuple[Identity, date], EventKind] = {}
    for line, kind in zip(lines, kinds, strict=True):
        if kind in MEETINGS or kind in SERIES:
            for identity in performer_identities(line):
                acts.setdefault((identity, line.care_start), kind)
    return [
        kind or _kind_of_allowance(line, acts) for line, kind in zip(lines, kinds, strict=True)
    ]


def _kind_of_allowance(line: CareLine, acts: dict[tuple[Identity, date], EventKind]) -> EventKind:
    found = (acts.get((identity, line.care_start)) for identity in performer_identities(line))
    return next((kind for kind in found if kind is not None), EventKind.VISIT)


class _Grouping:
    """Joins lines step by step; a line that found its host isn't joined by its own keys."""

    def __init__(self, lines: Sequence[CareLine], kinds: Sequence[EventKind]) -> None:
        self.lines = lines
        self.kinds = kinds
        self.sets = _Sets(len(lines))
        self.hosted = [kind is EventKind.STAY for kind in kinds]
        self.meetings = _Meetings(lines, kinds)

    def groups(self) -> list[list[int]]:
        self._follow(self.meetings.named_by)
        self._join_stays()
        self._follow(self.meetings.of_prescriber)
        self._join_alike()
        self._join_transports()
        return self.sets.groups()

    def _join_stays(self) -> None:
        """Join the lines of a stay, the sessions of a month, and what falls inside."""
        stays = stays_in(self.lines)
        for stay in stays:
            first = stay.members[0]
            for position in stay.members[1:]:
                self.sets.join(first, position)
            if stay.is_one_day:
                codes = tuple(sorted({self.lines[position].code for position in stay.members}))
                month = (stay.start.year, stay.start.month)
                self.sets.join_by(("sessions", stay.place, codes, month), first)
        if not stays:
            return
        calendar = StayCalendar(stays)
        for position, line in enumerate(self.lines):
            if not self.hosted[position]:
                holding = calendar.holding(line)
                if holding:
                    self._host(position, holding[0].members[0])

    def _host(self, position: int, host: int) -> None:
        self.sets.join(position, host)
        self.hosted[position] = True

    def _follow(self, visit_of: Callable[[CareLine], int | None]) -> None:
        """Join what was ordered to its visit; a stay takes it along if the visit falls inside."""
        for position, line in enumerate(self.lines):
            if self.kinds[position] in PRESCRIBED and not self.hosted[position]:
                visit = visit_of(line)
                if visit is not None:
                    self._host(position, visit)

    def _join_alike(self) -> None:
        """Join what one performer did on one day, and series over one month."""
        for position, line in enumerate(self.lines):
            if not self.hosted[position] and self.kinds[position] is not EventKind.TRANSPORT:
                for key in _keys_alike(line, self.kinds[position]):
                    self.sets.join_by(key, position)

    def _join_transports(self) -> None:
        """Join a transport to the only care of its day, or to its prescriber's."""
        reached = self._care_by_day()
        for position, line in enumerate(self.lines):
            if self.kinds[position] is EventKind.TRANSPORT and not self.hosted[position]:
                care = self._care_reached(line, reached.get(line.care_start, []))
                if care is None:
                    self.sets.join_by(("transport", line.care_start), position)
                else:
                    self.sets.join(position, care)

    def _care_by_day(self) -> dict[date, list[int]]:
        reached: dict[date, list[int]] = {}
        for position, line in enumerate(self.lines):
            if self.kinds[position] in MEETINGS or self.kinds[position] is EventKind.IMAGING:
                reached.setdefault(line.care_start, []).append(position)
        return reached

    def _care_reached(self, transport: CareLine, that_day: list[int]) -> int | None:
        if len({self.sets.find(position) for position in that_day}) == 1:
            return that_day[0]
        asked = prescriber_identities(transport)
        for position in that_day:
            visit = self.lines[position]
            if asked and asked[0] in performer_identities(visit):
                return position
        return None


def _keys_alike(line: CareLine, kind: EventKind) -> Iterator[Hashable]:
    """Give the keys two lines must share to be the same act, delivery or series."""
    who = next(iter(performer_identities(line)), "")
    day = line.care_start
    month = (day.year, day.month)
    if kind in SERIES:
        yield (kind, who, month)
        return
    yield (kind, who, day)
    if who and _is_an_act(line, kind):
        # A consultation and the tracing or the scan by the same performer are one visit.
        yield ("act", who, day)
    if kind is EventKind.DEVICE and line.code:
        # A rented device is billed by the week.
        yield (kind, who, line.code, month)


def _is_an_act(line: CareLine, kind: EventKind) -> bool:
    if kind is EventKind.DENTAL:
        # A health centre bills its dentists and its doctors under one name.
        return line.performer_kind == PERSON
    return kind in {EventKind.VISIT, EventKind.IMAGING}


def together(lines: Sequence[CareLine]) -> tuple[list[EventKind], list[list[int]]]:
    """Group lines, given in a fixed order, into events; return kinds and groups of positions."""
    kinds = resolved_kinds(lines)
    return kinds, _Grouping(lines, kinds).groups()
