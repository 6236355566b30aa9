"""What would answer a question, and its answer: shares, or nothing at all.

Whoever asked is told of nothing but what they now see. Must not know screens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from access import matrix, policy
from access.binding import note, today, use_case
from access.circle.deciding import Decider, decide, may_decide
from access.circle.shares import open_shares
from access.conditions import among
from access.elements import Named, key_of, named
from access.journal import Action
from access.masks.difference import seen_by
from access.policy import NotVisible
from access.questions.asking import ABOUT, Question, waiting_questions
from access.questions.words import Since, Wanted
from access.seeing.viewers import professionals_as_viewers, standings_of
from records.days import same_day


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Sequence

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier
    from records.models import Element


MOST_LISTED: Final = 100
_YEARS: Final = {Since.YEAR: 1, Since.FIVE: 5}
_SECTIONS: Final = {
    Wanted.RESULTS: ("BIO", "RADIO"),
    Wanted.MEDICINES: ("MED", "VAC"),
}


@dataclass(frozen=True, slots=True)
class Answering:
    """A question and what would answer it: what the holder sees and the asker doesn't yet."""

    dossier: Dossier
    question: Question
    elements: tuple[Named, ...]
    more: bool


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
        element_kind=ABOUT, reason=str(question.id), rests_on_secret=decider.minor_alone,
    )  # fmt: skip
