"""« Puis-je voir … ? »: a professional of the circle asks in general words; the holder may show.

Nothing here rests on what is hidden: the same words, the same acts and the same answer whether
anything is. A question is an act in the journal; so is that it was closed. Nobody says no.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from access import codes, matrix, policy
from access.binding import PARIS, bound, note, now, today, use_case
from access.circle.blocks import blocks_known_to
from access.circle.deciding import Decider, decide, given_by_minor, known_to, lock, may_decide
from access.circle.shares import open_shares
from access.conditions import among, held_by
from access.elements import Named, key_of, named
from access.journal import Action
from access.masks.difference import seen_by
from access.models import Authorisation, AuthorisationKind, JournalEvent, Professional
from access.models.periods import live
from access.notices import tell_question
from access.policy import NotVisible, Refused
from access.questions.words import Since, Wanted, since_words, wanted_words
from access.seeing.viewers import professionals_as_viewers, standings_of
from records.days import same_day
from records.dossier.entrance import Dossier, enter
from records.models import Record


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from access.viewer import Viewer
    from records.models import Element


WEEK: Final = 7 * 24 * 3600
MOST_A_WEEK: Final = 3
# The same words so soon after are the same press of a button: a page sent twice asks once.
SENT_TWICE: Final = dt.timedelta(minutes=10)
LIVES: Final = dt.timedelta(days=30)
MOST_LISTED: Final = 100
_ABOUT: Final = "question"
_YEARS: Final = {Since.YEAR: 1, Since.FIVE: 5}
_SECTIONS: Final = {
    Wanted.RESULTS: ("BIO", "RADIO"),
    Wanted.MEDICINES: ("MED", "VAC"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits: who asks, what, since when, on which day."""

    id: uuid.UUID
    professional_id: uuid.UUID
    name: str
    wanted: Wanted
    since: Since
    on: dt.date

    @property
    def words(self) -> str:
        """What they ask to see: « des soins remboursés, des 12 derniers mois »."""
        return _("%(what)s, %(when)s") % {
            "what": wanted_words()[self.wanted], "when": since_words()[self.since],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answering:
    """A question and what would answer it: what the holder sees and the asker doesn't yet."""

    dossier: Dossier
    question: Question
    elements: tuple[Named, ...]
    more: bool


def may_ask(*, by: Viewer, record_id: uuid.UUID) -> Dossier:
    """Return the record to a professional of its circle. Raises ``Refused`` by any other door."""
    dossier = enter(by=by, record_id=record_id)
    if dossier.door != "circle":
        raise Refused(
            _("Seul un soignant à qui le patient a donné accès peut lui poser cette question.")
        )
    return dossier


@use_case
def ask(*, by: Viewer, record_id: uuid.UUID, wanted: Wanted, since: Since) -> None:
    """Send the patient a question. The same whatever there is; three a week and record.

    Sent twice, it is asked once. Raises ``Refused`` past three, the asker's own alone.
    """
    may_ask(by=by, record_id=record_id)  # before the lock: who waits for it learns it is there
    lock(record_id)
    dossier = may_ask(by=by, record_id=record_id)
    words = f"{wanted.value}:{since.value}"
    lately = JournalEvent.objects.filter(
        record_id=record_id, act=Action.ASKED_TO_SEE.value, reason=words,
        actor_professional_id=by.professional_id, at__gt=now() - SENT_TWICE,
    )  # fmt: skip
    if lately.exists():  # closed since or not: that too is told to nobody
        return
    mine = f"{by.professional_id}|{record_id}"
    if not codes.count("ask to see", mine, limit=MOST_A_WEEK, seconds=WEEK):
        raise Refused(
            _("Vous avez déjà posé 3 questions à ce patient cette semaine. Parlez-lui-en.")
        )
    secret = _by_a_minors_door(by, dossier)
    note(
        Action.ASKED_TO_SEE, record_id, by=by, door=dossier.door, element_kind=_ABOUT,
        reason=words, rests_on_secret=secret,
    )  # fmt: skip
    tell_question(Record.objects.select_related("holder").get(id=record_id), family=not secret)


def _by_a_minors_door(by: Viewer, dossier: Dossier) -> bool:
    """Tell whether the asker comes by doors that the minor gave alone (line 5)."""
    held = Authorisation.objects.filter(
        held_by(by),
        live(now()),
        record_id=dossier.record_id,
        kind=AuthorisationKind.CIRCLE,
        confirmed_at__lte=now(),
    )
    known = held.exclude(id__in=given_by_minor(dossier.record_id))
    return not dossier.standing.holder_is_adult and not known.exists()


def waiting_questions(dossier: Dossier) -> list[Question]:
    """Return the questions of thirty days that nobody closed, the latest first.

    For who decides, never through somebody's eyes; of professionals whose door they know of and
    still holds. No title is read.
    """
    if not dossier.may_decide or bound().lens is not None:
        return []
    events = _events(dossier).filter(act=Action.ASKED_TO_SEE.value, at__gt=now() - LIVES)
    asked = list(events.order_by("-at", "-id"))
    if not asked:
        return []
    closed = set(
        _events(dossier)
        .filter(act=Action.QUESTION_CLOSED.value, at__gt=now() - LIVES)
        .values_list("reason", flat=True)
    )
    doors = _doors(dossier)
    asked = [e for e in asked if doors & {e.actor_professional_id, e.actor_structure_id}]
    names = _names(dossier, [e.actor_professional_id for e in asked if e.actor_professional_id])
    return [
        _question(event, names[event.actor_professional_id])
        for event in asked
        if event.actor_professional_id in names and str(event.id) not in closed
    ]


def _events(dossier: Dossier) -> QuerySet[JournalEvent]:
    events = JournalEvent.objects.filter(record_id=dossier.record_id)
    return events if dossier.by_holder else events.filter(rests_on_secret=False)


def _doors(dossier: Dossier) -> set[uuid.UUID]:
    """The professionals and structures of the circle, as far as the asker knows."""
    held = Authorisation.objects.filter(
        live(now()), record_id=dossier.record_id, kind=AuthorisationKind.CIRCLE,
        confirmed_at__lte=now(),
    )  # fmt: skip
    pairs: Any = known_to(Decider(dossier), held).values_list("professional_id", "structure_id")
    return {key for pair in pairs for key in pair if key is not None}


def _names(dossier: Dossier, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of those among these who aren't blocked, as far as the asker knows."""
    blocked = blocks_known_to(Decider(dossier)).values("professional_id")
    rows = Professional.objects.filter(id__in=keys).exclude(id__in=blocked)
    return {row.id: row.display_name for row in rows.order_by("id")}


def _question(event: JournalEvent, name: str) -> Question:
    assert event.actor_professional_id is not None  # noqa: S101  # only professionals ask
    wanted, _colon, since = event.reason.partition(":")
    return Question(
        id=event.id,
        professional_id=event.actor_professional_id,
        name=name,
        wanted=Wanted(wanted),
        since=Since(since),
        on=event.at.astimezone(PARIS).date(),
    )


def read_question(*, by: Viewer, record_id: uuid.UUID, question_id: uuid.UUID) -> Answering:
    """Return a question that waits, and what could be shown in answer: the latest first."""
    decider = may_decide(by=by, record_id=record_id)
    question = _find(decider, question_id)
    found = _answers(decider, question)
    note(
        Action.LIST_READ, record_id, by=by, door=decider.dossier.door,
        shown=min(len(found), MOST_LISTED), rests_on_secret=decider.minor_alone,
    )  # fmt: skip
    elements = tuple(named(one) for one in found[:MOST_LISTED])
    return Answering(decider.dossier, question, elements, len(found) > MOST_LISTED)


def _find(decider: Decider, question_id: uuid.UUID) -> Question:
    waiting = waiting_questions(decider.dossier)
    found = next((one for one in waiting if one.id == question_id), None)
    if found is None:
        raise NotVisible
    return found


def _answers(decider: Decider, question: Question) -> list[Element]:
    """The latest that the decider sees of what is asked for and the asker doesn't see yet."""
    standing = decider.dossier.standing
    eyes = professionals_as_viewers([question.professional_id]).get(question.professional_id)
    people = [(one, eyes) for one in eyes.viewers] if eyes else []
    standings = standings_of(people, standing)
    seen = frozenset().union(*map(seen_by, standings))
    kinds = _asked_for(decider, question.wanted)
    if question.since in _YEARS:
        first = same_day(today(), months=-12 * _YEARS[question.since])
        kinds = [rows.filter(occurred_on__gte=first) for rows in kinds]
    found: list[Element] = []
    for rows in kinds:
        unseen = rows.filter(~among(seen)).order_by("-occurred_on", "-id")
        found += unseen[: MOST_LISTED + 1]
    return sorted(found, key=lambda one: (one.occurred_on, key_of(one).int), reverse=True)


def _asked_for(decider: Decider, wanted: Wanted) -> list[Any]:
    """The elements of a kind that is asked for, as the decider sees them."""
    standing = decider.dossier.standing
    documents, lines = policy.visible_documents(standing), policy.visible_lines(standing)
    sections = [section for each in _SECTIONS.values() for section in each]
    if wanted is Wanted.CARE:
        return [lines.exclude(section__in=sections)]
    if wanted is Wanted.OTHER:
        return [documents, lines, policy.visible_entries(standing)]
    found: list[Any] = [
        documents.filter(type_code__in=matrix.types_of_care(frozenset({wanted.value})))
    ]
    if wanted in _SECTIONS:
        found.append(lines.filter(section__in=_SECTIONS[wanted]))
    return found


@use_case
def answer(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    question_id: uuid.UUID,
    element_ids: Sequence[uuid.UUID],
    until: dt.date | None,
) -> int:
    """Show elements to whom asked, each by a share of its own; the question is closed.

    They are told of nothing but what they now see. Returns how many are shown.
    """
    decider = decide(by=by, record_id=record_id)
    question = _find(decider, question_id)
    if not element_ids:
        raise NotVisible
    shown, _shares = open_shares(
        decider, by=by, element_ids=element_ids, professional_id=question.professional_id,
        until=until,
    )  # fmt: skip
    _close(decider, by, question)
    return len(shown)


@use_case
def leave_unanswered(*, by: Viewer, record_id: uuid.UUID, question_id: uuid.UUID) -> None:
    """Put a question away: whoever asked is told nothing, as if it were never read."""
    decider = decide(by=by, record_id=record_id)
    _close(decider, by, _find(decider, question_id))


def _close(decider: Decider, by: Viewer, question: Question) -> None:
    note(
        Action.QUESTION_CLOSED, decider.dossier.record_id, by=by, door=decider.dossier.door,
        element_kind=_ABOUT, reason=str(question.id), rests_on_secret=decider.minor_alone,
    )  # fmt: skip
