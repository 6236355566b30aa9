"""Events of care counted by kind and month, and what was done last: numbers a picture is drawn of.

Made of the given events and lines and of nothing else, so that it can't tell of a hidden one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from records.care.kinds import EventKind, kind_of


if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from records.care.events import CareEvent
    from records.care.lines import CareLine


# What is looked up before it is ordered once more. A visit is met again, not done again.
EXAMINATIONS: Final = frozenset({EventKind.LABORATORY, EventKind.IMAGING})
_ACTS: Final = "CCAM"


@dataclass(frozen=True, slots=True)
class Months:
    """How often each kind of care took place in each month: all of the window's months."""

    months: tuple[date, ...]
    counts: dict[EventKind, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Done:
    """An examination, an act or a vaccine: the last time, and the lines of every time.

    A vaccine `is_given`, as a medicine is; the others are done.
    """

    code_system: str
    code: str
    label: str
    last_on: date
    days: int
    is_given: bool
    line_ids: tuple[UUID, ...]
    """The last one's first."""


def by_month(events: Iterable[CareEvent], first: date, last: date) -> Months:
    """Count events by kind and month, from the month of one day to that of another.

    An event counts once in each month and kind it has a step in, as a page would tell it.
    """
    months = []
    number, until = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    while number <= until:
        months.append(date(number // 12, number % 12 + 1, 1))
        number += 1
    at = {month: position for position, month in enumerate(months)}
    found: dict[EventKind, list[int]] = {}
    for event in events:
        for kind, month in {(item.kind, item.on.replace(day=1)) for item in event.items}:
            if month in at:
                found.setdefault(kind, [0] * len(months))[at[month]] += 1
    counts = {kind: tuple(found[kind]) for kind in EventKind if kind in found}
    return Months(tuple(months), counts)


def already_done(lines: Iterable[CareLine]) -> tuple[Done, ...]:
    """Return the examinations, acts and vaccines of some lines: each once, the latest first.

    Two lines are the same examination when their code is, or their name where no code is known.
    One whose name nobody knows is told by its code: done is done.
    """
    found: dict[tuple[str, str], list[CareLine]] = {}
    for line in lines:
        kind = kind_of(line)
        looked_up = kind in EXAMINATIONS or kind is EventKind.VACCINE
        if (line.label or line.code) and (looked_up or line.code_system.upper() == _ACTS):
            found.setdefault((line.code_system, line.code or line.label), []).append(line)
    done = [_done(held) for held in found.values()]
    done.sort(key=lambda one: (one.label, one.code_system, one.code))
    done.sort(key=lambda one: one.last_on, reverse=True)
    return tuple(done)


def _done(lines: list[CareLine]) -> Done:
    ordered = sorted(lines, key=lambda line: (line.care_start, line.id.int), reverse=True)
    last = ordered[0]
    return Done(
        code_system=last.code_system,
        code=last.code,
        label=last.label or f"{last.code_system} {last.code}",
        last_on=last.care_start,
        is_given=kind_of(last) is EventKind.VACCINE,
        days=len({line.care_start for line in ordered}),
        line_ids=tuple(line.id for line in ordered),
    )
