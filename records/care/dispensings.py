"""What pharmacies delivered of one substance, day by day, and the rules on how regular it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from records.care.lines import CareLine

# A French pharmacy delivers a month at a time, unless the pack itself covers more.
USUAL_PACK_DAYS: Final = 30
# A pack for a quarter: two dispensings are then enough to make a treatment.
LONG_PACK_DAYS: Final = 84
DISPENSINGS_NEEDED: Final = 3
LONG_DISPENSINGS_NEEDED: Final = 2


@dataclass(frozen=True, slots=True)
class Dispensing:
    """What was delivered of one substance on one day; `boxes` is a number of packs.

    `pack_days` is what one pack usually covers, from the reference: not a dose.
    """

    on: date
    labels: tuple[str, ...]
    boxes: int
    pack_days: int
    line_ids: tuple[UUID, ...]


def usual_pack(_cip13: str) -> int:
    """Return the days a pack covers when the reference says nothing: a month."""
    return USUAL_PACK_DAYS


def dispensings(
    lines: Iterable[CareLine], pack_days: Callable[[str], int]
) -> tuple[Dispensing, ...]:
    """Gather lines by day, leaving out a day whose quantities were taken back."""
    by_day: dict[date, list[CareLine]] = {}
    for line in sorted(lines, key=lambda line: (line.care_start, line.id.int)):
        by_day.setdefault(line.care_start, []).append(line)
    return tuple(
        Dispensing(
            on=day,
            labels=tuple(dict.fromkeys(line.label for line in held if line.label)),
            boxes=sum(line.quantity for line in held),
            pack_days=max(pack_days(line.code) for line in held),
            line_ids=tuple(line.id for line in held),
        )
        for day, held in by_day.items()
        if sum(line.quantity for line in held) > 0 or all(line.quantity == 0 for line in held)
    )


def a_year_before(day: date) -> date:
    """Return the same day of the year before; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def in_12_months(given: Sequence[Dispensing], day: date) -> list[Dispensing]:
    """Return the dispensings of the 12 months that end on a day."""
    since = a_year_before(day)
    return [one for one in given if since < one.on <= day]


def is_regular(given: Sequence[Dispensing], day: date) -> bool:
    """Tell whether the year before a day holds enough dispensings to make a treatment.

    Rule: three on distinct dates, or two when the pack covers 84 days or more.
    """
    recent = in_12_months(given, day)
    long = [one for one in recent if one.pack_days >= LONG_PACK_DAYS]
    return len(recent) >= DISPENSINGS_NEEDED or len(long) >= LONG_DISPENSINGS_NEEDED


def is_recent(given: Dispensing, day: date) -> bool:
    """Tell whether a dispensing is younger than one and a half packs and 30 days."""
    return 2 * (day - given.on).days < 3 * given.pack_days + 60


def is_early(given: Dispensing, day: date) -> bool:
    """Tell whether a day comes before half of a pack can be used."""
    return 2 * (day - given.on).days < given.pack_days
