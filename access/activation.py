"""Activation: from the leaflet of a counter to an account, with a second code sent or posted.

The person who helped at the counter never sees a password. Knows no element and no screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import channels, codes, letters
from access.accounts import confirm_contact, create_for_person, has_account
from access.binding import bound, note, now, today, use_case
from access.conditions import representing
from access.journal import Action
from access.models import ActivationCode, User
from access.policy import Refused
from access.viewer import Role, Viewer
from records.days import age_on
from records.keys import unseal_with_master
from records.leaflet_codes import LENGTH, code_digest
from records.models import ContactKind, ContactPoint, Record, Representation
from records.traits import MAJORITY


if TYPE_CHECKING:
    import datetime as dt
    import uuid

ACTIVATION_TRIES_AN_HOUR = 10


@dataclass(frozen=True, slots=True)
class Activation:
    """A leaflet's code that was right: the record it opens, and to whom, in which capacity.

    A minor's leaflet was given to a parent: the account is the parent's own, never the child's.
    From fifteen a minor may be given one at a counter: the account is then theirs.
    """

    code_id: uuid.UUID
    record_id: uuid.UUID
    person_id: uuid.UUID
    role: Role


def find_activation(  # noqa: PLR0911  # one sentence each
    *, code: str, born_on: dt.date, source: str
) -> tuple[Activation | None, str]:
    """Return the activation a code opens, or the sentence that says what is wrong.

    A wrong birth date costs one of the code's three tries; the sentence never says which of the
    two is wrong, and an unknown code gets the same.
    """
    bare = "".join(c for c in code.upper() if c.isalnum())
    if len(bare) < LENGTH:
        missing = LENGTH - len(bare)
        return None, _("Le code de la feuille a 9 caractères. Il en manque %(n)d.") % {
            "n": missing
        }
    if len(bare) > LENGTH:
        return None, _("Le code de la feuille a 9 caractères. Il y en a trop.")
    if not codes.is_within("activation", source, limit=ACTIVATION_TRIES_AN_HOUR):
        return None, _("Trop d'essais. Attendez une heure, puis recommencez.")
    row = (
        ActivationCode.objects.select_related("record__holder")
        .filter(digest=code_digest(bare), replaced_at=None, tries_left__gt=0)
        .first()
    )
    if row is None or not codes.is_birth_date(row, born_on):
        # Only wrong answers count: a waiting room may share one address.
        codes.count("activation", source, limit=ACTIVATION_TRIES_AN_HOUR)
        return None, _(
            "Ce code et cette date de naissance ne vont pas ensemble. Vérifiez les deux."
        )
    if row.used_at is not None:
        return None, _("Ce code a déjà servi. Connectez-vous avec votre adresse.")
    if row.expires_at <= now():
        return None, _("Ce code a plus de 14 jours. Votre pharmacie peut en imprimer un autre.")
    who = (row.record.holder_id, Role.PATIENT) if row.for_holder else who_activates(row.record)
    if who is None:
        return None, _("Le dossier d'un mineur s'ouvre avec l'accord d'un parent présent.")
    person_id, role = who
    if has_account(person_id):
        return None, _("Vous avez déjà un compte : connectez-vous, ce dossier y est.")
    return Activation(row.id, row.record_id, person_id, role), ""


def who_activates(record: Record) -> tuple[uuid.UUID, Role] | None:
    """Return the holder, or for a minor the representative who agreed.

    None for a minor whose parent no longer represents them: their leaflet, in that parent's hands,
    would make the child's own account and show what no parent may see.
    """
    if age_on(record.holder.born_on, today()) >= MAJORITY:
        return record.holder_id, Role.PATIENT
    live = representing(bound().moment, record_ids=[record.id])
    parent = Representation.objects.filter(id__in=live).order_by("since", "id").first()
    return (parent.person_id, Role.REPRESENTATIVE) if parent else None


def contact_kinds(person_id: uuid.UUID) -> dict[str, str]:
    """Return the addresses a person gave, by kind, in clear: for sending a code only."""
    points = ContactPoint.objects.filter(person_id=person_id).order_by("given_at")
    return {
        point.kind: unseal_with_master(point.value_sealed, about=point.id.bytes).decode()
        for point in points
        if point.kind in {ContactKind.EMAIL, ContactKind.MOBILE}
    }


def reachable_mobile(person_id: uuid.UUID) -> str:
    """Return the mobile an activation's code goes to, or an empty text: then a letter is needed.

    What was said last holds: a mobile, or none. An e-mail never counts here: whoever holds the
    leaflet types it.
    """
    said = ContactPoint.objects.filter(
        person_id=person_id, kind__in=[ContactKind.MOBILE, ContactKind.POST]
    )
    last = said.order_by("given_at", "id").last()
    if last is None or last.kind != ContactKind.MOBILE or not channels.reaches(last.kind):
        return ""
    return unseal_with_master(last.value_sealed, about=last.id.bytes).decode()


@use_case
def activate(
    *,
    activation: Activation,
    email: str,
    password: str,
    kind: str,
    address: str,
    letter: str = "",
) -> User:
    """Create the holder's account from a leaflet's code, once; the contact used is confirmed.

    Raises ``Refused`` without a second code from where a counter or the fund knew: by SMS, or
    by letter. One sent to an address typed here proves nothing but that address.
    """
    known = reachable_mobile(activation.person_id)
    if not known or (kind, address) != (ContactKind.MOBILE, known):
        problem = letters.check_letter(leaflet_id=activation.code_id, code=letter)
        if problem:
            raise Refused(problem)
    code = ActivationCode.objects.filter(
        id=activation.code_id, used_at=None, replaced_at=None, tries_left__gt=0
    )
    if not code.update(used_at=now()):
        raise Refused(_("Ce code a déjà servi. Connectez-vous avec votre adresse."))
    user = create_for_person(person_id=activation.person_id, email=email, password=password)
    confirm_contact(person_id=activation.person_id, kind=kind, address=address)
    Record.objects.filter(id=activation.record_id).update(activated_at=now())
    by = Viewer(
        user_id=user.id, person_id=user.person_id, role=activation.role, active=True,
        second_factor=kind, name=user.person.full_name if user.person else "",
    )  # fmt: skip
    door = "holder" if activation.role is Role.PATIENT else "representative"
    note(Action.ACTIVATED, activation.record_id, by=by, door=door)
    return user
