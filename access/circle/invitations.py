"""Inviting a delegate: a code sent to the address the holder gives, taken by whoever it reaches.

Nobody is looked up: whether the person invited has an account, or a record, changes nothing of
what the holder reads. Taking the code asks for the holder's birth date too: it may have reached
the wrong address. Must not know screens.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from access import channels, codes
from access.binding import note, now, today, use_case
from access.circle.deciding import Decider, decide, lock
from access.circle.delegates import (
    MOST,
    Scope,
    begin,
    check_scope,
    decide_on_delegates,
    live_delegations,
    may_name_delegates,
    scope_of,
    waiting_invitations,
)
from access.circle.periods import end_of_day
from access.journal import Action
from access.models import Invitation, JournalEvent
from access.notices import tell_delegate
from access.policy import NotVisible, Refused
from access.viewer import Role
from records.days import age_on
from records.keys import seal_with_master, unseal_with_master
from records.leaflet_codes import LENGTH, code_digest, code_of
from records.models import Person, RecordStatus, Representation
from records.traits import MAJORITY, comes_of_age
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from access.viewer import Viewer


LIFE: Final = dt.timedelta(days=7)
TRIES: Final = 3
SENDS_A_DAY: Final = 20
WRONG_AN_HOUR: Final = 10
A_DAY: Final = 24 * 60 * 60
MAX_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody is offered, once the code and the birth date were right."""

    record_id: uuid.UUID
    name: str
    scope: Scope


@use_case
def invite(
    *, by: Viewer, record_id: uuid.UUID, name: str, channel: str, address: str, scope: Scope
) -> str:
    """Send an invitation to an e-mail address or a mobile, whoever's it is.

    Returns the code for the demonstration's page only. Raises ``Refused`` past ten delegates and
    invitations, past twenty messages a day, to an address where one waits, or where the channel
    isn't installed.
    """
    decider = may_name_delegates(by=by, record_id=record_id)
    _check_room(decider)
    _check_new(decider, address)
    check_scope(scope)
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Refused(_("Écrivez le nom de cette personne, en 100 caractères au plus."))
    code = _send(record_id, channel, address)
    decider = decide_on_delegates(by=by, record_id=record_id)
    _check_room(decider)
    _check_new(decider, address)
    key = uuid7()
    Invitation.objects.create(
        id=key, record_id=record_id, name=name, channel=channel,
        address_sealed=seal_with_master(address.encode(), about=key.bytes),
        everything=scope.everything, kinds=list(scope.kinds), can_write=scope.can_write,
        # A guardian's choice for an adult is the adult's: it doesn't end at 18.
        named_by_representative=decider.by_representative and not decider.of_an_adult,
        until=end_of_day(scope.last_day), **_renewed(code),
    )  # fmt: skip
    note(Action.DELEGATE_INVITED, record_id, by=by, door=decider.dossier.door)
    return _shown(code) if settings.DMP_DEMO else ""


def _check_room(decider: Decider) -> None:
    record_id, adult = decider.dossier.record_id, decider.of_an_adult
    held = live_delegations(record_id, adult=adult).count()
    if held + waiting_invitations(record_id, adult=adult).count() >= MOST:
        raise Refused(
            _("Vous avez déjà 10 aidants ou invitations. Retirez-en un, puis recommencez.")
        )


def _check_new(decider: Decider, address: str) -> None:
    """Refuse a second invitation to an address: a page sent twice, or the first one forgotten."""
    waiting = waiting_invitations(decider.dossier.record_id, adult=decider.of_an_adult)
    if any(_address_of(one) == address for one in waiting):
        raise Refused(
            _(
                "Une invitation attend déjà à cette adresse. Pour en changer, retirez-la d'abord ;"
                " vous pouvez aussi la renvoyer."
            )
        )


def _address_of(invitation: Invitation) -> str:
    sealed = bytes(invitation.address_sealed)
    return unseal_with_master(sealed, about=invitation.id.bytes).decode()


def _send(record_id: uuid.UUID, channel: str, address: str) -> str:
    """Send a new code and return it: before the record is locked, which a slow server would hold.

    Raises ``Refused`` where it didn't leave: nothing is written then.
    """
    if not codes.count("invitation", str(record_id), limit=SENDS_A_DAY, seconds=A_DAY):
        raise Refused(_("Trop d'invitations envoyées aujourd'hui. Recommencez demain."))
    code = code_of(uuid.uuid4())
    text = _(
        "Quelqu'un que vous connaissez vous propose de suivre son dossier avec vous. Votre code :"
        " %(code)s. Connectez-vous sur %(site)s, puis choisissez « J'ai reçu une invitation »."
        " Valable 7 jours. Ce n'est pas pour vous ? Effacez ce message."
    ) % {"code": _shown(code), "site": _site()}
    try:
        channels.send(
            channel, to=address, text=text, subject=_("Une invitation"), key=str(uuid7())
        )
    except channels.NoChannel as error:
        raise Refused(str(error)) from error
    return code


def _renewed(code: str) -> dict[str, Any]:
    """What a code that has just left changes of its invitation."""
    return {
        "digest": code_digest(code), "made_at": now(), "expires_at": now() + LIFE,
        "tries_left": TRIES,
    }  # fmt: skip


def _shown(code: str) -> str:
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def _site() -> str:
    return settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"


def _waiting(decider: Decider, invitation_id: uuid.UUID) -> Invitation:
    rows = waiting_invitations(decider.dossier.record_id, adult=decider.of_an_adult)
    found = rows.filter(id=invitation_id).first()
    if found is None:
        raise NotVisible
    return found


@use_case
def send_again(*, by: Viewer, record_id: uuid.UUID, invitation_id: uuid.UUID) -> str:
    """Send an invitation again, with another code; the one before stops working."""
    invitation = _waiting(may_name_delegates(by=by, record_id=record_id), invitation_id)
    check_scope(scope_of(invitation))
    code = _send(record_id, invitation.channel, _address_of(invitation))
    decider = decide_on_delegates(by=by, record_id=record_id)
    still = _waiting(decider, invitation_id)
    Invitation.objects.filter(id=still.id).update(**_renewed(code))
    note(Action.DELEGATE_INVITED, record_id, by=by, door=decider.dossier.door)
    return _shown(code) if settings.DMP_DEMO else ""


@use_case
def withdraw_invitation(*, by: Viewer, record_id: uuid.UUID, invitation_id: uuid.UUID) -> None:
    """Take an invitation back: its code stops. Nobody had a door by it."""
    decider = decide(by=by, record_id=record_id)
    invitation = _waiting(decider, invitation_id)
    Invitation.objects.filter(id=invitation.id).update(ended_at=now())


def end_invitations_of(*, record_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """End what somebody sent last and nobody has taken: they no longer speak for the holder."""
    sent = JournalEvent.objects.filter(
        record_id=record_id, act=Action.DELEGATE_INVITED.value, actor_person_id=person_id,
        at=OuterRef("made_at"),
    )  # fmt: skip
    waiting = Invitation.objects.filter(record_id=record_id, accepted_at=None, ended_at=None)
    waiting.filter(Exists(sent)).update(ended_at=now())


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
        accepted_at=None, ended_at=None, expires_at__gt=now(), until__gt=now(),
        tries_left__gt=0, record__status=RecordStatus.OPEN, record__died_on=None, **which,
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
