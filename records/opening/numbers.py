"""The numbers a record is found by: its holder's own, and their rank under an insured's.

The rank fills only: nobody finds a record by it. Must not know screens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from access.binding import now
from access.policy import Refused
from records.identifiers import KEY_VERSION, NIR_RANK, identifier_digest
from records.keys import seal_with_master
from records.models import RecordIdentifier
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from records.models import Person, Record
    from records.opening.facts import Identity


def see_the_fund() -> str:
    """Return what a counter reads where an identity cannot be trusted, whatever the reason."""
    return _(
        "Le dossier n'a pas été ouvert : l'identité doit d'abord être vérifiée par la caisse"
        " d'assurance maladie de la personne."
    )


def keep_number(record: Record, system: str, value: str, status: str) -> None:
    """Write a number of a record: found by its keyed hash, readable with the master key only."""
    key = uuid7()
    RecordIdentifier.objects.create(
        id=key,
        record=record,
        system=system,
        digest=identifier_digest(system, value),
        key_version=KEY_VERSION,
        value_sealed=seal_with_master(value.encode(), about=key.bytes),
        status=status,
        since=now(),
    )


def ranked_digests(identity: Identity) -> list[bytes]:
    """Return the keyed hash of somebody's rank on a card; none where no card says it."""
    return [identifier_digest(NIR_RANK, identity.ranked)] if identity.ranked else []


def keep_rank(record: Record, holder: Person, identity: Identity) -> None:
    """Let the care sent under the insured's number and this rank fill this record.

    Raises ``Refused`` where another record has the same number, rank and date of birth: nobody
    could tell whose care it is. Twins have each their rank.
    """
    for digest in ranked_digests(identity):
        same = RecordIdentifier.objects.filter(
            system=NIR_RANK, digest=digest, theirs=True, record__holder__born_on=holder.born_on
        )
        theirs = same.filter(Q(record=record) | Q(record__merged_into=record))
        if theirs.exists():
            return
        if same.exists():
            raise Refused(see_the_fund())
        keep_number(record, NIR_RANK, identity.ranked, identity.status)
