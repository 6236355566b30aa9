"""Which events a reader of the journal may know of, gathered by visit: a person on a day.

A line about an element the reader doesn't see says who came and when, and nothing else. Writes
one event of its own: the journal was read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from access import policy
from access.binding import PARIS, note, today
from access.elements import Named, named, those_visible
from access.emergency.wording import asked_why
from access.journal import Action, chain_is_whole, chain_length
from access.models import JournalEvent, Professional, Structure
from access.policy import Refused
from access.reading_journal.acts import Context, about_whom
from access.reading_journal.automatic import automatic_sentence
from access.reading_journal.known import PEOPLE, known_to, visit_of, who_came
from access.reading_journal.marking import marked
from access.reading_journal.rules import Unusual
from access.reading_journal.sentences import visit_sentence
from records.dossier.entrance import Dossier, enter
from records.dossier.synthesis import read_versions
from records.models import Person


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from access.viewer import Viewer


PAGE = 150
MINE = 60
AUTOMATIC = 20
MOST_CHECKED = 5000


@dataclass(frozen=True, slots=True)
class Visit:
    """What one person did on one day, as one sentence."""

    sentence: str
    why: str
    emergency: bool
    titles: tuple[str, ...]
    at: dt.datetime
    # Where it can be said « I don't know this person »: an event of it, and who came.
    event_id: uuid.UUID | None = None
    professional_id: uuid.UUID | None = None
    who: str = ""
    # What was said for coming without an authorisation.
    asked: str = ""
    events: frozenset[uuid.UUID] = frozenset()
    unusual: tuple[str, ...] = ()

    @property
    def on(self) -> dt.date:
        """The day in Paris."""
        return self.at.astimezone(PARIS).date()


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of visits, the latest first; one's own and the automatic ones apart."""

    dossier: Dossier
    emergencies: tuple[Visit, ...]
    visits: tuple[Visit, ...]
    mine: tuple[Visit, ...]
    automatic: tuple[Visit, ...]
    page: int
    pages: int
    last_month_empty: bool
    # Whether no line was removed or altered; None where the check is left to the operator.
    whole: bool | None

    @property
    def newer(self) -> int:
        """The page before this one, of later visits."""
        return self.page - 1

    @property
    def older(self) -> int:
        """The page after this one, of earlier visits."""
        return self.page + 1


def read_journal(*, by: Viewer, record_id: uuid.UUID, page: int = 1) -> JournalPage:
    """Return a page of the journal in sentences, and write down that it was read.

    For the holder and a live representative. A delegate is refused: the journal isn't an element,
    so no scope covers it, and it would tell them of the holder's own reads and of masks aimed at
    them (policy section 6 names the holder and the representative only).
    """
    dossier = enter(by=by, record_id=record_id)
    if not dossier.may_decide:
        raise Refused(
            _("Seule la personne à qui est ce dossier, ou son représentant légal, peut voir qui a"
              " regardé.")
        )  # fmt: skip
    known = known_to(dossier)
    nobody = Q(actor_user_id=None, actor_person_id=None, actor_professional_id=None)
    automatic = known.filter(nobody)
    mine = known.filter(actor_person_id=by.person_id)
    others = known.exclude(nobody).exclude(actor_person_id=by.person_id)
    total = others.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    shown = list(others.order_by("-at", "-id")[(page - 1) * PAGE : page * PAGE])
    own = list(mine.order_by("-at", "-id")[:MINE]) if page == 1 else []
    system = list(automatic.order_by("-at", "-id")[:AUTOMATIC]) if page == 1 else []
    visits = in_words(dossier, shown, by, unusual=True)
    note(
        Action.JOURNAL_READ, record_id, by=by, door=dossier.door, shown=len(shown),
        rests_on_secret=dossier.by_holder and not dossier.standing.holder_is_adult,
    )  # fmt: skip
    recent = dt.timedelta(days=30)
    latest = max((visit.at for visit in visits), default=None)
    return JournalPage(
        dossier=dossier,
        emergencies=tuple(visit for visit in visits if visit.emergency),
        visits=tuple(visit for visit in visits if not visit.emergency),
        mine=tuple(in_words(dossier, own, by)),
        automatic=tuple(_automatic(event) for event in system),
        page=page,
        pages=pages,
        last_month_empty=latest is None or latest.astimezone(PARIS).date() < today() - recent,
        whole=_checked(record_id) if page == 1 else None,
    )


