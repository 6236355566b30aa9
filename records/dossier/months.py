"""Reading 24 months at a glance: how often each kind of care, what was done and given last.

Everything comes through the gate first: numbers, scales and lists are made of visible lines alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _, ngettext

from access.binding import note, today
from access.journal import Action
from records.care.lines import PERSON
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
from records.dossier.care_views import is_fee, mark_words, named
from records.dossier.drawing import Drawing, drawn
from records.dossier.entrance import enter_by_list
from records.dossier.medicine_names import name_of
from records.dossier.sections import places_of
from records.dossier.treatments import treatments_of
from records.models import ReimbursementLine


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from access.viewer import Viewer
    from records.care.events import CareEvent
    from records.care.lines import CareLine
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
    theirs = _theirs(lines, chosen, kind) if who or kind else lines
    labels = kind_labels()
    last = _LastTimes(theirs, places_of(read.care for read in lines))
    done, vaccines = last.done(given=False), last.done(given=True)
    medicines = last.medicines(dossier)
    given = sorted((*medicines, *vaccines), key=lambda row: row.iso, reverse=True)
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


def _theirs(lines: Iterable[ReadLine], events: Iterable[CareEvent], kind: str) -> list[ReadLine]:
    """Return the lines of some events, of one kind if it is given, as the picture counts them."""
    items = (item for event in events for item in event.items)
    wanted = {
        line for item in items if not kind or item.kind.value == kind for line in item.line_ids
    }
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


class _LastTimes:
    """The last time of everything in some lines, and where it was."""

    def __init__(self, read: Sequence[ReadLine], places: Mapping[str, str]) -> None:
        self._lines = {line.care.id: line for line in read}
        self._places = places

    def done(self, *, given: bool) -> tuple[DoneRow, ...]:
        cares = [line.care for line in self._lines.values()]
        return tuple(
            self._row(one.label, one.last_on, one.days, one.line_ids)
            for one in already_done(named(care) for care in cares if not is_fee(care))
            if one.is_given is given
        )

    def medicines(self, dossier: Dossier) -> Iterable[DoneRow]:
        found = treatments_of(dossier, self._lines.values())
        for one in sorted(found, key=lambda each: each.substance):
            last = one.dispensings[-1].line_ids
            ids = (*last, *(key for key in one.line_ids if key not in last))
            yield self._row(name_of(one), one.last_on, len(one.dispensings), ids)

    def _row(
        self, name: str, last_on: dt.date, days: int, line_ids: tuple[uuid.UUID, ...]
    ) -> DoneRow:
        found = sorted({mark for line in line_ids for mark in self._lines[line].marks})
        return DoneRow(
            element=line_ids[0],
            elements=" ".join(map(str, line_ids)),
            name=name,
            when=telling.day_and_month(last_on),
            iso=last_on.isoformat(),
            place=self._place(self._lines[line_ids[0]].care),
            times=_("%(count)s fois en 24 mois") % {"count": days} if days > 1 else "",
            marks=mark_words(found),
            marks_attr="+".join(found),
        )

    def _place(self, line: CareLine) -> str:
        """Return who did it or where; a file may give no name but the number of a place."""
        who, number = line.performer_name, line.performer_finess
        if who and line.performer_kind != PERSON:
            return who
        where = self._places.get(number, "" if who else number)
        return ", ".join(said for said in (who, where) if said)
