"""People with a record and claims in the store, as rows: nothing here is the code under test."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid

from django.db import connection

from imports.models import ClaimDoctor, ClaimIllness, ClaimLine
from records.keys import new_wrapped_key
from records.models import Filling, Person, Record, RecordIdentifier


INDEX_KEY = bytes(range(32))  # what tests/servers.py sets
INS_TEST = "1.2.250.1.213.1.4.10"
NIR = "285037511504263"
OTHER_NIR = "170052A12345689"
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
BORN = dt.date(1985, 3, 14)
LOAD = uuid.UUID(int=7)


def key(value: str = NIR, system: str = INS_TEST) -> bytes:
    return hmac.new(INDEX_KEY, f"{system}|{value}".encode(), hashlib.sha256).digest()


def make_record(value: str = NIR, *, born_on: dt.date = BORN, waits: bool = True) -> uuid.UUID:
    """A person with an open record that waits to be filled; as the owner."""
    person = Person.objects.create(
        birth_name="EXEMPLE", given_names="Camille", first_given="Camille", sex="F",
        born_on=born_on, birthplace="75115",
    )  # fmt: skip
    record_id = uuid.uuid4()
    Record.objects.create(
        id=record_id, holder=person, opened_at=LONG_AGO, consent_at=LONG_AGO,
        opened_by_kind="counter", key_wrapped=new_wrapped_key(record_id.bytes),
    )  # fmt: skip
    identify(record_id, value)
    if waits:
        ask(record_id)
    return record_id


def identify(record_id: uuid.UUID, value: str, system: str = INS_TEST) -> None:
    RecordIdentifier.objects.create(
        record_id=record_id, system=system, digest=key(value, system), value_sealed=b"-",
        status="qualified", since=LONG_AGO,
    )  # fmt: skip


def ask(record_id: uuid.UUID) -> None:
    Filling.objects.create(record_id=record_id, requested_at=dt.datetime.now(dt.UTC))


def days_ago(days: int) -> dt.date:
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days)


def claim(line_id: str, person: bytes | None = None, **facts: object) -> ClaimLine:
    """One line of the store; a box of paracetamol a month ago unless said otherwise."""
    start = facts.pop("care_start", days_ago(30))
    row = {
        "person_key": person or key(), "care_start": start, "scheme": "general",
        "line_id": line_id, "birth_date": BORN, "care_end": start, "section": "MED",
        "code_system": "CIP13", "code": "3400935955838", "label": "Doliprane 1000 mg",
        "quantity": 1, "unpacked": False, "prescribed_on": start, "prescription_ref": "",
        "prescriber_rpps": "", "prescriber_name": "", "prescriber_specialty": "",
        "prescriber_finess": "", "performer_kind": "structure", "performer_rpps": "",
        "performer_name": "Pharmacie du Port", "performer_specialty": "",
        "performer_finess": "", "atc": "N02BE01", "paid_cents": 1000, "base_cents": 1000,
        "reimbursed_cents": 650, "rate_pct": 65, "cancelled": False, "reverses_line_id": "",
        "flow_date": days_ago(5), "load_id": LOAD,
    } | facts  # fmt: skip
    row.setdefault("digest", hashlib.sha256(repr(sorted(row.items())).encode()).digest())
    return ClaimLine.objects.create(**row)


def illness(icd10: str, since: dt.date, person: bytes | None = None, **facts: object) -> None:
    row = {"until": None, "label": "Diabète", "flow_date": days_ago(5), "load_id": LOAD} | facts
    ClaimIllness.objects.create(person_key=person or key(), icd10=icd10, since=since, **row)


def declared_doctor(
    rpps: str, since: dt.date, person: bytes | None = None, **facts: object
) -> None:
    row = {"until": None, "flow_date": days_ago(5), "load_id": LOAD} | facts
    ClaimDoctor.objects.create(person_key=person or key(), rpps=rpps, since=since, **row)


def rows(query: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def lines_of(record_id: uuid.UUID) -> dict[str, tuple[object, ...]]:
    """The lines of a record by the fund's key: quantity, paid, withdrawn."""
    found = rows(
        "SELECT line_key, quantity, paid_cents, withdrawn_reason FROM records_reimbursementline"
        " WHERE record_id = %s ORDER BY line_key",
        record_id,
    )
    return {str(line): tuple(rest) for line, *rest in found}
