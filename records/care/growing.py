"""Which episodes new lines of a record belong to, by what is around them: the rest stays as it is.

The rules are those of `links` and `episodes`, asked of fewer elements; a property test says that
asking all of them comes to the same. Must not know how a line came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from records.care.episodes import assigned, made_key, made_keys
from records.care.lines import STAY, TRANSPORT
from records.care.links import days_around, link, opening


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from records.care.documents import DocumentFact
    from records.care.episodes import Membership
    from records.care.lines import CareLine

    _Around = tuple[set[date], set[str]]


class Asked(NamedTuple):
    """What the lines that new ones may be linked with say: one of these, or what those say.

    Days from the first to the last, references, days of documents; or they are of an episode that
    a new line opens.
    """

    first: date
    last: date
    said: set[str]
    told: set[date]
    opened: set[UUID]


def asked_for(record: UUID, new: Sequence[CareLine], documents: Collection[DocumentFact]) -> Asked:
    """Return what is asked for of the lines that a record has, where new ones come to it."""
    days, references = _around(new)
    near = {day for on in days for day in days_around(on)}
    told = _days_told(documents, near, references, {line.id for line in new})
    opened = {made_key(record, opening(line)) for line in new}
    return Asked(min(near), max(near), references, told, opened)


def assign_new(
    record: UUID,
    new: Sequence[CareLine],
    lines: Collection[CareLine],
    documents: Collection[DocumentFact],
) -> dict[UUID, Membership] | None:
    """Say it of new lines, and of what is around them; None where all must be asked.

    `documents` are all that the record had, `lines` all of its lines or those that say what is
    `asked_for`, or the same day or reference as one of these that is no stay, all stays, all
    transports and whatever is of no episode: with the episodes that all of them together were
    given last. All must be asked where one around opened an episode that isn't its own any more,
    as what was corrected: which keys go with it hangs on elements further off. And where there is
    a stay that is new, which others may touch, or a transport: what it pays for hangs on what
    else took place.
    """
    if any(line.section in {STAY, TRANSPORT} for line in new):
        return None
    if any(line.section == TRANSPORT or not line.episodes for line in lines):
        return None
    if not all(document.episodes for document in documents):
        return None
    near = _near(new, lines, documents)
    elements = link([*near, *new], documents)
    made = made_keys(record, elements)
    # Keys are compared as numbers, as in `assigned`.
    keys = {anchor: key.int for anchor, key in made.items()}
    for element in elements:
        if element.episodes and element.episodes[0].int != keys[element.own]:
            return None
    if len(near) < len(lines):
        opened = {keys[opening(line)] for line in new}
        around = {line.id.int for line in near}
        for line in lines:
            if line.episodes[0].int in opened and line.id.int not in around:
                return None
    return assigned(elements, made)


def _near(
    new: Iterable[CareLine], lines: Iterable[CareLine], documents: Iterable[DocumentFact]
) -> list[CareLine]:
    """Return what new lines may be linked with, and what shares an episode's opening with that.

    Every rule asks for a day (within three), for a reference, or for a stay.
    """
    said = _around(new)
    days, references = {day for on in said[0] for day in days_around(on)}, said[1]
    first = [line for line in lines if _is_around(line, days, references)]
    said = _around(line for line in first if line.section != STAY)
    told = _days_told(documents, days, references, {line.id for line in new})
    days, references = days | said[0] | told, references | said[1]
    return [line for line in lines if line.section == STAY or _is_around(line, days, references)]


def _days_told(
    documents: Iterable[DocumentFact],
    days: Collection[date],
    references: Collection[str],
    come: set[UUID],
) -> set[date]:
    """Return the days of the documents that new lines may be linked with."""
    return {
        document.occurred_on
        for document in documents
        if document.occurred_on in days
        or document.prescription_ref in references
        or not come.isdisjoint(document.related)
    }


def _around(lines: Iterable[CareLine]) -> _Around:
    """Return the days that lines say, and their references."""
    days, references = set(), set()
    for line in lines:
        days.add(line.care_start)
        if line.prescribed_on is not None:
            days.add(line.prescribed_on)
        if line.prescription_ref:
            references.add(line.prescription_ref)
    return days, references


def _is_around(line: CareLine, days: Collection[date], references: Collection[str]) -> bool:
    return (
        line.care_start in days
        or line.prescribed_on in days
        or line.prescription_ref in references
    )
