"""Claim lines told as care events: one for each thing a person would name, not per invoice.

An event is made of the given lines and of nothing else, so that it can't tell of a hidden one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from records.care.kinds import (
    FORM_RANK,
    RANK,
    SERIES,
    EventKind,
    form_of,
    is_emergency_visit,
)
from records.care.lines import STRUCTURE
from records.care.people import performer, performer_identities, prescriber
from records.care.stays import place_of
from records.care.together import together
from records.care.words import phrase


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from records.care.lines import CareLine
    from records.care.people import Party
    from records.care.words import Phrase

# Under which identifiers of events are made when no record is named.
_EVENTS: Final = UUID("6f6c1c1e-52a5-5d0f-9d0e-6b8f0b0c7a11")


@dataclass(frozen=True, slots=True)
class EventItem:
    """One step of an event: what one performer did on one day, or a series of it.

    `count` is a number of sessions for care in series, of products for what is delivered,
    of acts otherwise. `labels` are the names of codes, each once.
    """

    kind: EventKind
    on: date
    until: date
    performer: Party
    prescriber: Party | None
    labels: tuple[str, ...]
    count: int
    line_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The parts of an event's title.

    `form` is a name of `words.EVENTS`; `who` a person's name, `where` a structure's, either
    may be empty; `label` is the name of the act when nothing says more.
    """

    form: str
    who: str
    specialty: str
    where: str
    finess: str
    label: str
    count: int

    @property
    def title(self) -> Phrase:
        """Return the title as a phrase to be said."""
        name = self.who or self.where
        if name:
            return phrase(f"event.{self.form}_with", count=self.count, name=name)
        return phrase(f"event.{self.form}", count=self.count)


@dataclass(frozen=True, slots=True)
class CareEvent:
    """One event of care, its head first in `items`.

    `occurred_on` and `until` are the days of what names it, not of what follows from it.
    `reimbursed_cents` is None as soon as one amount isn't known to the reader.
    """

    id: UUID
    kind: EventKind
    occurred_on: date
    until: date
    headline: Headline
    items: tuple[EventItem, ...]
    line_ids: tuple[UUID, ...]
    reimbursed_cents: int | None
    people: tuple[Party, ...]
    categories: int

    @property
    def kinds(self) -> frozenset[EventKind]:
        """Return every kind of care in the event, for filters."""
        return frozenset(item.kind for item in self.items)


def care_events(lines: Iterable[CareLine], *, record: UUID = _EVENTS) -> tuple[CareEvent, ...]:
    """Tell claim lines as events, the latest first; every line is in exactly one.

    Rules, in order: what a visit ordered and that was done within three days, where the
    prescription reference names the visit; a hospital stay and what falls inside it; what a
    visit ordered, by the same prescriber and date; acts of one performer on one day; nursing
    and rehabilitation by the month; a transport with the only care of its day or its
    prescriber's. The result doesn't depend on the order of the lines. An event is identified
    by what names it (kind, performer, day or month), so that it stays the same when a line
    joins it late or is hidden; `record` keeps the identifiers of two records apart.
    """
    ordered = sorted(lines, key=lambda line: (line.care_start, line.id.int))
    kinds, groups = together(ordered)
    events = [
        _event([ordered[at] for at in group], [kinds[at] for at in group], record)
        for group in groups
    ]
    events.sort(key=lambda event: (RANK[event.kind], event.id.int))
    events.sort(key=lambda event: (event.occurred_on, event.until), reverse=True)
    return tuple(events)


def _event(lines: Sequence[CareLine], kinds: Sequence[EventKind], record: UUID) -> CareEvent:
    kind = min(kinds, key=RANK.__getitem__)
    heads = [line for line, of in zip(lines, kinds, strict=True) if of is kind]
    items = _items(lines, kinds)
    return CareEvent(
        id=uuid5(record, _identity(kind, heads)),
        kind=kind,
        occurred_on=heads[0].care_start,
        until=max(heads[0].care_start, *(line.care_end for line in heads)),
        headline=_headline(kind, heads, items),
        items=items,
        line_ids=tuple(line.id for line in lines),
        reimbursed_cents=_total(lines),
        people=_people(items),
        categories=_categories(lines),
    )


