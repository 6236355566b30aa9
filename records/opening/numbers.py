"""The numbers a record is found by: its holder's own, and their rank under an insured's.

Those they had before are theirs still, and so is the rank under those the insured had. The rank
fills only: nobody finds a record by it. Must not know screens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from access.binding import now
from access.policy import Refused
from records.identifiers import (
    KEY_VERSION,
    NIR_RANK,
    identifier_digest,
    normalise_nir,
    ranked_number,
)
from records.keys import seal_with_master
from records.models import Person, RecordIdentifier
from records.opening.checking import digest_of, person_under, record_under
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from records.models import Record
    from records.opening.facts import Identity


def see_the_fund() -> str:
    """Return what a counter reads where an identity cannot be trusted, whatever the reason."""
    return _(
        "Le dossier n'a pas été ouvert : l'identité doit d'abord être vérifiée par la caisse"
        " d'assurance maladie de la personne."
    )


def keep_number(
    record: Record, system: str, value: str, status: str, *, until: dt.datetime | None = None
) -> None:
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
        until=until,
    )


def keep_numbers(record: Record, holder: Person, identity: Identity) -> None:
    """Write the number that was read, and by their hash alone all others that are the holder's.

    Whoever had another before they had a record has the care sent under it, and is found by an
    old card and a new one: each would open a record of its own.
    """
    read = digest_of(identity.nir)
    theirs = bytes(holder.identifier_digest or read)
    keep_number(
        record,
        settings.DMP_INS_SYSTEM,
        normalise_nir(identity.nir),
        identity.status,
        until=None if read == theirs else now(),
    )
    others = {theirs, *(bytes(one) for one in holder.former_digests or ())} - {read}
    RecordIdentifier.objects.bulk_create(
        RecordIdentifier(
            record=record,
            system=settings.DMP_INS_SYSTEM,
            digest=digest,
            key_version=KEY_VERSION,
            value_sealed=b"",
            status=identity.status,
            since=now(),
            until=None if digest == theirs else now(),
        )
        for digest in sorted(others)
    )


def read_number(record: Record, nir: str) -> None:
    """Keep the value of a number of a record that was known by its hash alone."""
    known = RecordIdentifier.objects.filter(
        record=record, system=settings.DMP_INS_SYSTEM, digest=digest_of(nir), value_sealed=b""
    )
    for row in known:
        value = normalise_nir(nir).encode()
        row.value_sealed = seal_with_master(value, about=row.id.bytes)
        row.save(update_fields=["value_sealed"])


def digests_read(identity: Identity) -> list[bytes]:
    """Return what somebody is known by: their number, and what a card says of who insures them."""
    if not identity.ranked:
        return [digest_of(identity.nir)]
    insured, _rank = _insured(identity)
    ranked = identifier_digest(NIR_RANK, identity.ranked)
    return [digest_of(identity.nir), digest_of(insured), ranked]


def hold_people(people: Iterable[Identity]) -> None:
    """Hold whom these numbers lead to, who insures them too: another may be noted of theirs.

    Before any record is: who notes one holds the person first. By their keys, in one order.
    """
    read = {number for each in people for number in (each.nir, _insured(each)[0]) if number}
    known = {found.id for nir in sorted(read) if (found := person_under(nir)) is not None}
    list(Person.objects.select_for_update(no_key=True).filter(id__in=known).order_by("id"))


def _insured(identity: Identity) -> tuple[str, int]:
    number, _colon, rank = identity.ranked.partition(":")
    return number, int(rank or 0)


def keep_rank(record: Record, holder: Person, identity: Identity) -> None:
    """Let the care sent under the insured's number and this rank fill this record.

    Under each number the insured has or had, where their own record says which. Raises ``Refused``
    where another record has the same number, rank and date of birth: nobody could tell whose care
    it is. Twins have each their rank.
    """
    if not identity.ranked:
        return
    for ranked in [identity.ranked, *_ranked_otherwise(identity)]:
        same = RecordIdentifier.objects.filter(
            system=NIR_RANK,
            digest=identifier_digest(NIR_RANK, ranked),
            theirs=True,
            record__holder__born_on=holder.born_on,
        )
        if same.filter(Q(record=record) | Q(record__merged_into=record)).exists():
            continue
        if not same.exists():
            keep_number(record, NIR_RANK, ranked, identity.status)
        elif ranked == identity.ranked:
            raise Refused(see_the_fund())


def _ranked_otherwise(identity: Identity) -> list[str]:
    """Return the same rank under the other numbers of who insures somebody."""
    number, rank = _insured(identity)
    theirs = record_under(number)
    if theirs is None:
        return []
    rows = RecordIdentifier.objects.filter(
        record=theirs, system=settings.DMP_INS_SYSTEM, theirs=True
    ).exclude(digest=digest_of(number))
    values = [row.value() for row in rows.order_by("since", "id")]
    return [ranked_number(value, rank) for value in values if value]
