"""Leaving and coming back: close, ask for everything to be erased, reopen.

These doors stay open where the record is not: the holder and a live representative only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import policy
from access.binding import note, now, today, use_case
from access.circle.closing import end_every_door
from access.circle.deciding import lock
from access.journal import Action
from access.models import Receipt
from access.notices import tell_erasure_asked
from access.policy import NotVisible, Refused
from access.receipts import body_of, give_receipt
from records.days import age_on
from records.models import Record, RecordStatus
from records.opening.codes import retire_codes
from records.opening.opening import OPENING, REOPENING, bring_back


if TYPE_CHECKING:
    import uuid

    from access.standing import Standing
    from access.viewer import Viewer


CLOSING = "closing"
#: A demand may be taken back this long; then three months leave time for the backups to expire.
GRACE = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A record as whoever may leave it sees it: identity and state, nothing clinical.

    ``receipt`` is the number given at closing, empty while the record is open.
    """

    record_id: uuid.UUID
    standing: Standing
    name: str
    first_name: str
    born_on: dt.date
    sex: str
    age: int
    status: str
    by_holder: bool
    closed_at: dt.datetime | None
    erasure_asked_at: dt.datetime | None
    receipt: str

    @property
    def closed(self) -> bool:
        """Nobody sees anything; it can be taken away and reopened."""
        return self.status == RecordStatus.CLOSED

    @property
    def suspended(self) -> bool:
        """The fund stopped it: the holder and their representative still see it."""
        return self.status == RecordStatus.SUSPENDED

    @property
    def destroyed_from(self) -> dt.datetime | None:
        """From when what was asked to be destroyed may be; None where nothing was asked."""
        return self.erasure_asked_at + GRACE if self.erasure_asked_at else None

    @property
    def door(self) -> str:
        """How the journal says who came."""
        return "holder" if self.by_holder else "representative"


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt as its reader sees it: what was done, when and, at a counter, where."""

    number: str
    kind: str
    made_at: dt.datetime
    where: str


def come_to_leave(*, by: Viewer, record_id: uuid.UUID) -> Leaving:
    """Let the holder or a live representative come, also to a closed record (lines 3 to 5).

    Raises ``NotVisible`` for anybody else, a missing record and one whose holder has died.
    """
    standing = policy.standing_on(record_id)
    assert standing.viewer == by  # noqa: S101  # a door that binds one viewer asks for that one
    family = standing.is_holder or standing.is_representative
    if not standing.exists or not by.admitted or standing.died or not family:
        raise NotVisible
    record = Record.objects.select_related("holder").get(id=record_id)
    return Leaving(
        record_id=record.id,
        standing=standing,
        name=record.holder.full_name,
        first_name=record.holder.first_given,
        born_on=record.holder.born_on,
        sex=record.holder.sex,
        age=age_on(record.holder.born_on, today()),
        status=record.status,
        by_holder=standing.is_holder,
        closed_at=record.closed_at,
        erasure_asked_at=record.erasure_asked_at,
        receipt=_last(record, CLOSING) if record.status == RecordStatus.CLOSED else "",
    )


def _come_locked(by: Viewer, record_id: uuid.UUID) -> tuple[Leaving, Record]:
    """Come, hold the record, and come again: what was decided while one waited counts."""
    come_to_leave(by=by, record_id=record_id)  # who only waits learns nothing
    record = lock(record_id)
    if record is None:  # destroyed while we waited for it
        raise NotVisible
    return come_to_leave(by=by, record_id=record_id), record


@use_case
def close_record(*, by: Viewer, record_id: uuid.UUID) -> str:
    """Close a record and return the receipt's number. Pressed twice, it says the same.

    Everything is kept, out of everybody's sight, for ten years (CSP R1111-36); doors, shares and
    delegates end. Raises ``Refused`` for a suspended record: closing would end the suspension.
    """
    leaving, record = _come_locked(by, record_id)
    if record.status == RecordStatus.CLOSED:
        return _last(record, CLOSING)
    if record.status == RecordStatus.SUSPENDED:
        raise Refused(
            _(
                "Ce dossier est suspendu par la caisse d'assurance maladie : demandez-lui de le"
                " fermer."
            )
        )
    record.status = RecordStatus.CLOSED
    record.closed_at = now()
    record.save(update_fields=["status", "closed_at"])
    end_every_door(by=by, record_id=record_id)
    retire_codes(record)
    note(Action.CLOSED, record_id, by=by, door=leaving.door)
    return give_receipt(record, CLOSING, {"by": leaving.door}, to=by.person_id).number


@use_case
def reopen_record(*, by: Viewer, record_id: uuid.UUID) -> str:
    """Open a closed record again and return the receipt's number; pressed twice, the same.

    Masks, blocks and refusals hold as before; no door, share or delegate comes back.
    """
    leaving, record = _come_locked(by, record_id)
    if record.status != RecordStatus.CLOSED:
        return _last(record, REOPENING)
    bring_back(record)
    note(Action.REOPENED, record_id, by=by, door=leaving.door)
    return give_receipt(record, REOPENING, {"by": leaving.door}, to=by.person_id).number


@use_case
def ask_erasure(*, by: Viewer, record_id: uuid.UUID) -> None:
    """Ask for everything to be destroyed, in thirty days; reopening before then undoes it too.

    Raises ``Refused`` while the record is open: one closes first.
    """
    leaving, record = _come_locked(by, record_id)
    if record.status != RecordStatus.CLOSED:
        raise Refused(_("Fermez d'abord le dossier, puis demandez l'effacement."))
    if record.erasure_asked_at is None:
        record.erasure_asked_at = now()
        record.save(update_fields=["erasure_asked_at"])
        note(Action.ERASURE_ASKED, record_id, by=by, door=leaving.door)
        tell_erasure_asked(record)


@use_case
def take_back_erasure(*, by: Viewer, record_id: uuid.UUID) -> None:
    """Take back the demand that everything be destroyed: the record stays closed, and is kept."""
    leaving, record = _come_locked(by, record_id)
    if record.erasure_asked_at is not None:
        record.erasure_asked_at = None
        record.save(update_fields=["erasure_asked_at"])
        note(Action.ERASURE_TAKEN_BACK, record_id, by=by, door=leaving.door)


def _last(record: Record, kind: str) -> str:
    given = Receipt.objects.filter(record=record, kind=kind).order_by("-made_at", "-id").first()
    return given.number if given else ""


@use_case
def read_leaving(*, by: Viewer, record_id: uuid.UUID) -> Leaving:
    """Return a record's identity and state for the pages of leaving."""
    return come_to_leave(by=by, record_id=record_id)


@use_case
def read_receipt(*, by: Viewer, record_id: uuid.UUID, number: str) -> ReceiptView:
    """Return the receipt of an opening, a closing or a reopening, to print it again.

    Those of masks and shares are their own pages': some must not reach a representative.
    """
    leaving = come_to_leave(by=by, record_id=record_id)
    record = Record.objects.get(id=leaving.record_id)
    found = Receipt.objects.filter(
        record=record, number=number, kind__in=[OPENING, REOPENING, CLOSING]
    ).first()
    if found is None:
        raise NotVisible
    where = body_of(found, record).get("where", "")
    return ReceiptView(found.number, found.kind, found.made_at, where)
