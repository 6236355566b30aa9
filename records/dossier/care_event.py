"""Reading one care event: the visible lines it is made of, one journal event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import policy
from access.binding import note
from access.journal import Action
from access.policy import NotVisible
from records import reference
from records.dossier import telling
from records.dossier.care import (
    events_of,
    illness_days,
    read_lines,
)
from records.dossier.care_views import (
    EventView,
    ItemView,
    event_view,
    item_view,
    mark_words,
    named,
    read_row,
)
from records.dossier.entrance import Dossier, enter_by_element
from records.dossier.facts import ILLNESS_SECTION, LINE_FIELDS
from records.models import ReimbursementLine


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class CareEventView:
    """One event and its lines."""

    dossier: Dossier
    line: ReimbursementLine
    event: EventView
    items: tuple[ItemView, ...]


def read_event(*, by: Viewer, record_id: uuid.UUID, line_id: uuid.UUID) -> CareEventView:
    """Return the event a line belongs to, made of visible lines only.

    Raises ``NotVisible`` if the reader doesn't see the line. An illness is an event of its own.
    """
    line = policy.get_visible(ReimbursementLine, policy.standing_on(record_id), line_id)
    dossier = enter_by_element(by=by, record_id=record_id, element_id=line_id)
    if line.section == ILLNESS_SECTION:
        return _illness_event(dossier, line, by=by)
    lines = read_lines(dossier)
    if all(read.care.id != line_id for read in lines):
        # Older than the 24 months: a rule or a link may still lead to it.
        found = policy.visible_lines(dossier.standing).filter(id=line.id)
        row = found.values_list(*LINE_FIELDS, *policy.MARKS).get()
        lines = [read_row(row, euros=dossier.by_family)]
    by_id = {read.care.id: read for read in lines}
    events = [e for e in events_of(dossier, lines) if line_id in e.line_ids]
    if not events:
        raise NotVisible
    marks = {key: read.marks for key, read in by_id.items()}
    items = tuple(
        item_view(named(by_id[key].care), by_id[key].marks) for key in events[0].line_ids
    )
    note(
        Action.ELEMENT_READ, record_id, by=by, door=dossier.door, element_kind="line",
        element_id=line_id, shown=len(items), rests_on_secret=line.secret,
    )  # fmt: skip
    return CareEventView(
        dossier=dossier, line=line, event=event_view(events[0], marks), items=items
    )


def _illness_event(dossier: Dossier, line: ReimbursementLine, *, by: Viewer) -> CareEventView:
    """A long-term illness stands alone: no visit, no performer."""
    marks = policy.marks_of(line)
    name = reference.label(line.code_system, line.code, telling.language()) or line.label
    since = telling.long_date(line.occurred_on)
    note(
        Action.ELEMENT_READ, dossier.record_id, by=by, door=dossier.door, element_kind="line",
        element_id=line.id, shown=1, rests_on_secret=line.secret,
    )  # fmt: skip
    view = EventView(
        head=line.id, elements=str(line.id), when=since, month=telling.month(line.occurred_on),
        iso=line.occurred_on.isoformat(), what=_("Maladie prise en charge à 100 % (ALD)"),
        lines=(name,), icon="shield-check", kind="illness", marks=mark_words(marks),
        marks_attr="+".join(marks),
    )  # fmt: skip
    item = ItemView(
        element=line.id, what=name, who="", detail=(illness_days(line),), marks=view.marks,
        marks_attr=view.marks_attr,
    )  # fmt: skip
    return CareEventView(dossier=dossier, line=line, event=view, items=(item,))
