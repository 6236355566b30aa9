"""Cases at the fund's desk: which professional, where, on which day; and the answer.

Never whose record it is: the desk asks the professional with the number of the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.translation import gettext as _

from access.binding import note, now, today, use_case
from access.circle.directory import trade_of
from access.journal import Action
from access.models import Case, CaseOutcome, CaseState
from access.notices import tell_case_answered
from access.policy import NotVisible, Refused
from access.viewer import Role
from records.files import record_key
from records.keys import seal


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from django.core.paginator import Page

    from access.viewer import Viewer


PAGE: Final = 30
FEWEST_WORDS, MOST_WORDS = 10, 1000


@dataclass(frozen=True, slots=True)
class DeskCase:
    """A case as the desk reads it."""

    id: uuid.UUID
    number: str
    name: str
    rpps: str
    trade: str
    place: str
    visit_on: dt.date
    due_on: dt.date
    state: CaseState
    late: bool

    @property
    def waits(self) -> bool:
        """Nobody has answered yet."""
        return self.state is CaseState.OPEN


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of the cases."""

    rows: tuple[DeskCase, ...]
    page: Page[Any]


def read_desk(*, by: Viewer, page: int = 1) -> Desk:
    """Return a page of the cases: those that wait first, by the day they are due."""
    _at_the_desk(by)
    rows = Case.objects.select_related("professional").alias(waits=Q(state=CaseState.OPEN))
    rows = rows.order_by("-waits", "due_on", "id")
    found = Paginator(rows, PAGE).get_page(page)
    return Desk(tuple(map(_row, found.object_list)), found)


def read_case_at_desk(*, by: Viewer, case_id: uuid.UUID) -> DeskCase:
    """Return one case. Raises ``NotVisible`` where there is none."""
    _at_the_desk(by)
    return _row(_case(case_id))


@use_case
def answer(*, by: Viewer, case_id: uuid.UUID, outcome: str, text: str) -> None:
    """Answer the holder, once; the pause stays until they end it themselves."""
    _at_the_desk(by)
    case = _case(case_id, lock=True)
    if case.state != CaseState.OPEN:
        raise Refused(_("Ce signalement n'attend plus de réponse."))
    text = text.strip()
    if outcome not in CaseOutcome.values or not FEWEST_WORDS <= len(text) <= MOST_WORDS:
        raise Refused(
            _("Dites si l'accès s'explique, et pourquoi, en %(most)s caractères au plus.")
            % {"most": MOST_WORDS}
        )
    case.state, case.closed_at, case.outcome = CaseState.ANSWERED, now(), outcome
    case.answered_by = by.user_id
    case.answer_sealed = seal(record_key(case.record), text.encode(), about=case.id.bytes)
    case.save()
    note(
        Action.CASE_ANSWERED, case.record_id, by=by, door="desk", element_kind="professional",
        element_id=case.professional_id, rests_on_secret=case.secret,
    )  # fmt: skip
    tell_case_answered(case.record, family=not case.secret)


def _at_the_desk(by: Viewer) -> None:
    if by.role is not Role.FUND_AGENT or not by.admitted:
        raise NotVisible


def _case(case_id: uuid.UUID, *, lock: bool = False) -> Case:
    rows = Case.objects.select_for_update(of=("self",)) if lock else Case.objects.all()
    found = rows.select_related("professional", "record__holder").filter(id=case_id).first()
    if found is None:
        raise NotVisible
    return found


def _row(case: Case) -> DeskCase:
    return DeskCase(
        id=case.id,
        number=case.number,
        name=case.professional.display_name,
        rpps=case.professional.rpps,
        trade=trade_of(case.professional),
        place=case.structure_name,
        visit_on=case.visit_on,
        due_on=case.due_on,
        state=CaseState(case.state),
        late=case.state == CaseState.OPEN and case.due_on < today(),
    )
