"""Reading the first page of a record: what is new, the doctor, the treatments, who looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access import policy
from access.binding import bound, note
from access.circle import doctor_to_confirm, has_come_of_age
from access.emergency import count_to_look_at
from access.journal import Action
from access.masks import subjects_to_offer
from access.notices import EMERGENCY, QUESTION, told_lately
from access.questions import waiting_questions
from access.reading_journal import last_visit
from records.deposits import may_deposit
from records.dossier import telling
from records.dossier.care import (
    current_treatments,
    events_of,
    is_arriving,
    read_illnesses,
    read_lines,
    why_empty,
)
from records.dossier.care_views import event_view
from records.dossier.documents import recent_documents
from records.dossier.emergency_card import entries_on_card
from records.dossier.entrance import Dossier, enter
from records.dossier.late import late_funds
from records.dossier.medicine_names import name_of
from records.dossier.news import changes, sentence
from records.dossier.synthesis import read_versions
from records.dossier.treating_gp import Asked, may_ask, synthesis_asked, treating_gp_of


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from access.circle.weighing_gp import ToConfirm
    from access.masks import Subject
    from access.notices import Told
    from access.questions import Question
    from access.reading_journal import Visit
    from access.viewer import Viewer
    from records.care.events import CareEvent
    from records.dossier.care import Illness
    from records.dossier.care_views import EventView
    from records.dossier.documents import DocumentRow
    from records.dossier.entries import EntryView
    from records.dossier.synthesis import VersionView

FAMILY_EVENTS = 3
PROFESSIONAL_EVENTS = 5
RECENT_DOCUMENTS = 5


@dataclass(frozen=True, slots=True)
class TreatmentView:
    """A treatment in progress or given lately: its names and the last time it was given."""

    name: str
    last: str


@dataclass(frozen=True, slots=True)
class News:
    """What arrived since the reader's last day here: how many things, and since which day."""

    number: int
    since: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """What the first page shows; every count is taken after the gate."""

    dossier: Dossier
    events: tuple[EventView, ...]
    illnesses: tuple[Illness, ...]
    treatments: tuple[TreatmentView, ...]
    documents: tuple[DocumentRow, ...]
    synthesis: VersionView | None
    gp: str
    # Where there is no synthesis yet: since when its doctor is asked for it.
    asked: Asked | None
    looked: Visit | None
    news: News | None
    # The same for who isn't of the family, of claims alone: a sentence, and where it leads.
    changed: str
    arriving: bool
    told: tuple[Told, ...]
    questions: tuple[Question, ...]
    offers: tuple[Subject, ...]
    of_age: bool
    empty: str
    may_deposit: bool
    late: tuple[str, ...]
    # Who comes by an opening reads first what the holder put on their card.
    by_opening: bool
    card: tuple[EntryView, ...]
    # How many openings whoever decides has still to look at.
    to_look_at: int
    # The doctor whose declaration as treating GP waits for whoever reads to say yes or no.
    to_confirm: ToConfirm | None

    @property
    def may_ask(self) -> bool:
        """The synthesis may be asked for today, for the first time or again."""
        return may_ask(self.dossier, gp=self.gp, asked=self.asked)


def read_home(*, by: Viewer, record_id: uuid.UUID) -> HomeView:
    """Return the first page of a record for whoever comes by a door, as one event."""
    dossier = enter(by=by, record_id=record_id)
    lines = read_lines(dossier)
    marks = {line.care.id: line.marks for line in lines}
    told = events_of(dossier, lines)
    limit = FAMILY_EVENTS if dossier.by_family else PROFESSIONAL_EVENTS
    events = tuple(event_view(event, marks) for event in told[:limit])
    illnesses = () if dossier.by_family else read_illnesses(dossier)
    documents = recent_documents(dossier, RECENT_DOCUMENTS)
    versions = read_versions(dossier)
    synthesis = versions[0] if versions else None
    treatments = tuple(
        TreatmentView(name=name_of(found), last=telling.day_and_month(found.last_on))
        for found in current_treatments(lines)
    )
    by_opening = dossier.standing.emergency or dossier.standing.regulation
    card = entries_on_card(dossier) if by_opening else ()
    gp = treating_gp_of(dossier)
    questions = tuple(waiting_questions(dossier))
    to_look_at = count_to_look_at(by=by, dossier=dossier)
    view = HomeView(
        dossier=dossier,
        events=events,
        illnesses=illnesses,
        treatments=treatments,
        documents=documents,
        synthesis=synthesis,
        gp=gp.full_name if gp else "",
        asked=None if synthesis else synthesis_asked(dossier, by=by, gp=gp),
        looked=last_visit(dossier, by=by),
        news=_news(dossier, by, told),
        changed=_changed(dossier, by, told),
        arriving=is_arriving(dossier),
        told=_told(dossier, by, questions=questions, to_look_at=to_look_at),
        questions=questions,
        offers=subjects_to_offer(dossier),
        of_age=has_come_of_age(dossier),
        empty="" if told else why_empty(dossier),
        may_deposit=may_deposit(dossier.standing),
        late=late_funds(dossier) if told else (),
        by_opening=by_opening,
        card=card,
        to_look_at=to_look_at,
        to_confirm=None if bound().lens else doctor_to_confirm(dossier),
    )
    shown = len(events) + len(illnesses) + len(treatments) + len(documents)
    shown += len(card)
    shown += synthesis.shown if synthesis else 0
    note(Action.LIST_READ, record_id, by=by, door=dossier.door, shown=shown)
    return view


def _told(
    dossier: Dossier, by: Viewer, *, questions: Collection[Question], to_look_at: int
) -> tuple[Told, ...]:
    """Return what was told lately, but what waits for an answer on this very page."""
    # What somebody was told is theirs: it isn't shown through their eyes.
    if not dossier.may_decide or bound().lens is not None:
        return ()
    waiting = {QUESTION: bool(questions), EMERGENCY: bool(to_look_at)}
    but = [kind for kind, waits in waiting.items() if waits]
    return told_lately(by=by, record_id=dossier.record_id, own=dossier.by_holder, but=but)


def _changed(dossier: Dossier, by: Viewer, told: Collection[CareEvent]) -> str:
    found = None if dossier.by_family else changes(dossier, by=by)
    return sentence(dossier, found, told) if found else ""


def _news(dossier: Dossier, by: Viewer, told: Collection[CareEvent]) -> News | None:
    """Count what the holder sees that arrived since the last day they came; none on a first visit.

    For the holder alone: to anybody else a number that moves would tell of what they don't see.
    """
    if not dossier.by_holder:
        return None
    found = changes(dossier, by=by)
    if found is None:
        return None
    documents = policy.visible_documents(dossier.standing).filter(
        archived_at=None, created_at__gt=found.last
    )
    number = documents.count() + sum(not found.added.isdisjoint(one.line_ids) for one in told)
    return News(number=number, since=found.since) if number else None
