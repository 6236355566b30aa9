"""Reading the first page of a record: what is new, the doctor, the treatments, who looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access import policy
from access.binding import note
from access.journal import Action
from records.dossier import telling
from records.dossier.care import current_treatments, events_of, is_arriving, read_lines
from records.dossier.care_views import event_view
from records.dossier.entrance import Dossier, enter
from records.dossier.synthesis import read_versions


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.dossier.care_views import EventView
    from records.dossier.synthesis import VersionView

FAMILY_EVENTS = 3
PROFESSIONAL_EVENTS = 5
RECENT_DOCUMENTS = 5


@dataclass(frozen=True, slots=True)
class TreatmentView:
    """A treatment in progress: its substance and the last time it was given."""

    name: str
    last: str


@dataclass(frozen=True, slots=True)
class RecentDocument:
    """A document named on the first page."""

    element: uuid.UUID
    title: str
    when: str
    author: str
    marks_attr: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """What the first page shows; every count is taken after the gate."""

    dossier: Dossier
    events: tuple[EventView, ...]
    treatments: tuple[TreatmentView, ...]
    documents: tuple[RecentDocument, ...]
    synthesis: VersionView | None
    arriving: bool


def read_home(*, by: Viewer, record_id: uuid.UUID) -> HomeView:
    """Return the first page of a record for whoever comes by a door, as one event."""
    dossier = enter(by=by, record_id=record_id)
    lines = read_lines(dossier)
    marks = {line.care.id: line.marks for line in lines}
    limit = FAMILY_EVENTS if dossier.by_family else PROFESSIONAL_EVENTS
    events = tuple(event_view(event, marks) for event in events_of(dossier, lines)[:limit])
    documents = _recent_documents(dossier)
    versions = read_versions(dossier)
    synthesis = versions[0] if versions else None
    treatments = tuple(
        TreatmentView(name=found.substance, last=telling.day_and_month(found.last_on))
        for found in current_treatments(lines)
    )
    shown = len(events) + len(treatments) + len(documents) + (synthesis.shown if synthesis else 0)
    note(Action.LIST_READ, record_id, by=by, door=dossier.door, shown=shown)
    return HomeView(
        dossier=dossier,
        events=events,
        treatments=treatments,
        documents=documents,
        synthesis=synthesis,
        arriving=is_arriving(dossier),
    )


def _recent_documents(dossier: Dossier) -> tuple[RecentDocument, ...]:
    rows = policy.visible_documents(dossier.standing).filter(archived_at=None)
    return tuple(
        RecentDocument(
            element=row.id,
            title=row.title,
            when=telling.day_and_month(row.occurred_on),
            author=row.author_name,
            marks_attr="+".join(policy.marks_of(row)),
        )
        for row in rows.order_by("-occurred_on", "-id")[:RECENT_DOCUMENTS]
    )
