"""« Puis-je voir … ? »: a professional of the circle asks in general words; the holder may show.

Nothing here rests on what is hidden: the same words, the same acts and the same answer whether
anything is. A question is an act in the journal; so is that it was closed. Nobody says no.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from access import codes
from access.binding import PARIS, bound, note, now, use_case
from access.circle.blocks import blocks_known_to
from access.circle.deciding import Decider, lock
from access.circle.knowing import given_by_minor, live_periods_known_to
from access.conditions import held_by
from access.journal import Action
from access.models import Authorisation, AuthorisationKind, JournalEvent, Professional
from access.models.periods import live
from access.notices import tell_question
from access.policy import Refused
from access.questions.words import Since, Wanted, since_words, wanted_words
from records.dossier.entrance import Dossier, enter
from records.models import Record


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Mapping, Sequence

    from django.db.models import QuerySet

    from access.viewer import Viewer


WEEK: Final = 7 * 24 * 3600
MOST_A_WEEK: Final = 3
# So soon after, a page sent again is the same press of its button.
SENT_TWICE: Final = dt.timedelta(minutes=10)
LIVES: Final = dt.timedelta(days=30)
ABOUT: Final = "question"


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


def may_ask(*, by: Viewer, record_id: uuid.UUID) -> Dossier:
    """Return the record to a professional of its circle. Raises ``Refused`` by any other door."""
    dossier = enter(by=by, record_id=record_id)
    if dossier.door != "circle":
        raise Refused(
            _("Seul un soignant à qui le patient a donné accès peut lui poser cette question.")
        )
    return dossier


@use_case
def ask(
    *, by: Viewer, record_id: uuid.UUID, wanted: Wanted, since: Since, attempt: uuid.UUID
) -> None:
    """Send the patient a question. The same whatever there is; three a week and record.

    ``attempt`` is the key of one page: sent twice, it is asked once. Whether a question was
    closed changes nothing of this. Raises ``Refused`` past three, the asker's own alone.
    """
    may_ask(by=by, record_id=record_id)  # before the lock: who waits for it learns it is there
    lock(record_id)
    dossier = may_ask(by=by, record_id=record_id)
    words = f"{wanted.value}:{since.value}:{attempt.hex}"
    lately = JournalEvent.objects.filter(
        record_id=record_id, act=Action.ASKED_TO_SEE.value, reason=words,
        actor_professional_id=by.professional_id, at__gt=now() - SENT_TWICE,
    )  # fmt: skip
    if lately.exists():
        return
    mine = f"{by.professional_id}|{record_id}"
    if not codes.count("ask to see", mine, limit=MOST_A_WEEK, seconds=WEEK):
        raise Refused(
            _("Vous avez déjà posé 3 questions à ce patient cette semaine. Parlez-lui-en.")
        )
    secret = _by_a_minors_door(by, dossier)
    note(
        Action.ASKED_TO_SEE, record_id, by=by, door=dossier.door, element_kind=ABOUT,
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
    closings = _events(dossier).filter(act=Action.QUESTION_CLOSED.value, at__gt=now() - LIVES)
    closed = dict(closings.values_list("reason", "at"))
    doors = _doors(dossier)
    asked = [e for e in asked if doors & {e.actor_professional_id, e.actor_structure_id}]
    names = _names(dossier, [e.actor_professional_id for e in asked if e.actor_professional_id])
    return [
        _question(event, names[event.actor_professional_id])
        for event in _once_each(asked, closed)
        if event.actor_professional_id in names
    ]


def _once_each(
    asked: Sequence[JournalEvent], closed: Mapping[str, dt.datetime]
) -> list[JournalEvent]:
    """Leave out what was closed, and what asks again, in the same words, for what still waits.

    The first that waits stays: who is answering it goes on. Closed, it takes those with it.
    """
    shut: dict[object, dt.datetime] = {}
    for event in asked:
        if (at := closed.get(str(event.id))) is not None:
            about = _about(event)
            shut[about] = max(at, shut.get(about, at))
    waits: dict[object, JournalEvent] = {}
    for event in asked:  # the latest first
        about = _about(event)
        if about not in shut or event.at > shut[about]:
            waits[about] = event
    return list(waits.values())


def _about(event: JournalEvent) -> tuple[uuid.UUID | None, str, str]:
    wanted, since = event.reason.split(":")[:2]
    return event.actor_professional_id, wanted, since


def _events(dossier: Dossier) -> QuerySet[JournalEvent]:
    events = JournalEvent.objects.filter(record_id=dossier.record_id)
    return events if dossier.by_holder else events.filter(rests_on_secret=False)


def _doors(dossier: Dossier) -> set[uuid.UUID]:
    """The professionals and structures of the circle, as far as the asker knows."""
    held = live_periods_known_to(dossier.standing).filter(
        kind=AuthorisationKind.CIRCLE, confirmed_at__lte=now()
    )
    pairs: Any = held.values_list("professional_id", "structure_id")
    return {key for pair in pairs for key in pair if key is not None}


def _names(dossier: Dossier, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of those among these who aren't blocked, as far as the asker knows."""
    blocked = blocks_known_to(Decider(dossier)).values("professional_id")
    rows = Professional.objects.filter(id__in=keys).exclude(id__in=blocked)
    return {row.id: row.display_name for row in rows.order_by("id")}


def _question(event: JournalEvent, name: str) -> Question:
    assert event.actor_professional_id is not None  # noqa: S101  # only professionals ask
    _who, wanted, since = _about(event)
    return Question(
        id=event.id,
        professional_id=event.actor_professional_id,
        name=name,
        wanted=Wanted(wanted),
        since=Since(since),
        on=event.at.astimezone(PARIS).date(),
    )
