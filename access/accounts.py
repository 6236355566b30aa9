"""Accounts of persons: creation, the second factor of a session, the three first choices.

Knows no element. The person who helped at the counter never sees a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from access import channels, codes, passkeys, people
from access.binding import note, now, use_case
from access.circle.deciding import lock
from access.circle.openings import close_openings
from access.journal import Action
from access.models import OpeningKind, User
from access.policy import NotVisible, Refused, standing_on
from access.viewer import Role, Viewer
from records.keys import seal_with_master, unseal_with_master
from records.models import ContactKind, ContactPoint, Record
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest

    from access.standing import Standing

SIGN_IN_PURPOSE = "sign-in"


def check_new_account(*, email: str, password: str) -> list[tuple[str, str]]:
    """Return what is wrong, as pairs of a field and a sentence; nothing when both can be taken.

    One that is empty was told already: the other is looked at all the same.
    """
    found = []
    if email and User.objects.filter(email=email.lower()).exists():
        found.append(("email", _("Cette adresse ne peut pas servir ici. Donnez-en une autre.")))
    try:
        if password:
            validate_password(password, User(email=email))
    except ValidationError as error:
        found += [("password", str(message)) for message in error.messages]
    return found


def has_account(person_id: uuid.UUID) -> bool:
    """Tell whether a person signs in already, for themselves or for somebody else."""
    return User.objects.filter(person_id=person_id).exists()


@use_case
def create_for_person(*, person_id: uuid.UUID, email: str, password: str) -> User:
    """Create the one account of a person.

    Raises ``Refused`` if they have one, or if address or password can't be taken.
    """
    if has_account(person_id):
        raise Refused(_("Vous avez déjà un compte : connectez-vous, ce dossier y est."))
    wrong = check_new_account(email=email, password=password)
    if wrong:
        raise Refused(" ".join(sentence for _field, sentence in wrong))
    return User.objects.create_user(email.lower(), password, person_id=person_id)


@use_case
def confirm_contact(*, person_id: uuid.UUID, kind: str, address: str) -> None:
    """Keep an address whose code came back: from now on it receives notices."""
    for point in ContactPoint.objects.filter(person_id=person_id, kind=kind):
        if unseal_with_master(point.value_sealed, about=point.id.bytes).decode() == address:
            ContactPoint.objects.filter(id=point.id).update(confirmed_at=now())
            return
    key = uuid7()
    ContactPoint.objects.create(
        id=key, person_id=person_id, kind=kind, given_at=now(), confirmed_at=now(),
        value_sealed=seal_with_master(address.encode(), about=key.bytes),
    )  # fmt: skip


def second_factor_ways(user: User) -> dict[str, str]:
    """Return how a signed-in user may be sent a code: kind → address.

    The account's own address only where there is no other: nobody proved that it is theirs, and
    whoever reads it can ask for a new password there.
    """
    ways: dict[str, str] = {}
    if user.person_id is not None:
        points = ContactPoint.objects.filter(person_id=user.person_id, confirmed_at__isnull=False)
        for point in points.order_by("given_at"):
            known = point.kind in {ContactKind.EMAIL, ContactKind.MOBILE}
            if known and channels.reaches(point.kind):
                clear = unseal_with_master(point.value_sealed, about=point.id.bytes).decode()
                ways[point.kind] = clear
    return ways or {"email": user.email}


@use_case
def send_sign_in_code(*, user: User, kind: str) -> str:
    """Send the second factor's code. Returns it for the demonstration's page only."""
    to = second_factor_ways(user).get(kind)
    if to is None:
        raise Refused(_("Choisissez où recevoir le code."))
    return codes.send_code(purpose=SIGN_IN_PURPOSE, subject=str(user.id), kind=kind, to=to)


def has_application(user: User) -> bool:
    """Tell whether a user has an authenticator application."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def own_factor(user: User) -> str:
    """Return the name of the page that asks for what a user installed, or an empty text."""
    if has_application(user):
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn" if passkeys.has_passkey(user) else ""


def pass_second_factor(request: HttpRequest, *, kind: str, code: str) -> str:
    """Check the second factor of a session; return an empty text or what is wrong."""
    user: Any = request.user
    problem = codes.check_code(purpose=SIGN_IN_PURPOSE, subject=str(user.id), code=code)
    if not problem:
        request.session.cycle_key()
        request.session[people.SESSION_SECOND_FACTOR] = kind
    return problem


CHOICES: Final = ("emergency_refused", "regulation_refused", "notify_by")


@dataclass(frozen=True, slots=True)
class EmergencyChoices:
    """What the holder answered; None where they didn't."""

    emergency_refused: bool | None
    regulation_refused: bool | None
    notify_by: str
    #: First name of the holder, where somebody answers for them.
    answered_for: str = ""


def _may_choose(standing: Standing) -> bool:
    """The holder and their representative, while the holder lives (line 3)."""
    return not standing.died and (standing.is_holder or standing.is_representative)


def read_emergency_choices(*, by: Viewer, record_id: uuid.UUID) -> EmergencyChoices:
    """Return the three choices, to be changed. Raises ``NotVisible``; nothing clinical is read."""
    standing = standing_on(record_id)
    assert standing.viewer == by  # noqa: S101  # a door that binds one viewer asks for that one
    if not _may_choose(standing):
        raise NotVisible
    record = Record.objects.select_related("holder").get(id=record_id)
    family = standing.speaks_for_minor
    emergency, regulation, way = (record.choice(name, to_family=family) for name in CHOICES)
    whom = "" if standing.is_holder else record.holder.first_given
    return EmergencyChoices(emergency, regulation, way, answered_for=whom)


@use_case
def set_emergency_choices(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    emergency_refused: bool | None,
    regulation_refused: bool | None,
    notify_by: str,
) -> None:
    """Keep those of the three choices that were answered.

    One left unanswered changes nothing: a refusal said at the counter holds, and silence is none.
    What a minor answers alone their representative neither reads nor displaces (line 5).
    """
    record = lock(record_id)
    standing = standing_on(record_id)
    if not _may_choose(standing):
        raise NotVisible
    answered = {
        "emergency_refused": emergency_refused,
        "regulation_refused": regulation_refused,
        "notify_by": "" if notify_by == "none" else notify_by or None,
    }
    said = {name: answer for name, answer in answered.items() if answer is not None}
    alone = standing.is_holder and not standing.holder_is_adult
    changed: dict[str, Any] = {}
    if record is not None and said:
        family = standing.speaks_for_minor
        changed = record.after(said, by_minor=alone, by_family=family)
        Record.objects.filter(id=record_id).update(**changed)
    door = "holder" if standing.is_holder else "representative"
    for kind in OpeningKind:
        if said.get(f"{kind.value}_refused"):  # taken back within the hours, it stays closed
            close_openings(
                by=by, record_id=record_id, kind=kind.value, door=door,
                secret=alone,
            )  # fmt: skip
    note(Action.EMERGENCY_CHOICES, record_id, by=by, door=door)


IDLE_MINUTES = {
    Role.PATIENT: 30,
    Role.REPRESENTATIVE: 30,
    Role.DELEGATE: 30,
    Role.PROFESSIONAL: 20,
    Role.FUND_AGENT: 10,
    Role.FUND_ADMINISTRATOR: 20,
}
