"""What the store holds for a record: lines, illnesses and doctors under any of its identifiers.

Must not know what is done with them.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from imports.filling.netting import StoreLine
from imports.models import ClaimDoctor, ClaimIllness, PersonAlias
from records.models import Record, RecordIdentifier


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Sequence

_COLUMNS: Final = ", ".join(field.name for field in fields(StoreLine))


@dataclass(frozen=True, slots=True)
class Subject:
    """The person a record is filled for: the keys of the store, and the day they were born."""

    record_id: uuid.UUID
    born_on: dt.date
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Illness:
    """A long-term illness as the fund declares it."""

    icd10: str
    label: str
    since: dt.date
    until: dt.date | None
    flow_date: dt.date


@dataclass(frozen=True, slots=True)
class Doctor:
    """The doctor a person declared to the fund."""

    rpps: str
    since: dt.date
    until: dt.date | None
    flow_date: dt.date


def subject(record_id: uuid.UUID) -> Subject:
    """Return whom a record is about, under all its live identifiers and their pseudonyms."""
    record = Record.objects.select_related("holder").only("holder__born_on").get(id=record_id)
    own = [
        bytes(digest)
        for digest in RecordIdentifier.objects.filter(record_id=record_id, until=None)
        .order_by("id")
        .values_list("digest", flat=True)
    ]
    pseudonyms = PersonAlias.objects.filter(person_key__in=own).order_by("pseudonym_key")
    joined = [bytes(key) for key in pseudonyms.values_list("pseudonym_key", flat=True)]
    return Subject(record_id, record.holder.born_on, (*own, *joined))


def read_lines(keys: Sequence[bytes], since: dt.date) -> list[StoreLine]:
    """Return the lines of care from a day on, and every reversal, whenever its care was."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM imports_claimline"
            " WHERE person_key = ANY(%s) AND (care_start >= %s OR reverses_line_id <> '')",
            [list(keys), since],
        )
        return [_line(row) for row in cursor.fetchall()]


def _line(row: Sequence[Any]) -> StoreLine:
    values: list[Any] = [*row]
    values[-1] = bytes(values[-1])
    return StoreLine(*values)


def count_before(keys: Sequence[bytes], since: dt.date) -> int:
    """Return how many lines of care the store holds from before a day."""
    if not keys:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM imports_claimline WHERE person_key = ANY(%s)"
            " AND care_start < %s AND NOT cancelled AND reverses_line_id = ''",
            [list(keys), since],
        )
        (count,) = cursor.fetchone()
    return int(count)


def read_illnesses(keys: Sequence[bytes], since: dt.date) -> list[Illness]:
    """Return the illnesses that last, or lasted, into the days from one on: each once."""
    found: dict[tuple[str, dt.date], Illness] = {}
    rows = ClaimIllness.objects.filter(person_key__in=keys).order_by("flow_date", "icd10", "since")
    for row in rows:
        if row.until is None or row.until >= since:
            found[row.icd10, row.since] = Illness(
                row.icd10, row.label, row.since, row.until, row.flow_date
            )
    return list(found.values())


def read_doctors(keys: Sequence[bytes]) -> list[Doctor]:
    """Return the last declaration of each doctor."""
    found: dict[str, Doctor] = {}
    rows = ClaimDoctor.objects.filter(person_key__in=keys).order_by("since", "flow_date", "rpps")
    for row in rows:
        found[row.rpps] = Doctor(row.rpps, row.since, row.until, row.flow_date)
    return list(found.values())
