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
from records.identifiers import NIR_RANK
from records.models import Record, RecordIdentifier


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Sequence

_COLUMNS: Final = ", ".join(field.name for field in fields(StoreLine))


@dataclass(frozen=True, slots=True)
class Subject:
    """The person a record is filled for: the keys of the store, and the day they were born.

    ``shared`` are those of the keys under which others may be sent too, an insured parent or a
    brother: what comes under them is theirs only with their date of birth.
    """

    record_id: uuid.UUID
    born_on: dt.date
    keys: tuple[bytes, ...]
    shared: tuple[bytes, ...] = ()

    @property
    def own_keys(self) -> list[bytes]:
        """The keys of nobody else: for what is sent without a date of birth."""
        return [key for key in self.keys if key not in self.shared]


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
    identifiers = RecordIdentifier.objects.filter(record_id=record_id, until=None).order_by("id")
    systems = {
        bytes(digest): system for digest, system in identifiers.values_list("digest", "system")
    }
    pseudonyms = PersonAlias.objects.filter(person_key__in=list(systems)).order_by("pseudonym_key")
    for pseudonym, key in pseudonyms.values_list("pseudonym_key", "person_key"):
        systems.setdefault(bytes(pseudonym), systems[bytes(key)])
    shared = [key for key, system in systems.items() if system == NIR_RANK]
    return Subject(record_id, record.holder.born_on, tuple(systems), tuple(shared))


_THEIRS: Final = "person_key = ANY(%s) AND (person_key <> ALL(%s) OR birth_date = %s)"


def _theirs(subject: Subject) -> list[Any]:
    return [list(subject.keys), list(subject.shared), subject.born_on]


def read_lines(subject: Subject, since: dt.date) -> list[StoreLine]:
    """Return the lines of care from a day on, and every reversal, whenever its care was."""
    if not subject.keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM imports_claimline"
            f" WHERE {_THEIRS} AND (care_start >= %s OR reverses_line_id <> '')",
            [*_theirs(subject), since],
        )
        return [_line(row) for row in cursor.fetchall()]


def _line(row: Sequence[Any]) -> StoreLine:
    values: list[Any] = [*row]
    values[-1] = bytes(values[-1])
    return StoreLine(*values)


def count_before(subject: Subject, since: dt.date) -> int:
    """Return how many lines of care the store holds from before a day."""
    if not subject.keys:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM imports_claimline WHERE {_THEIRS}"
            " AND care_start < %s AND NOT cancelled AND reverses_line_id = ''",
            [*_theirs(subject), since],
        )
        (count,) = cursor.fetchone()
    return int(count)


def read_illnesses(subject: Subject, since: dt.date) -> list[Illness]:
    """Return the illnesses that last, or lasted, into the days from one on: each once.

    Sent without a date of birth, they are taken under the keys of nobody else only.
    """
    found: dict[tuple[str, dt.date], Illness] = {}
    rows = ClaimIllness.objects.filter(person_key__in=subject.own_keys).order_by(
        "flow_date", "icd10", "since"
    )
    for row in rows:
        if row.until is None or row.until >= since:
            found[row.icd10, row.since] = Illness(
                row.icd10, row.label, row.since, row.until, row.flow_date
            )
    return list(found.values())


def read_doctors(subject: Subject) -> list[Doctor]:
    """Return the last declaration of each doctor, under the keys of nobody else."""
    found: dict[str, Doctor] = {}
    rows = ClaimDoctor.objects.filter(person_key__in=subject.own_keys).order_by(
        "since", "flow_date", "rpps"
    )
    for row in rows:
        found[row.rpps] = Doctor(row.rpps, row.since, row.until, row.flow_date)
    return list(found.values())
