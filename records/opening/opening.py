"""Opening a record, by a counter or by the person themselves: once, however often it is asked.

Writes the person, the record, its number, the consent, the receipt and the code, and asks the
worker to fill it. Gives nobody a right to read.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from uuid import uuid4

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from access.binding import note, now, today, use_case
from access.journal import Action
from access.models import Receipt
from access.policy import Refused
from access.receipts import give_receipt
from access.viewer import Role, Viewer
from records.identifiers import is_nir
from records.keys import new_wrapped_key
from records.leaflet_codes import code_of
from records.models import (
    ConsentRefusals,
    Filling,
    Ground,
    Language,
    Person,
    Record,
    RecordStatus,
    Representation,
)
from records.opening.checking import (
    FUND_CODE,
    digest_of,
    hold,
    may_open,
    person_under,
    record_under,
    traits_of,
)
from records.opening.codes import give_code, has_letter, is_of, post_letter
from records.opening.contacts import keep_contact
from records.opening.facts import Contact, Identity, Opened, Outcome
from records.opening.numbers import (
    digests_read,
    hold_people,
    keep_numbers,
    keep_rank,
    read_number,
    see_the_fund,
)
from records.traits import nir_contradicts, same_person


if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from records.traits import Traits


OPENING = "opening"
REOPENING = "reopening"
_PROFESSIONS = {"10": "doctor", "21": "pharmacist"}


def by_oneself(traits: Traits) -> Viewer:
    """Return the viewer of somebody who opens their own record and has no account yet.

    The code their fund sent them is their second factor; it opens nothing but this.
    """
    return Viewer(role=Role.PATIENT, active=True, second_factor=FUND_CODE, name=traits.full_name)


@use_case
def open_record(
    *,
    by: Viewer,
    attempt: uuid.UUID,
    identity: Identity,
    representative: Identity | None = None,
    emergency_refused: bool | None = None,
    regulation_refused: bool | None = None,
    contact: Contact | None = None,
    language: str = Language.FRENCH,
) -> Opened:
    """Open the one record of a person who consents, and return what the counter prints.

    ``attempt`` is the key of one press on « Créer »: pressed again, also at the same instant, it
    gives the same answer. A closed record is reopened. ``None`` for a refusal means unanswered.
    Raises ``Refused`` where the identity cannot be trusted: the sentence never says whether a
    record exists.
    """
    may_open(by)
    _refuse_doubtful(identity, representative)
    people = [identity, representative] if representative else [identity]
    hold({digest for each in people for digest in digests_read(each)})
    hold_people(people)
    found = record_under(identity.nir)
    if found is not None and (found.died_on or not _same(found.holder, identity)):
        raise Refused(see_the_fund())
    if found is not None:
        read_number(found, identity.nir)
    if found is not None and found.status != RecordStatus.CLOSED:
        return _known(found, by=by, attempt=attempt)
    holder = found.holder if found else _person(identity, language)
    parent = _person(representative, language) if representative else None
    if found is not None:
        record, outcome = found, Outcome.REOPENED
        bring_back(record)
    else:
        record, outcome = _write(by, holder, identity, parent), Outcome.OPENED
    keep_rank(record, holder, identity)
    minor = identity.traits.is_minor_on(today())
    asked = {"emergency_refused": emergency_refused, "regulation_refused": regulation_refused}
    _keep_choices(record, asked, minor=minor)
    if record.activated_at is None:
        # Whoever has an account is reached as they said themselves, not as a counter says.
        keep_contact(parent or holder, contact or Contact())
    printed = _printed(record, by=by, attempt=attempt, outcome=outcome)
    # Alone, the fund's code is what proves who one is.
    at_counter = bool(printed.code) and by.role is not Role.PATIENT
    posted = at_counter and post_letter(record, attempt, identity.nir)
    return dataclasses.replace(printed, letter=posted)


def _refuse_doubtful(identity: Identity, representative: Identity | None) -> None:
    """Say no to a wrong number, to another's number, and to a minor without a representative."""
    if not is_nir(identity.nir) or nir_contradicts(identity.nir, identity.traits):
        raise Refused(see_the_fund())
    minor = identity.traits.is_minor_on(today())
    if minor and (representative is None or representative.traits.is_minor_on(today())):
        raise Refused(_("Le dossier d'un mineur s'ouvre avec l'accord d'un parent présent."))
    if not minor and representative is not None:
        raise Refused(_("Un adulte donne son accord lui-même."))
    if representative is not None and not is_nir(representative.nir):
        raise Refused(see_the_fund())


def _same(person: Person, identity: Identity) -> bool:
    return same_person(traits_of(person), identity.traits)


def _known(record: Record, *, by: Viewer, attempt: uuid.UUID) -> Opened:
    """Answer for a person whose record is open: the same press again, or somebody else's."""
    if record.status == RecordStatus.SUSPENDED:
        raise Refused(see_the_fund())
    if record.activated_at is None and is_of(record, attempt):
        letter = has_letter(record, attempt)
        return Opened(record.id, Outcome.OPENED, last_receipt(record), code_of(attempt), letter)
    note(Action.EXISTENCE_ASKED, record.id, by=_named(by, record.holder), door=_door(by))
    return Opened(record.id, Outcome.ALREADY)


