"""« Le patient est avec moi »: from an identity and a proof to the door that a record gives.

Existence, asked with matching traits, is one answer to every professional (policy section 4);
what the holder decided about this one is not told. Must not know screens.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext as _

from access import channels, circle, codes
from access.binding import bound, now, today, use_case
from access.conditions import representing
from access.models import User
from access.policy import NotVisible
from records.days import age_on
from records.identifiers import normalise_nir
from records.models import ContactKind, ContactPoint, RecordStatus, Representation
from records.opening.checking import may_open, record_of
from records.opening.codes import has_own_sign_in
from records.opening.contacts import address_of
from records.traits import MAJORITY


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.models import Record
    from records.opening.facts import Identity


PURPOSE: Final = "presence"


def subject_of(by: Viewer, identity: Identity) -> str:
    """Return what a code is for: this person, for this professional. A keyed hash."""
    message = f"presence|{normalise_nir(identity.nir)}|{by.user_id}".encode()
    return hmac.new(settings.DMP_INDEX_KEY, message, hashlib.sha256).hexdigest()


@use_case
def send_presence_code(*, by: Viewer, identity: Identity) -> str:
    """Send the holder a code to say aloud. Returns it for the demonstration's page only.

    The same is written whether or not there is a record, or a contact: nothing is told of either.
    Raises ``Refused`` past six codes an hour.
    """
    may_open(by)
    code = codes.make_code(purpose=PURPOSE, subject=subject_of(by, identity))
    record = record_of(identity)
    if record is not None and record.status == RecordStatus.OPEN:
        text = _(
            "Votre code : %(code)s. Dites-le au soignant qui est avec vous : il pourra lire"
            " votre dossier 24 heures. Personne n'est avec vous ? Ne le dites à personne."
        )
        _who, ways = _reached(record)
        _send_one(ways, text % {"code": code})
    return code if settings.DMP_DEMO else ""


def _send_one(ways: list[tuple[str, str]], text: str) -> None:
    """Send by the first way that takes it. None that does is as none at all: nothing is told."""
    for kind, to in ways:
        try:
            channels.send(kind, to=to, text=text)
        except channels.NoChannel:
            continue
        return


def _reached(record: Record) -> tuple[uuid.UUID | None, list[tuple[str, str]]]:
    """Return who gets the code, and where: the holder; for a child without a contact, a parent."""
    people = [record.holder_id]
    if age_on(record.holder.born_on, today()) < MAJORITY:
        live = representing(bound().moment, record_ids=[record.id])
        speak = Representation.objects.filter(id__in=live).order_by("since", "id")
        people += speak.values_list("person_id", flat=True)
    for person_id in people:
        points = ContactPoint.objects.filter(
            person_id=person_id, confirmed_at__lte=now(),
            kind__in=[ContactKind.MOBILE, ContactKind.EMAIL],
        ).order_by("-kind", "given_at", "id")  # fmt: skip
        found = [(point.kind, address_of(point)) for point in points]
        found = [(kind, to) for kind, to in found if channels.reaches(kind)]
        if found:
            return person_id, found
    return None, []


def use_presence_code(*, by: Viewer, identity: Identity, code: str) -> str:
    """Use the holder's code up; return an empty text, or what is wrong. Not a use case."""
    return codes.check_code(purpose=PURPOSE, subject=subject_of(by, identity), code=code)


@use_case
def tick_presence(
    *, by: Viewer, identity: Identity, proved: bool, by_code: bool, year: bool
) -> uuid.UUID:
    """Open or ask for a door, and return the record's key. Raises ``NotVisible`` without one."""
    may_open(by)
    record = record_of(identity)
    if record is None or record.status != RecordStatus.OPEN or record.died_on is not None:
        raise NotVisible
    said_by = _minor_who_said(record) if proved and by_code else None
    circle.open_in_presence(by=by, record_id=record.id, proved=proved, year=year, said_by=said_by)
    return record.id


def _minor_who_said(record: Record) -> uuid.UUID | None:
    """Return the account of a minor whose own contact got the code; None for anybody else."""
    age = age_on(record.holder.born_on, today())
    if not has_own_sign_in(age) or _reached(record)[0] != record.holder_id:
        return None
    account = User.objects.filter(person_id=record.holder_id).order_by("created_at", "id").first()
    return account.id if account else None
