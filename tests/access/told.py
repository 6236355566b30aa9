"""People who can be told something: a record, its holder, who speaks for them, their addresses."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from records.keys import new_wrapped_key, seal_with_master
from records.models import ContactPoint, Person, Record, Representation
from records.uuid7 import uuid7


PARIS = ZoneInfo("Europe/Paris")
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=PARIS)
NIGHT = dt.datetime(2026, 11, 23, 23, 30, tzinfo=PARIS)
LONG_AGO = dt.datetime(2026, 1, 5, 12, tzinfo=PARIS)
ADULT = dt.date(1955, 3, 14)
CHILD = dt.date(2018, 10, 12)


def person(born_on: dt.date = ADULT, language: str = "fr", **contacts: str) -> Person:
    """Somebody, with confirmed addresses by kind."""
    made = Person.objects.create(
        birth_name="MOREL", given_names="Jeanne", first_given="Jeanne", sex="F",
        born_on=born_on, birthplace="29155", language=language,
    )  # fmt: skip
    for kind, value in contacts.items():
        give(made, kind, value)
    return made


def give(made: Person, kind: str, value: str, *, confirmed: bool = True) -> None:
    key = uuid7()
    ContactPoint.objects.create(
        id=key, person=made, kind=kind, given_at=LONG_AGO,
        confirmed_at=LONG_AGO if confirmed else None,
        value_sealed=seal_with_master(value.encode(), about=key.bytes),
    )  # fmt: skip


def record_of(holder: Person, notify_by: str = "email", **facts: Any) -> Record:
    key = uuid.uuid4()
    return Record.objects.create(
        id=key, holder=holder, opened_at=LONG_AGO, opened_by_kind="holder", consent_at=LONG_AGO,
        key_wrapped=new_wrapped_key(key.bytes), notify_by=notify_by, **facts,
    )  # fmt: skip


def represented(record: Record, by: Person, **facts: Any) -> None:
    told = {"ground": "parent", "since": LONG_AGO} | facts
    Representation.objects.create(record=record, person=by, **told)


def deadly_sms(*, to: str, text: str) -> None:
    """A sender that hands the message over, then dies with its process, the first time."""
    import os  # noqa: PLC0415 - only in the worker
    import signal  # noqa: PLC0415

    handed = Path(os.environ["TEST_SMS_FILE"])
    first = not handed.exists()
    with handed.open("a") as kept:
        kept.write(f"{to} {text}\n")
    if first:
        os.kill(os.getpid(), signal.SIGKILL)
