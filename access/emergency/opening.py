"""Opening for eight hours in an emergency, for one hour during a call: one event, everybody told.

A refusal, a closed record and none at all are one answer, given after the same work; only the
holder is told of the attempt.
"""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from access import policy
from access.binding import note, now, use_case
from access.circle.deciding import lock
from access.emergency.finding import record_sought
from access.emergency.wording import CALL, Reason, kept
from access.journal import SYSTEM, Action
from access.models import Opening, OpeningKind
from access.models.periods import live
from access.notices import tell_attempt, tell_emergency
from access.policy import Refused
from access.standing import DOCTOR
from records.dossier.entrance import door_of
from records.models import RecordStatus
from records.odd_letters import has_odd_letters, odd_letters_said


if TYPE_CHECKING:
    from access.emergency.finding import Sought
    from access.standing import Standing
    from access.viewer import Viewer
    from records.models import Record


LASTING: Final = {
    OpeningKind.EMERGENCY: dt.timedelta(hours=8),
    OpeningKind.REGULATION: dt.timedelta(hours=1),
}
SHORTEST_REASON: Final = 15
LONGEST_REASON: Final = 400
LONGEST_REFERENCE: Final = 60
#: Asked about where no record was found, so that the same is read.
_NOWHERE: Final = uuid.UUID(int=0)


class Outcome(enum.StrEnum):
    """What became of it, where it may be said."""

    OPENED = "opened"
    OPEN_ALREADY = "open already"
    TREATING_GP = "treating gp"


@dataclass(frozen=True, slots=True)
class Opened:
    """The record one now comes to."""

    record_id: uuid.UUID
    outcome: Outcome


@use_case
def open_in_emergency(*, by: Viewer, sought: Sought, reason: str, text: str) -> Opened | None:
    """Open a record for eight hours; None where none can be, whatever the reason.

    Raises ``Refused`` for what is missing from the demand itself, before anybody is looked for.
    """
    text = " ".join(text.split())
    if reason not in Reason.values:
        raise Refused(_("Choisissez une raison."))
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        raise Refused(
            _("Écrivez pourquoi, en %(least)d à %(most)d caractères.")
            % {"least": SHORTEST_REASON, "most": LONGEST_REASON}
        )
    if has_odd_letters(text):
        raise Refused(odd_letters_said())
    return _open(by, sought, OpeningKind.EMERGENCY, reason, text)


@use_case
def open_for_call(*, by: Viewer, sought: Sought, reference: str) -> Opened | None:
    """Open a record for one hour, for the doctor who answers a call; None as above."""
    reference = " ".join(reference.split())
    if not reference or len(reference) > LONGEST_REFERENCE:
        raise Refused(
            _("Écrivez la référence de l'appel, en %(most)d caractères au plus.")
            % {"most": LONGEST_REFERENCE}
        )
    if has_odd_letters(reference):
        raise Refused(odd_letters_said())
    return _open(by, sought, OpeningKind.REGULATION, CALL, reference)


def _open(by: Viewer, sought: Sought, kind: OpeningKind, reason: str, text: str) -> Opened | None:
    found = record_sought(sought)
    key = found.id if found else _NOWHERE
    record = lock(key)  # a block or a refusal of this instant counts; pressed twice, opened once
    standing = policy.standing_on(key)
    assert standing.viewer == by  # noqa: S101  # a door that binds one viewer asks for that one
    asker = by.professional_id
    if record is None or asker is None or not _may(by, standing, kind, record):
        _refuse(by, record, kind, kept(reason, text if record else ""))
        return None
    if door_of(standing) == "treating_gp":
        return Opened(record.id, Outcome.TREATING_GP)
    mine = Opening.objects.filter(
        live(now()), record_id=record.id, professional_id=asker, kind=kind
    )
    if mine.exists():
        return Opened(record.id, Outcome.OPEN_ALREADY)
    call = kind is OpeningKind.REGULATION
    opening = Opening.objects.create(
        record_id=record.id,
        professional_id=asker,
        structure_id=by.structure_id,
        kind=kind,
        reason="" if call else reason,
        reason_text="" if call else text,
        call_reference=text if call else "",
        since=now(),
        until=now() + LASTING[kind],
    )
    note(Action.EMERGENCY_OPENED, record.id, by=by, door=kind.value, reason=kept(reason, text))
    tell_emergency(record, once=str(opening.id))
    return Opened(record.id, Outcome.OPENED)


def _may(by: Viewer, standing: Standing, kind: OpeningKind, record: Record) -> bool:
    """Lines 1 to 7 and 11 of the policy, before there is an opening.

    On their own record, and that of who they represent, a doctor has no professional door.
    """
    comes_to_work = by.admitted and by.is_professional and standing.practising
    theirs = standing.is_holder or standing.representation in {"live", "suspended"}
    shut = standing.status != RecordStatus.OPEN or standing.died
    if not comes_to_work or standing.blocked or theirs or shut:
        return False
    if door_of(standing) == "treating_gp":
        return True
    if by.practice is None or by.profession != DOCTOR:
        return False
    if kind is OpeningKind.EMERGENCY:
        return record.emergency_refused is not True
    return by.at_samu and record.regulation_refused is not True


def _refuse(by: Viewer, record: Record | None, kind: OpeningKind, reason: str) -> None:
    """Write the attempt down; where there is a record, its holder alone is told."""
    key = record.id if record else SYSTEM
    note(Action.EMERGENCY_REFUSED, key, by=by, door=kind.value, reason=reason)
    tell_attempt(record if record is not None and record.died_on is None else None)
