"""Saying that one doesn't know who came: what it does, the case, the pause, and the way back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from access import naming
from access.binding import PARIS, note, now, today, use_case
from access.cases.reading import case_of, cases_known_to
from access.circle import directory
from access.circle.blocks import blocks_known_to, blocks_reported_beside, lift_pause, pause
from access.circle.deciding import decide, may_decide
from access.circle.treating_gp import live_treating_gp
from access.journal import Action
from access.models import Case, CaseState
from access.policy import NotVisible
from access.reading_journal.known import visit_of
from access.reading_journal.reading import in_words
from access.receipts import new_number


if TYPE_CHECKING:
    import uuid

    from access.circle.deciding import Decider
    from access.models import JournalEvent
    from access.reading_journal.reading import Visit
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


#: By when the fund answers: what the person is promised.
ANSWERED_WITHIN: Final = dt.timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What saying it would do, before it is said."""

    dossier: Dossier
    event_id: uuid.UUID
    visit: Visit
    name: str
    is_gp: bool
    already_blocked: bool
    case_id: uuid.UUID | None
    due_on: dt.date

    @property
    def start(self) -> str:
        """« Le Dr Petit », at the head of a sentence."""
        return naming.sentence_start(self.name)

    @property
    def the(self) -> str:
        """« le Dr Petit », inside one."""
        return naming.the(self.name)


def weigh(*, by: Viewer, record_id: uuid.UUID, event_id: uuid.UUID) -> Weighed:
    """Return a visit in words and what becomes of it, as a reading of the journal.

    Where there is a case already it is shown in its place, and nothing was read.

    Raises ``NotVisible`` for a visit they may not know of, and for one by no professional: a
    relative's or the fund's desk's access isn't taken away here.
    """
    decider = may_decide(by=by, record_id=record_id)
    dossier = decider.dossier
    visit = _by_a_professional(dossier, event_id)
    first = visit[0]
    professional = directory.professional(_who(first))
    gp = live_treating_gp(record_id)
    case = _same(dossier, first)
    if case is None:
        note(
            Action.JOURNAL_READ, record_id, by=by, door=dossier.door, shown=len(visit),
            rests_on_secret=decider.minor_alone,
        )  # fmt: skip
    return Weighed(
        dossier=dossier,
        event_id=event_id,
        visit=in_words(dossier, visit, by)[0],
        name=professional.display_name,
        is_gp=gp is not None and gp.professional_id == professional.id,
        already_blocked=blocks_known_to(decider).filter(professional=professional).exists(),
        case_id=case.id if case else None,
        due_on=today() + ANSWERED_WITHIN,
    )


@use_case
def open_case(
    *, by: Viewer, record_id: uuid.UUID, event_id: uuid.UUID, pause_gp: bool = False
) -> uuid.UUID:
    """Open a case on a visit and pause the person's access at once; return the case.

    The treating GP's is paused only where ``pause_gp`` says so: who treats the holder would see
    nothing, and that is never done silently. A visit is reported once, unless it was withdrawn.
    """
    decider = decide(by=by, record_id=record_id)
    dossier = decider.dossier
    visit = _by_a_professional(dossier, event_id)
    first = visit[0]
    same = _same(dossier, first)
    if same is not None:
        return same.id
    professional = directory.professional(_who(first))
    secret = decider.minor_alone or any(event.rests_on_secret for event in visit)
    gp = live_treating_gp(record_id)
    block_id = None
    if gp is None or gp.professional_id != professional.id or pause_gp:
        made = pause(decider, professional, by=by, secret=secret)
        block_id = made.id if made else _pause_of_another(decider, professional.id, secret=secret)
    case = Case.objects.create(
        record_id=record_id, number=new_number(), professional=professional,
        structure_id=first.actor_structure_id, structure_name=first.actor_structure_name,
        visit_on=first.at.astimezone(PARIS).date(), secret=secret, block_id=block_id,
        opened_at=now(), due_on=today() + ANSWERED_WITHIN,
    )  # fmt: skip
    _note(Action.CASE_OPENED, case, decider, by=by)
    return case.id


@use_case
def take_back(*, by: Viewer, record_id: uuid.UUID, case_id: uuid.UUID) -> bool:
    """Give the access back and, where nobody has answered yet, withdraw the case.

    The pause ends unless another case holds it: returns whether the access came back. Taken back
    twice, it is taken back once.
    """
    decider = decide(by=by, record_id=record_id)
    case = case_of(decider.dossier, case_id)
    # The fund may answer at this very moment: its answer is never written over.
    waiting = Case.objects.filter(id=case.id, state=CaseState.OPEN)
    if waiting.update(state=CaseState.WITHDRAWN, closed_at=now()):
        _note(Action.CASE_WITHDRAWN, case, decider, by=by)
    if case.block_id is None:
        return False
    if any(
        other.block_id == case.block_id and other.state == CaseState.OPEN and other.id != case.id
        for other in cases_known_to(decider.dossier)
    ):
        return False
    return lift_pause(decider, case.block_id, by=by, secret=case.secret)


def _by_a_professional(dossier: Dossier, event_id: uuid.UUID) -> list[JournalEvent]:
    visit = visit_of(dossier, event_id)
    if visit[0].actor_professional_id is None:
        raise NotVisible
    return visit


def _who(event: JournalEvent) -> uuid.UUID:
    assert event.actor_professional_id is not None  # noqa: S101  # looked at just above
    return event.actor_professional_id


def _same(dossier: Dossier, event: JournalEvent) -> Case | None:
    """The case that a visit has already, answered or not: one person on one day."""
    on = event.at.astimezone(PARIS).date()
    return next(
        (
            case
            for case in cases_known_to(dossier)
            if case.state != CaseState.WITHDRAWN
            and case.professional_id == event.actor_professional_id
            and case.visit_on == on
        ),
        None,
    )


def _pause_of_another(
    decider: Decider, professional_id: uuid.UUID, *, secret: bool
) -> uuid.UUID | None:
    """The pause that another case put on the same person: it ends with the last of them.

    Answered or not: the answer gives nothing back, and what it left holds for this one too.
    """
    blocks = blocks_reported_beside(decider, professional_id, secret=secret)
    found = Case.objects.filter(block_id__in=blocks.values("id"))
    found = found.exclude(state=CaseState.WITHDRAWN).order_by("opened_at")
    return found.values_list("block_id", flat=True).first()


def _note(action: Action, case: Case, decider: Decider, *, by: Viewer) -> None:
    note(
        action, case.record_id, by=by, door=decider.dossier.door, element_kind="professional",
        element_id=case.professional_id, rests_on_secret=case.secret,
    )  # fmt: skip
