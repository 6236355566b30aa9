"""What the store holds for some records: lines, illnesses, doctors under any of their identifiers.

Asked as a set, one statement each, however many records. Must not know what is done with them.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection

from dmp.keys import listed, listed_bytes
from imports.filling.netting import StoreLine
from records.identifiers import NIR_RANK


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from django.db.backends.utils import CursorWrapper

COLUMNS: Final = StoreLine._fields


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


@dataclass(frozen=True, slots=True)
class Illness:
    """A long-term illness as the fund declares it."""

    icd10: str
    label: str
    since: dt.date
    until: dt.date | None
    flow_date: dt.date

    def lasts_into(self, since: dt.date) -> bool:
        """Tell whether it lasts, or lasted, into the days from one on."""
        return self.until is None or self.until >= since


@dataclass(frozen=True, slots=True)
class Doctor:
    """The doctor a person declared to the fund."""

    rpps: str
    since: dt.date
    until: dt.date | None
    flow_date: dt.date


@contextmanager
def by_hash(cursor: CursorWrapper) -> Iterator[None]:
    """Have the database match lines by hash.

    It cannot know how many lines meet: taken for few, each would be sought among all.
    """
    cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    cursor.execute("SET LOCAL enable_nestloop = DEFAULT")


def subjects(record_ids: Collection[uuid.UUID]) -> list[Subject]:
    """Return whom records are about, in order: their numbers, former ones too, and pseudonyms."""
    born: dict[uuid.UUID, dt.date] = {}
    systems: dict[uuid.UUID, dict[bytes, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record.id, holder.born_on, identifier.digest, identifier.system"
            " FROM records_record record"
            " JOIN records_person holder ON holder.id = record.holder_id"
            " LEFT JOIN records_recordidentifier identifier"
            " ON identifier.record_id = record.id AND identifier.theirs"
            " WHERE record.id = ANY(%s::uuid[]) ORDER BY record.id, identifier.id",
            [listed(record_ids)],
        )
        for record_id, born_on, digest, system in cursor.fetchall():
            born[record_id] = born_on
            known = systems.setdefault(record_id, {})
            if digest is not None:
                known[bytes(digest)] = system
    pseudonyms = _pseudonyms({key for known in systems.values() for key in known})
    for known in systems.values():
        for key, system in list(known.items()):
            for pseudonym in pseudonyms.get(key, ()):
                known.setdefault(pseudonym, system)
    return [
        Subject(
            record_id,
            born[record_id],
            tuple(known),
            tuple(key for key, system in known.items() if system == NIR_RANK),
        )
        for record_id, known in systems.items()
    ]


def _pseudonyms(keys: Collection[bytes]) -> dict[bytes, list[bytes]]:
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pseudonym_key, person_key FROM imports_personalias"
            " WHERE person_key = ANY(%s::bytea[]) ORDER BY pseudonym_key",
            [listed_bytes(keys)],
        )
        for pseudonym, key in cursor.fetchall():
            found[bytes(key)].append(bytes(pseudonym))
    return found


ASKED: Final = (
    "unnest(%s::uuid[], %s::bytea[], %s::boolean[], %s::date[])"
    " AS asked (record_id, person_key, shared, born_on)"
)
"""The records asked about, one row for each key of their person: `asked` gives the values."""
_THEIRS: Final = f"""
    {ASKED} CROSS JOIN LATERAL (
        SELECT * FROM imports_claimline AS sent
         WHERE sent.person_key = asked.person_key
           AND (NOT asked.shared OR sent.birth_date = asked.born_on) AND ({{which}})
        OFFSET 0
    ) AS sent
"""
# From each key to its lines, whatever the database knows of the table: it would read all of it.
SENT: Final = _THEIRS.format(which="sent.care_start >= %s OR sent.reverses_line_id <> ''")
"""Their lines of care from a day on, and every reversal, whenever its care was: `sent`."""
_BEFORE: Final = _THEIRS.format(
    which="sent.care_start < %s AND NOT sent.cancelled AND sent.reverses_line_id = ''"
    " AND (sent.birth_date IS NULL OR sent.birth_date = asked.born_on)"
)


def asked(subjects: Iterable[Subject]) -> list[str]:
    """Return what `ASKED` is given for some subjects, as PostgreSQL writes lists."""
    rows = [(each, key) for each in subjects for key in each.keys]
    shared = ["t" if key in each.shared else "f" for each, key in rows]
    born = [each.born_on.isoformat() for each, _ in rows]
    return [
        listed(each.record_id for each, _ in rows),
        listed_bytes(key for _, key in rows),
        *("{" + ",".join(values) + "}" for values in (shared, born)),
    ]


def read_lines(
    subjects: Sequence[Subject], since: dt.date
) -> defaultdict[uuid.UUID, list[StoreLine]]:
    """Return the lines of care from a day on, and every reversal, whenever its care was."""
    found: defaultdict[uuid.UUID, list[StoreLine]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT asked.record_id::text, {', '.join(f'sent.{name}' for name in COLUMNS)}"
            f" FROM {SENT}",
            [*asked(subjects), since],
        )
        # As text: a key is made of it once, not for each line.
        keys = {str(each.record_id): each.record_id for each in subjects}
        for record_id, *values, digest in cursor.fetchall():
            found[keys[record_id]].append(StoreLine._make((*values, bytes(digest))))
    return found


def count_before(subjects: Sequence[Subject], since: dt.date) -> dict[uuid.UUID, int]:
    """Return how many lines of care the store holds from before a day, where there are any."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT asked.record_id, count(*) FROM {_BEFORE} GROUP BY asked.record_id",
            [*asked(subjects), since],
        )
        return dict(cursor.fetchall())


def read_illnesses(subjects: Sequence[Subject]) -> defaultdict[uuid.UUID, list[Illness]]:
    """Return the last word on each illness, those that are long over too: each once.

    Sent without a date of birth, they are taken under the keys of nobody else only.
    """
    found: defaultdict[uuid.UUID, dict[tuple[str, dt.date], Illness]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.record_id, icd10, label, since, until, flow_date"
            f" FROM {ASKED} JOIN imports_claimillness AS sent USING (person_key)"
            " WHERE NOT asked.shared ORDER BY flow_date, icd10, since",
            asked(subjects),
        )
        for record_id, *values in cursor.fetchall():
            illness = Illness(*values)
            found[record_id][illness.icd10, illness.since] = illness
    return defaultdict(list, {key: list(each.values()) for key, each in found.items()})


def read_doctors(subjects: Sequence[Subject]) -> dict[uuid.UUID, list[Doctor]]:
    """Return the last declaration of each doctor, under the keys of nobody else."""
    found: defaultdict[uuid.UUID, dict[str, Doctor]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.record_id, rpps, since, until, flow_date"
            f" FROM {ASKED} JOIN imports_claimdoctor AS sent USING (person_key)"
            " WHERE NOT asked.shared ORDER BY since, flow_date, rpps",
            asked(subjects),
        )
        for record_id, *values in cursor.fetchall():
            doctor = Doctor(*values)
            found[record_id][doctor.rpps] = doctor
    return {key: list(each.values()) for key, each in found.items()}