def _person(identity: Identity, language: str) -> Person:
    """Return the person of a number, made if nobody knows them yet."""
    digest = digest_of(identity.nir)
    found = person_under(identity.nir)
    if found is not None:
        if not _same(found, identity):
            raise Refused(see_the_fund())
        return found
    traits = identity.traits
    return Person.objects.create(
        birth_name=traits.birth_name,
        used_name=traits.used_name,
        given_names=traits.given_names,
        first_given=traits.first_given,
        sex=traits.sex,
        born_on=traits.born_on,
        birthplace=traits.birthplace,
        language=language,
        identifier_digest=digest,
    )


def _write(by: Viewer, holder: Person, identity: Identity, parent: Person | None) -> Record:
    record_id = uuid4()
    record = Record.objects.create(
        id=record_id,
        holder=holder,
        opened_at=now(),
        opened_by_kind=_kind(by),
        consent_at=now(),
        consent_given_by="representative" if parent else "holder",
        key_wrapped=new_wrapped_key(record_id.bytes),
    )
    keep_numbers(record, holder, identity)
    if parent is not None:
        Representation.objects.create(
            person=parent, record=record, ground=Ground.PARENT, since=now()
        )
    ask_filling(record)
    return record


def _keep_choices(record: Record, asked: Mapping[str, bool | None], *, minor: bool) -> None:
    """Keep what was answered; a question left unanswered changes nothing.

    A minor is at a counter with who represents them: what they said alone stays theirs.
    """
    said = {name: answer for name, answer in asked.items() if answer is not None}
    if said:
        changed = record.after(said, by_minor=False, by_family=minor)
        Record.objects.filter(id=record.id).update(**changed)


def bring_back(record: Record) -> None:
    """Open a closed record again: its masks, blocks and refusals hold, nobody has a door."""
    record.status = RecordStatus.OPEN
    record.closed_at = record.erasure_asked_at = None
    record.consent_at = now()
    record.save(update_fields=["status", "closed_at", "erasure_asked_at", "consent_at"])
    ask_filling(record)


def ask_filling(record: Record) -> None:
    """Write the row that waits, and wake the worker once it can be read."""
    # A load may be asking for it at this instant: what waits once is not asked for twice.
    Filling.objects.bulk_create(
        [Filling(record=record, requested_at=now())], ignore_conflicts=True
    )

    def wake() -> None:
        current_app.send_task("imports.fill", args=[str(record.id)], retry=False)

    # The row is the truth: what was not woken now is found by the worker's own rounds.
    transaction.on_commit(wake, robust=True)


def _printed(record: Record, *, by: Viewer, attempt: uuid.UUID, outcome: Outcome) -> Opened:
    """Give the receipt and, unless the record was activated once, the code."""
    opened = outcome is Outcome.OPENED
    receipt = give_receipt(
        record,
        OPENING if opened else REOPENING,
        {"by": _kind(by), "where": by.practice.structure_name if by.practice else ""},
        to=record.holder_id,
    )
    action = Action.OPENED if opened else Action.REOPENED
    note(action, record.id, by=_named(by, record.holder), door=_door(by))
    code = give_code(record, attempt) if record.activated_at is None else ""
    return Opened(record.id, outcome, receipt.number, code)


def last_receipt(record: Record) -> str:
    """Return the number of the last receipt of an opening."""
    given = Receipt.objects.filter(record=record, kind__in=[OPENING, REOPENING])
    last = given.order_by("-made_at", "-id").first()
    return last.number if last else ""


def _kind(by: Viewer) -> str:
    if by.role is Role.FUND_AGENT:
        return "fund"
    if by.role is Role.PROFESSIONAL:
        return _PROFESSIONS.get(by.profession, "professional")
    return "holder"


def _door(by: Viewer) -> str:
    return "holder" if by.role is Role.PATIENT else "counter"


def _named(by: Viewer, holder: Person) -> Viewer:
    """Somebody who opens their own record is, from this act on, the person of the record."""
    return dataclasses.replace(by, person_id=holder.id) if by.role is Role.PATIENT else by


@use_case
def count_refusal(*, by: Viewer) -> None:
    """Count one « non » of today: no name, no reason, no counter, only the number."""
    may_open(by)
    ConsentRefusals.objects.bulk_create([ConsentRefusals(day=today())], ignore_conflicts=True)
    ConsentRefusals.objects.filter(day=today()).update(number=F("number") + 1)


@use_case
def filling_of(*, by: Viewer, record_id: uuid.UUID) -> str:
    """Return how far the filling of a record just opened is: a state, never a number of lines."""
    may_open(by)
    last = Filling.objects.filter(record_id=record_id).order_by("-requested_at", "-id").first()
    return last.state if last else ""
