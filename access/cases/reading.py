"""The cases of one record, as whoever decides for it may know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models.functions import TruncDate

from access.binding import PARIS, today
from access.circle.blocks import blocks_known_to
from access.circle.deciding import may_decide
from access.circle.directory import trade_of
from access.models import Case, CaseOutcome, CaseState
from access.policy import NotVisible
from access.reading_journal.known import known_to
from records.files import record_key
from records.keys import unseal


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A case in one line: its number, whom it is about, where it stands."""

    id: uuid.UUID
    number: str
    professional_id: uuid.UUID
    name: str
    visit_on: dt.date
    state: CaseState
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case and its answer; ``paused`` by it, ``shut`` out by it or by another block.

    ``beside``: another block keeps them out, whatever becomes of this one. ``held``: another case
    that waits holds the same pause, which this one can't end. ``other_id``: a case that waits and
    keeps them out too: nothing is given back meanwhile.
    """

    dossier: Dossier
    id: uuid.UUID
    number: str
    professional_id: uuid.UUID
    name: str
    trade: str
    place: str
    visit_on: dt.date
    opened_on: dt.date
    due_on: dt.date
    state: CaseState
    closed_on: dt.date | None
    explained: bool
    answer: str
    paused: bool
    shut: bool
    beside: bool
    held: bool
    other_id: uuid.UUID | None
    late: bool

    @property
    def waits(self) -> bool:
        """Nobody has answered yet."""
        return self.state is CaseState.OPEN

    @property
    def answered(self) -> bool:
        """The fund has."""
        return self.state is CaseState.ANSWERED

    @property
    def gives_back(self) -> bool:
        """Taken back, the access comes back: nothing else keeps them out."""
        return self.paused and not self.held and not self.beside


def cases_known_to(dossier: Dossier) -> list[Case]:
    """Return the cases of a record, the latest first.

    A representative knows of those about a visit they may know of, opened by no minor alone.
    """
    found = Case.objects.filter(record_id=dossier.record_id).select_related("professional")
    rows = list(found.order_by("-opened_at", "-id"))
    if dossier.by_holder:
        return rows
    visits = known_to(dossier).filter(
        actor_professional_id__in=[row.professional_id for row in rows]
    )
    days = visits.annotate(on=TruncDate("at", tzinfo=PARIS)).order_by()
    known = set(days.values_list("actor_professional_id", "on").distinct())
    return [row for row in rows if not row.secret and (row.professional_id, row.visit_on) in known]


def read_cases(*, by: Viewer, record_id: uuid.UUID) -> tuple[Mentioned, ...]:
    """Return the cases of a record in one line each. No clinical content."""
    dossier = may_decide(by=by, record_id=record_id).dossier
    return tuple(
        Mentioned(
            id=row.id,
            number=row.number,
            professional_id=row.professional_id,
            name=row.professional.display_name,
            visit_on=row.visit_on,
            state=CaseState(row.state),
            due_on=row.due_on,
        )
        for row in cases_known_to(dossier)
    )


def case_of(dossier: Dossier, case_id: uuid.UUID) -> Case:
    """Return one case. Raises ``NotVisible`` for one they may not know of, as for none."""
    return _one_of(cases_known_to(dossier), case_id)


def _one_of(known: list[Case], case_id: uuid.UUID) -> Case:
    found = next((row for row in known if row.id == case_id), None)
    if found is None:
        raise NotVisible
    return found


def read_case(*, by: Viewer, record_id: uuid.UUID, case_id: uuid.UUID) -> CaseView:
    """Return a case with its answer. No clinical content: who came, on which day."""
    decider = may_decide(by=by, record_id=record_id)
    dossier = decider.dossier
    known = cases_known_to(dossier)
    row = _one_of(known, case_id)
    blocks = blocks_known_to(decider).filter(professional_id=row.professional_id)
    live = set(blocks.values_list("id", flat=True))
    paused = row.block_id in live
    waiting = [
        other
        for other in known
        if other.state == CaseState.OPEN and other.block_id in live and other.id != row.id
    ]
    same = [other.id for other in waiting if other.block_id == row.block_id]
    # A minor who decides alone isn't led from their own to their family's (see circle.reports).
    others = [other.id for other in waiting if other.secret or not decider.minor_alone]
    return CaseView(
        dossier=dossier,
        id=row.id,
        number=row.number,
        professional_id=row.professional_id,
        name=row.professional.display_name,
        trade=trade_of(row.professional),
        place=row.structure_name,
        visit_on=row.visit_on,
        opened_on=row.opened_at.astimezone(PARIS).date(),
        due_on=row.due_on,
        state=CaseState(row.state),
        closed_on=row.closed_at.astimezone(PARIS).date() if row.closed_at else None,
        explained=row.outcome == CaseOutcome.EXPLAINED,
        answer=_answer_of(row),
        paused=paused,
        shut=bool(live),
        beside=bool(live - {row.block_id}),
        held=bool(same),
        other_id=next(iter(same + others), None) if paused else None,
        late=row.state == CaseState.OPEN and row.due_on < today(),
    )


def _answer_of(row: Case) -> str:
    if row.answer_sealed is None:
        return ""
    return unseal(record_key(row.record), bytes(row.answer_sealed), about=row.id.bytes).decode()