def _checked(record_id: uuid.UUID) -> bool | None:
    """Check the chain now, where that takes no time: the longest ones are the operator's."""
    return chain_is_whole(record_id) if chain_length(record_id) <= MOST_CHECKED else None


def last_visit(dossier: Dossier, *, by: Viewer) -> Visit | None:
    """Return the last visit by somebody else, for the first page, which journals itself."""
    if not dossier.may_decide:
        return None
    nobody = Q(actor_user_id=None, actor_person_id=None, actor_professional_id=None)
    others = known_to(dossier).exclude(nobody).exclude(actor_person_id=by.person_id)
    latest = list(others.order_by("-at", "-id")[:MINE])
    if len(latest) == MINE and who_came(latest[0]) == who_came(latest[-1]):
        # A long one, whose first hour is further back.
        latest = visit_of(dossier, latest[0].id)
    return next(iter(in_words(dossier, latest, by)), None)


def in_words(
    dossier: Dossier, events: Iterable[JournalEvent], by: Viewer, *, unusual: bool = False
) -> list[Visit]:
    """Gather events by person and day, the latest first; say what is ``unusual`` if asked."""
    rows = list(events)
    titles, silent = _elements(dossier, rows)
    context = Context(by, dossier.by_holder, titles, silent, _names(rows), _signed(dossier, rows))
    marks = marked(dossier, rows) if unusual else {}
    groups: dict[tuple[object, ...], list[JournalEvent]] = {}
    for event in rows:
        day = event.at.astimezone(PARIS).date()
        groups.setdefault((day, *who_came(event)), []).append(event)
    # What a doctor typed may speak of what a minor keeps from who represents them.
    whole = dossier.by_holder or dossier.standing.holder_is_adult
    return [
        _visit(group, context, marks, asked=asked_why(group, whole=whole, you=dossier.by_holder))
        for group in groups.values()
    ]


def _visit(
    group: list[JournalEvent],
    context: Context,
    marks: Mapping[uuid.UUID, set[Unusual]],
    *,
    asked: str,
) -> Visit:
    said = visit_sentence(group, context)
    first = min(group, key=lambda event: (event.at, event.seq))
    stranger = (
        first.actor_professional_id if first.actor_person_id != context.by.person_id else None
    )
    return Visit(
        sentence=said.sentence,
        why=said.why,
        emergency=said.emergency,
        titles=said.titles,
        at=first.at,
        event_id=first.id if stranger else None,
        professional_id=stranger,
        who=first.actor_name,
        asked=asked,
        events=frozenset(event.id for event in group),
        unusual=tuple(
            str(rule.label)
            for rule in Unusual
            if any(rule in marks.get(event.id, ()) for event in group)
        ),
    )


def _elements(
    dossier: Dossier, events: list[JournalEvent]
) -> tuple[dict[uuid.UUID, Named], set[uuid.UUID]]:
    """The titles the gate gives this reader, and the elements the journal must stay silent on."""
    ids = {
        event.element_id
        for event in events
        if event.element_id is not None and event.element_kind not in PEOPLE
    }
    found = those_visible(dossier.standing, ids)
    titles = {one.id: one for one in map(named, found)}
    hidden = ids - titles.keys()
    silent = policy.not_announced(dossier.standing, hidden) if hidden else set()
    return titles, silent


def _signed(dossier: Dossier, events: Iterable[JournalEvent]) -> set[dt.datetime]:
    if not any(event.act == Action.SYNTHESIS_SIGNED.value for event in events):
        return set()
    return {version.signed_at for version in read_versions(dossier)}


def _names(events: list[JournalEvent]) -> dict[uuid.UUID, str]:
    """Names of the professionals, structures and delegates that events are about or aimed at."""
    keys = {key for key in map(about_whom, events) if key is not None}
    people = Professional.objects.filter(id__in=keys).order_by("id")
    places = Structure.objects.filter(id__in=keys).order_by("id")
    relatives = Person.objects.filter(id__in=keys).order_by("id")
    return (
        {row.id: row.full_name for row in relatives}
        | {row.id: row.display_name for row in people}
        | {row.id: row.name for row in places}
    )


def _automatic(event: JournalEvent) -> Visit:
    return Visit(
        sentence=automatic_sentence(event), why="", emergency=False, titles=(), at=event.at
    )
