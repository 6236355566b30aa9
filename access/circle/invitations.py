"""Inviting a delegate: a code sent to the address the holder gives, taken by whoever it reaches.

Nobody is looked up: whether the person invited has an account, or a record, changes nothing of
what the holder reads. Must not know screens.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from access import channels, codes
from access.binding import note, now, use_case
from access.circle.deciding import Decider, decide
from access.circle.delegates import (
    MOST,
    Scope,
    can_be_taken,
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
from access.policy import NotVisible, Refused
from records.keys import seal_with_master, unseal_with_master
from records.leaflet_codes import code_digest, code_of
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from access.viewer import Viewer


LIFE: Final = dt.timedelta(days=7)
TRIES: Final = 3
SENDS_A_DAY: Final = 20
A_DAY: Final = 24 * 60 * 60
MAX_NAME: Final = 100


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
    _clear_expired(decider, address)
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
    waiting = waiting_invitations(record_id, adult=adult).filter(can_be_taken())
    if held + waiting.count() >= MOST:
        raise Refused(
            _("Vous avez déjà 10 aidants ou invitations. Retirez-en un, puis recommencez.")
        )


def _check_new(decider: Decider, address: str) -> None:
    """Refuse a second invitation to an address: a page sent twice, or the first one forgotten."""
    waiting = waiting_invitations(decider.dossier.record_id, adult=decider.of_an_adult)
    if any(_address_of(one) == address for one in waiting.filter(can_be_taken())):
        raise Refused(
            _(
                "Une invitation attend déjà à cette adresse. Pour en changer, retirez-la d'abord ;"
                " vous pouvez aussi la renvoyer."
            )
        )


def _clear_expired(decider: Decider, address: str) -> None:
    """End what a new invitation replaces: what expired at its address, else beyond the list."""
    record_id, adult = decider.dossier.record_id, decider.of_an_adult
    listed = waiting_invitations(record_id, adult=adult)
    expired = list(listed.exclude(can_be_taken()).order_by("made_at", "id"))
    expired.sort(key=lambda one: _address_of(one) != address)
    there = sum(_address_of(one) == address for one in expired)
    over = live_delegations(record_id, adult=adult).count() + listed.count() + 1 - MOST
    ended = [one.id for one in expired[: max(there, over)]]
    Invitation.objects.filter(id__in=ended).update(ended_at=now())


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
