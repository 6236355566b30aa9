"""Treatments over time, read from what pharmacies delivered; never a dose.

Every date in a treatment is the date of a line it was made from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from records.care.dispensings import (
    a_year_before,
    dispensings,
    in_12_months,
    is_early,
    is_recent,
    is_regular,
)
from records.care.lines import MEDICINE
from records.care.names import substance_of
from records.care.people import prescriber


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from records.care.dispensings import Dispensing
    from records.care.lines import CareLine
    from records.care.names import Names
    from records.care.people import Party

_SUBSTANCE: Final = 7  # characters of an ATC code, level 5
_CLASS: Final = 5  # characters, level 4


class Status(StrEnum):
    """Where a treatment stands on a given day, by the published rule."""

    IN_PROGRESS = "in_progress"
    MAYBE_STOPPED = "maybe_stopped"
    PAST = "past"


_ORDER: Final = {status: order for order, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class Gap:
    """A long time between two dispensings, both dates being dispensings."""

    after: date
    before: date


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two dispensings so near that the first pack can't be half used."""

    first: date
    second: date


@dataclass(frozen=True, slots=True)
class Treatment:
    """One substance over time, its dispensings from the first to the last.

    `atc` is the substance's ATC code, empty when it isn't known: `key` then names the
    product. `regular` tells a treatment, present or past, from a single course; `recent`
    that the last pack may still be in use, so that a past one isn't called finished.
    `in_12_months` counts days of dispensing in the year before the day asked about.
    `replaced_by` is the key of a substance of the same class begun after this one's end.
    """

    key: str
    atc: str
    substance: str
    status: Status
    regular: bool
    recent: bool
    dispensings: tuple[Dispensing, ...]
    in_12_months: int
    prescribers: tuple[Party, ...]
    gaps: tuple[Gap, ...]
    overlaps: tuple[Overlap, ...]
    replaced_by: str
    categories: int

    @property
    def lately(self) -> bool:
        """Whether it is no regular treatment, and what was given may still be taken."""
        return self.status is Status.PAST and self.recent

    @property
    def current(self) -> bool:
        """Whether it may be taken today: a treatment in progress, or given lately."""
        return self.status is Status.IN_PROGRESS or self.lately

    @property
    def atc_class(self) -> str:
        """Return the ATC-4 class, under which generics and cousins are shown together."""
        return self.atc[:_CLASS]

    @property
    def first_on(self) -> date:
        """Return the day of the first dispensing known."""
        return self.dispensings[0].on

    @property
    def last_on(self) -> date:
        """Return the day of the last dispensing known."""
        return self.dispensings[-1].on

    @property
    def line_ids(self) -> tuple[UUID, ...]:
        """Return the lines the treatment was read from."""
        return tuple(line_id for given in self.dispensings for line_id in given.line_ids)


def treatments(
    lines: Iterable[CareLine],
    names: Names,
    *,
    on: date,
    lang: str,
) -> tuple[Treatment, ...]:
    """Tell which substances were delivered until a day, and where each stands on that day.

    In progress: at least three dispensings on distinct dates in 12 months (two when the pack
    covers 84 days or more) and a last one younger than one and a half packs and 30 days.
    Maybe stopped: was regular, and the last is older than that. Past: more than a year ago,
    or never regular. In progress first, then the latest first. How many days a pack covers is
    said in `records.care.dispensings`.
    """
    reader = _Reader(names, on, lang)
    by_substance: dict[str, list[CareLine]] = {}
    for line in lines:
        if line.section == MEDICINE and line.care_start <= on:
            by_substance.setdefault(reader.key(line), []).append(line)
    read = (reader.treatment(key, held) for key, held in by_substance.items())
    found = [treatment for treatment in read if treatment is not None]
    found.sort(key=lambda treatment: (treatment.substance, treatment.key))
    found.sort(key=lambda treatment: treatment.last_on, reverse=True)
    found.sort(key=lambda treatment: _ORDER[treatment.status])
    return tuple(_with_replacement(treatment, found) for treatment in found)


class _Reader:
    """Reads one treatment out of the lines of a substance, as of one day, in one language."""

    def __init__(self, names: Names, on: date, lang: str) -> None:
        self._names = names
        self._on = on
        self._lang = lang

    def key(self, line: CareLine) -> str:
        """Name the substance, so that generics are one; else the product."""
        return self._atc(line) or f"{line.code_system}:{line.code or line.label}"

    def _atc(self, line: CareLine) -> str:
        if len(line.atc) == _SUBSTANCE:
            return line.atc
        medicine = self._names.medicine(line.code)
        atc = medicine.atc if medicine else ""
        return atc if len(atc) == _SUBSTANCE else ""

    def treatment(self, key: str, lines: Sequence[CareLine]) -> Treatment | None:
        """Return the treatment, or None when everything delivered was taken back."""
        given = dispensings(lines, self._names)
        if not given:
            return None
        used = {line_id for one in given for line_id in one.line_ids}
        held = sorted(
            (line for line in lines if line.id in used),
            key=lambda line: (line.care_start, line.id.int),
        )
        atc = self._atc(held[0])
        return Treatment(
            key=key,
            atc=atc,
            substance=self._substance(held, atc),
            status=_status(given, self._on),
            regular=any(is_regular(given, day.on) for day in given),
            recent=is_recent(given[-1], self._on),
            dispensings=given,
            in_12_months=len(in_12_months(given, self._on)),
            prescribers=_prescribers(held),
            gaps=_gaps(given),
            overlaps=_overlaps(given),
            replaced_by="",
            categories=_categories(held),
        )

    def _substance(self, held: Sequence[CareLine], atc: str) -> str:
        named = self._names.atc_label(atc, self._lang) if atc else ""
        if named:
            return named
        medicine = self._names.medicine(held[-1].code)
        words = substance_of(medicine, self._names, self._lang) if medicine else ""
        return words or held[-1].label or held[-1].code


def _status(given: Sequence[Dispensing], on: date) -> Status:
    last = given[-1]
    if is_recent(last, on) and is_regular(given, on):
        return Status.IN_PROGRESS
    # Regular until its last: the year that ends today may begin after the others.
    if last.on > a_year_before(on) and is_regular(given, last.on):
        return Status.MAYBE_STOPPED
    return Status.PAST


def _gaps(given: Sequence[Dispensing]) -> tuple[Gap, ...]:
    return tuple(Gap(a.on, b.on) for a, b in pairwise(given) if not is_recent(a, b.on))


def _overlaps(given: Sequence[Dispensing]) -> tuple[Overlap, ...]:
    return tuple(Overlap(a.on, b.on) for a, b in pairwise(given) if is_early(a, b.on))


def _prescribers(held: Sequence[CareLine]) -> tuple[Party, ...]:
    """Return who prescribed, the latest first, each once."""
    found = (prescriber(line) for line in reversed(held))
    return tuple(dict.fromkeys(party for party in found if party is not None))


def _categories(held: Iterable[CareLine]) -> int:
    found = 0
    for line in held:
        found |= line.categories
    return found


def _with_replacement(one: Treatment, found: Sequence[Treatment]) -> Treatment:
    """Say which substance of the same class came after one that is no longer delivered."""
    if one.status is Status.IN_PROGRESS or not one.atc:
        return one
    after = [
        other
        for other in found
        if other.status is Status.IN_PROGRESS
        and other.atc_class == one.atc_class
        and other.first_on > one.last_on
    ]
    if not after:
        return one
    next_ = min(after, key=lambda other: (other.first_on, other.key))
    return replace(one, replaced_by=next_.key)
