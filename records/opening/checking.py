"""Is there already a record for this person? Asked of one person only, after their five traits.

Every check leaves one event, also where there is none. Nothing of the record is given out.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from access.binding import note, use_case
from access.journal import SYSTEM, Action
from access.policy import Refused
from access.viewer import Role
from records.identifiers import identifier_digest
from records.models import Person, Record, RecordIdentifier, RecordStatus
from records.traits import Traits, same_person


if TYPE_CHECKING:
    from collections.abc import Iterable

    from access.viewer import Viewer
    from records.opening.facts import Identity


#: The second factor of somebody who proved who they are by the code their fund sent them.
FUND_CODE = "fund_code"
COUNTER_ROLES = frozenset({Role.PROFESSIONAL, Role.FUND_AGENT})


class Known(enum.StrEnum):
    """What a counter learns of one person, and no more: no date, nothing of a closed record."""

    NOTHING = "nothing"
    NEVER_ACTIVATED = "never activated"
    ACTIVATED = "activated"


def may_open(by: Viewer) -> None:
    """Let a professional, the fund's agent or the person themselves pass. Raises ``Refused``."""
    at_counter = by.role in COUNTER_ROLES and by.admitted
    alone = by.role is Role.PATIENT and by.second_factor == FUND_CODE
    if not (at_counter or alone):
        raise Refused(_("Ce rôle n'ouvre pas de dossier."))


def digest_of(nir: str) -> bytes:
    """Return the keyed hash under which a national number is found."""
    return identifier_digest(settings.DMP_INS_SYSTEM, nir)


def hold(digests: Iterable[bytes]) -> None:
    """Wait for whoever is opening for the same people, until the end of the transaction.

    Always in the same order, so that two counters never wait on each other.
    """
    keys = sorted(int.from_bytes(digest[:8], signed=True) for digest in digests)
    with connection.cursor() as cursor:
        # Taken one after the other, as the list gives them.
        cursor.execute(
            "select pg_advisory_xact_lock(key) from unnest(%s::bigint[]) as key", [keys]
        )


def traits_of(person: Person) -> Traits:
    """Return the traits of somebody we know."""
    return Traits(
        birth_name=person.birth_name,
        given_names=person.given_names,
        sex=person.sex,
        born_on=person.born_on,
        birthplace=person.birthplace,
        used_name=person.used_name,
    )


def record_under(nir: str) -> Record | None:
    """Return the record a number, or a former one, leads to, whoever's traits are on it."""
    found = (
        RecordIdentifier.objects.select_related("record__holder", "record__merged_into__holder")
        .filter(system=settings.DMP_INS_SYSTEM, digest=digest_of(nir), theirs=True)
        .first()
    )
    if found is None:
        return None
    return found.record.merged_into or found.record


def person_under(nir: str) -> Person | None:
    """Return whose a national number is, or was."""
    digest = digest_of(nir)
    found = (
        Person.objects.filter(identifier_digest=digest).first()
        or Person.objects.filter(former_digests__contains=[digest]).first()
    )
    if found is None and (record := record_under(nir)) is not None:
        return record.holder
    return found


def record_of(identity: Identity) -> Record | None:
    """Return the record of one person: the number leads to it and the five traits are theirs."""
    record = record_under(identity.nir)
    if record is None or not same_person(traits_of(record.holder), identity.traits):
        return None
    return record


@use_case
def look_for_record(*, by: Viewer, identity: Identity) -> Known:
    """Tell whether one person has an open record, their traits having been compared.

    Closed, suspended and missing are one answer, as are another's traits: opening will say no.
    """
    may_open(by)
    record = record_of(identity)
    door = "counter" if by.role in COUNTER_ROLES else "holder"
    note(Action.EXISTENCE_ASKED, record.id if record else SYSTEM, by=by, door=door)
    if record is None or record.status != RecordStatus.OPEN or record.died_on is not None:
        return Known.NOTHING
    return Known.NEVER_ACTIVATED if record.activated_at is None else Known.ACTIVATED
