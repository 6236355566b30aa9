"""What pharmacies delivered of one substance, day by day, and the rules on how regular it is.

How long a delivery lasts is read from the pack, never from a dose: claims hold none.
- A pack covers a month of 30 days.
- A large pack, 84 tablets or capsules and more, covers its number of days, 90 at most.
- A contraceptive pill covers 28 days a cycle delivered, 84 at most: three blisters, in one pack
  or in three, are a quarter.
- Whoever mostly fetches the next large pack before half of this one could be used takes several
  a day: theirs covers a month, like any other.

Sources: article R5123-2 of the public health code (a month at a time; what a larger pack covers,
up to three months; pills up to twelve weeks) and the fund's mapping of illnesses (three
deliveries a year, or two of large packs).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from records.care.lines import CareLine
    from records.care.names import Medicine, Names

# A French pharmacy delivers a month at a time, unless the pack itself covers more.
USUAL_PACK_DAYS: Final = 30
# A pack for a quarter: two dispensings are then enough to make a treatment.
LONG_PACK_DAYS: Final = 84
QUARTER_DAYS: Final = 90
DISPENSINGS_NEEDED: Final = 3
LONG_DISPENSINGS_NEEDED: Final = 2
# Pills, a cycle of 21 or 28 tablets to a blister; not those of the morning after.
_PILLS: Final = ("G03AA", "G03AB", "G03AC")
_CYCLE_DAYS: Final = 28
_THREE_CYCLES: Final = 63  # tablets: three blisters of 21


@dataclass(frozen=True, slots=True)
class Dispensing:
    """What was delivered of one substance on one day; `boxes` is a number of packs.

    `pack_days` is what it usually covers, by the rule above: not a dose.
    """

    on: date
    labels: tuple[str, ...]
    boxes: int
    pack_days: int
    line_ids: tuple[UUID, ...]


def days_covered(medicine: Medicine | None, boxes: int) -> int:
    """Return the days that a delivery of one product covers, by the rule above."""
    if medicine is None or not medicine.units:
        return USUAL_PACK_DAYS
    if medicine.atc.startswith(_PILLS):
        cycles = max(1, boxes) * (3 if medicine.units >= _THREE_CYCLES else 1)
        return max(USUAL_PACK_DAYS, min(_CYCLE_DAYS * cycles, LONG_PACK_DAYS))
    if medicine.units >= LONG_PACK_DAYS:
        return min(medicine.units, QUARTER_DAYS)
    return USUAL_PACK_DAYS


def dispensings(lines: Iterable[CareLine], names: Names) -> tuple[Dispensing, ...]:
    """Gather lines by day, leaving out a day whose quantities were taken back."""
    by_day: dict[date, list[CareLine]] = {}
    for line in sorted(lines, key=lambda line: (line.care_start, line.id.int)):
        by_day.setdefault(line.care_start, []).append(line)
    return _as_fetched(
        Dispensing(
            on=day,
            labels=tuple(dict.fromkeys(line.label for line in held if line.label)),
            boxes=sum(line.quantity for line in held),
            pack_days=max(days_covered(names.medicine(line.code), line.quantity) for line in held),
            line_ids=tuple(line.id for line in held),
        )
        for day, held in by_day.items()
        if sum(line.quantity for line in held) > 0
    )


def _as_fetched(given: Iterable[Dispensing]) -> tuple[Dispensing, ...]:
    """Let large packs count for a month where most are followed before half could be used."""
    found = tuple(given)
    followed = [(a, b.on) for a, b in pairwise(found) if a.pack_days > USUAL_PACK_DAYS]
    if 2 * sum(is_early(a, on) for a, on in followed) <= len(followed):
        return found
    return tuple(replace(one, pack_days=USUAL_PACK_DAYS) for one in found)


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
