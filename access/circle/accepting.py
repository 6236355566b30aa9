"""Taking an invitation: its code and the holder's birth date, then yes or no.

The code may have reached the wrong address: alone it says nothing. Must not know screens.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from access import codes
from access.binding import note, now, today, use_case
from access.circle.deciding import lock
from access.circle.delegates import Scope, begin, can_be_taken, scope_of
from access.journal import Action
from access.models import Invitation
from access.notices import tell_delegate
from access.policy import NotVisible, Refused
from access.viewer import Role
from records.days import age_on
from records.leaflet_codes import LENGTH, code_digest
from records.models import Person, RecordStatus, Representation
from records.traits import MAJORITY, comes_of_age


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Viewer


WRONG_AN_HOUR: Final = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody is offered, once the code and the birth date were right."""

    record_id: uuid.UUID
    name: str
    scope: Scope


def find_invitation(*, by: Viewer, code: str, born_on: dt.date) -> tuple[uuid.UUID | None, str]:
    """Return the invitation of a code and of the holder's birth date, or what is wrong.

    An unknown code, a withdrawn one and a wrong birth date are one answer. Not a use case: a
    wrong try is counted even though nothing else is written.
    """
    bare = "".join(c for c in code.upper() if c.isalnum())
    if len(bare) != LENGTH:
        return None, _("Le code de l'invitation a 9 caractères. Vous en avez écrit %(n)d.") % {
            "n": len(bare)
        }
    asker = str(by.user_id)
    if not codes.is_within("invitation-code", asker, limit=WRONG_AN_HOUR):
        return None, _("Trop d'essais. Attendez une heure, puis recommencez.")
    row = _open(digest=code_digest(bare))
    if row is None or not codes.is_birth_date(row, born_on):
        codes.count("invitation-code", asker, limit=WRONG_AN_HOUR)
        return None, _(
            "Ce code et cette date de naissance ne vont pas ensemble, ou l'invitation n'est plus"
            " valable. Vérifiez les deux, ou demandez-en une autre."
        )
    return row.id, ""


def _open(**which: object) -> Invitation | None:
    """The invitation that can be taken; a parent's no longer can, once the holder is of age."""
    row = Invitation.objects.select_related("record__holder").filter(
        can_be_taken(), accepted_at=None, ended_at=None,
        record__status=RecordStatus.OPEN, record__died_on=None, **which,
    ).first()  # fmt: skip
    if row is None or not row.named_by_representative:
        return row
    return row if today() < comes_of_age(row.record.holder.born_on) else None


def read_offer(*, by: Viewer, invitation_id: uuid.UUID) -> Offer:
    """Return what is offered to who gave the code. Raises ``NotVisible`` once it is no longer."""
    row = _open(id=invitation_id) if by.admitted else None
    if row is None:
        raise NotVisible
    return Offer(row.record_id, row.record.holder.full_name, scope_of(row))


def _locked(by: Viewer, invitation_id: uuid.UUID) -> Invitation:
    """An offer, under the lock it is withdrawn or sent again under."""
    lock(read_offer(by=by, invitation_id=invitation_id).record_id)
    row = _open(id=invitation_id)
    if row is None:
        raise NotVisible
    return row


@use_case
def accept(*, by: Viewer, invitation_id: uuid.UUID) -> uuid.UUID:
    """Become the delegate that was invited, and return the record's key. Once.

    Raises ``Refused`` for the holder, a minor, and whoever represents the holder by law or did.
    """
    row = _locked(by, invitation_id)
    person = Person.objects.filter(id=by.person_id).first() if by.person_id else None
    if person is None:
        raise Refused(_("Connectez-vous avec votre compte personnel pour accepter."))
    if age_on(person.born_on, today()) < MAJORITY:
        raise Refused(_("Un aidant a 18 ans ou plus."))
    family = Representation.objects.filter(record_id=row.record_id, person_id=person.id)
    if person.id == row.record.holder_id or family.exists():
        raise Refused(_("Ce compte ne peut pas accepter cette invitation."))
    begin(decider_named=row.named_by_representative, record_id=row.record_id,
          person_id=person.id, scope=scope_of(row))  # fmt: skip
    Invitation.objects.filter(id=row.id).update(accepted_at=now())
    as_delegate = dataclasses.replace(by, role=Role.DELEGATE, practice=None, name=person.full_name)
    note(
        Action.DELEGATE_NAMED, row.record_id, by=as_delegate, door="delegate",
        reason=f"delegate:{person.id}",
    )  # fmt: skip
    tell_delegate(row.record_id)
    return row.record_id


@use_case
def decline(*, by: Viewer, invitation_id: uuid.UUID) -> None:
    """Say no to an invitation: it is over. Nothing is journalled: no door changes."""
    row = _locked(by, invitation_id)
    Invitation.objects.filter(id=row.id).update(ended_at=now())
