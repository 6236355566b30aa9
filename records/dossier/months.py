"""Reading 24 months at a glance: how often each kind of care, what was done and given last.

Everything comes through the gate first: numbers, scales and lists are made of visible lines alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _, ngettext

from access.binding import note, today
from access.journal import Action
from records.care.months import Months, already_done, by_month
from records.care.window import window_start
from records.dossier import telling
from records.dossier.care import (
    Asked,
    events_of,
    is_arriving,
    kind_labels,
    people_of,
    read_lines,
    why_empty,
)
from records.dossier.care_views import mark_words, sentence_of
from records.dossier.drawing import Drawing, drawn
from records.dossier.entrance import enter_by_list
from records.dossier.treatments import treatments_of
from records.models import ReimbursementLine


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from access.viewer import Viewer
    from records.care.events import CareEvent
    from records.dossier.care_views import ReadLine
    from records.dossier.entrance import Dossier

JANUARY: Final = 1


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the table: its name, how often each kind."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DoneRow:
    """What was done or given: its last day, where, how many days in 24 months."""

    element: uuid.UUID
    elements: str
    name: str
    when: str
    iso: str
    place: str
    times: str
    marks: tuple[str, ...]
    marks_attr: str


@dataclass(frozen=True, slots=True)
class MonthsView:
    """The page: a picture, the same numbers in a table, what was done and given last."""

    dossier: Dossier
    asked: Asked
    kinds: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    drawing: Drawing | None
    heads: tuple[str, ...]
    months: tuple[MonthRow, ...]
    done: tuple[DoneRow, ...]
    given: tuple[DoneRow, ...]
    arriving: bool
    empty: str
    made_on: str


def read_months(*, by: Viewer, record_id: uuid.UUID, asked: Asked) -> MonthsView:
    """Return 24 months at a glance; unknown filters show everything."""
    dossier = enter_by_list(by=by, record_id=record_id, model=ReimbursementLine)
    lines = read_lines(dossier)
    events = events_of(dossier, lines)
    people = people_of(dossier, events)
    held = {kind.value for event in events for kind in event.kinds}
    kind = asked.kind if asked.kind in held else ""
    who = people.get(asked.who, "")
    chosen = [e for e in events if not who or who in {party.name for party in e.people}]
    counted = _of_kind(by_month(chosen, window_start(today()), today()), kind)
    theirs = _theirs(lines, chosen) if who else lines
    labels = kind_labels()
    done, vaccines = _done(theirs, given=False), _done(theirs, given=True)
    given = sorted((*_given(dossier, theirs), *vaccines), key=lambda row: row.iso, reverse=True)
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, element_kind="line",
        shown=len(chosen) + len(done) + len(given),
    )  # fmt: skip
    return MonthsView(
        dossier=dossier,
        asked=Asked(kind=kind, who=asked.who if who else ""),
        kinds=tuple((key, word) for key, word in labels.items() if key in held),
        people=tuple(people.items()),
        drawing=_drawing(counted, labels),
        heads=tuple(labels[each.value] for each in counted.counts),
        months=_table(counted),
        done=done,
        given=tuple(given),
        arriving=is_arriving(dossier),
        empty=why_empty(dossier) if not events else "",
        made_on=telling.day_and_month(today()),
    )


def _of_kind(counted: Months, kind: str) -> Months:
    if not kind:
        return counted
    return Months(counted.months, {k: c for k, c in counted.counts.items() if k.value == kind})


def _theirs(lines: Iterable[ReadLine], events: Iterable[CareEvent]) -> list[ReadLine]:
    wanted = {line for event in events for line in event.line_ids}
    return [read for read in lines if read.care.id in wanted]


def _drawing(counted: Months, labels: Mapping[str, str]) -> Drawing | None:
    if not counted.counts:
        return None
    rows = [
        (labels[kind.value], [(each, _times(each)) for each in counts])
        for kind, counts in counted.counts.items()
    ]
    names = [telling.month(month) for month in counted.months]
    years = {at: str(m.year) for at, m in enumerate(counted.months) if m.month == JANUARY}
    return drawn(rows, names, years)


def _times(count: int) -> str:
    return ngettext("%(count)s fois", "%(count)s fois", count) % {"count": count}


def _table(counted: Months) -> tuple[MonthRow, ...]:
    columns = list(counted.counts.values())
    rows = [
        MonthRow(telling.month(month), tuple(column[at] for column in columns))
        for at, month in enumerate(counted.months)
    ]
    return tuple(reversed(rows)) if columns else ()


def _done(read: Sequence[ReadLine], *, given: bool) -> tuple[DoneRow, ...]:
    marks = {line.care.id: line.marks for line in read}
    return tuple(
        _row(one.label, one.last_on, one.place, one.days, one.line_ids, marks)
        for one in already_done(sentence_of(line.care) for line in read)
        if one.is_given is given
    )


def _given(dossier: Dossier, lines: Iterable[ReadLine]) -> list[DoneRow]:
    read = {line.care.id: line for line in lines}
    marks = {key: line.marks for key, line in read.items()}
    rows = []
    for one in sorted(treatments_of(dossier, read.values()), key=lambda each: each.substance):
        last = one.dispensings[-1].line_ids
        place = next((read[key].care.performer_name for key in last), "")
        ids = (*last, *(key for key in one.line_ids if key not in last))
        rows.append(_row(one.substance, one.last_on, place, len(one.dispensings), ids, marks))
    return rows


def _row(  # noqa: PLR0917 - the columns of a row, in their order
    name: str,
    last_on: dt.date,
    place: str,
    days: int,
    line_ids: tuple[uuid.UUID, ...],
    marks: Mapping[uuid.UUID, tuple[str, ...]],
) -> DoneRow:
    found = sorted({mark for line in line_ids for mark in marks[line]})
    return DoneRow(
        element=line_ids[0],
        elements=" ".join(map(str, line_ids)),
        name=name,
        when=telling.day_and_month(last_on),
        iso=last_on.isoformat(),
        place=place,
        times=_("%(count)s fois en 24 mois") % {"count": days} if days > 1 else "",
        marks=mark_words(found),
        marks_attr="+".join(found),
    )