def _identity(kind: EventKind, heads: Sequence[CareLine]) -> str:
    """Name an event by what makes its head lines one; no two events share it."""
    first = heads[0]
    who = next(iter(performer_identities(first)), "")
    if kind is EventKind.TRANSPORT:
        who = ""
    if kind is EventKind.STAY:
        who = place_of(first)
        if _is_by_the_day(heads):
            who += " " + " ".join(sorted({line.code for line in heads}))
    by_month = kind in SERIES or (kind is EventKind.STAY and _is_by_the_day(heads))
    day = first.care_start
    when = f"{day.year}-{day.month}" if by_month else day.isoformat()
    return f"{kind.value} {when} {who}"


def _is_by_the_day(heads: Iterable[CareLine]) -> bool:
    return all(line.care_start == line.care_end for line in heads)


def _total(lines: Iterable[CareLine]) -> int | None:
    total = 0
    for line in lines:
        if line.reimbursed_cents is None:
            return None
        total += line.reimbursed_cents
    return total


def _categories(lines: Iterable[CareLine]) -> int:
    found = 0
    for line in lines:
        found |= line.categories
    return found


def _items(lines: Sequence[CareLine], kinds: Sequence[EventKind]) -> tuple[EventItem, ...]:
    """Gather lines into steps, the head of the event first, then by date."""
    steps: dict[object, list[CareLine]] = {}
    of_step: dict[object, EventKind] = {}
    for line, kind in zip(lines, kinds, strict=True):
        spread = kind in SERIES or kind is EventKind.STAY
        who = (line.performer_key, line.performer_name, line.performer_finess)
        key = (kind, who, None if spread else line.care_start)
        steps.setdefault(key, []).append(line)
        of_step[key] = kind
    items = [_item(of_step[key], found) for key, found in steps.items()]
    items.sort(key=lambda item: (RANK[item.kind], item.on))
    return tuple(items)


def _item(kind: EventKind, lines: Sequence[CareLine]) -> EventItem:
    labels = tuple(dict.fromkeys(line.label for line in lines if line.label))
    prescribers = (prescriber(line) for line in lines)
    return EventItem(
        kind=kind,
        on=lines[0].care_start,
        until=max(lines[0].care_start, *(line.care_end for line in lines)),
        performer=performer(lines[0]),
        prescriber=next((party for party in prescribers if party is not None), None),
        labels=labels,
        count=_count(kind, lines),
        line_ids=tuple(line.id for line in lines),
    )


def _count(kind: EventKind, lines: Sequence[CareLine]) -> int:
    if kind in SERIES or kind is EventKind.STAY:
        return len({line.care_start for line in lines})
    return len({line.code or line.label or line.id for line in lines})


def _headline(kind: EventKind, heads: Sequence[CareLine], items: Sequence[EventItem]) -> Headline:
    head = heads[0]
    if kind is EventKind.VISIT:
        head = min(heads, key=lambda line: (FORM_RANK[form_of(line)], line.care_start))
    in_structure = head.performer_kind == STRUCTURE
    return Headline(
        form=_form(kind, head, heads),
        who="" if in_structure else head.performer_name,
        specialty=head.performer_specialty,
        where=head.performer_name if in_structure else "",
        finess=head.performer_finess,
        label=head.label,
        count=sum(item.count for item in items if item.kind is kind),
    )


def _form(kind: EventKind, head: CareLine, heads: Sequence[CareLine]) -> str:
    """Return the name of the title: how a visit took place, how a stay was spent."""
    if kind is EventKind.VISIT:
        return form_of(head).value
    if kind is EventKind.STAY and _is_by_the_day(heads):
        once = len({line.care_start for line in heads}) == 1
        if all(map(is_emergency_visit, heads)):
            return "emergency_visit" if once else "emergency_visits"
        return "day_stay" if once else "sessions"
    return kind.value


def _people(items: Iterable[EventItem]) -> tuple[Party, ...]:
    """Return everyone the event names, performers before prescribers, each once."""
    steps = tuple(items)
    named = [item.performer for item in steps if item.performer.is_known]
    named += [item.prescriber for item in steps if item.prescriber is not None]
    known: dict[object, Party] = {}
    for party in named:
        known.setdefault((party.key, party.name, "" if party.name else party.finess), party)
    return tuple(known.values())
