"""What the figures of filling share: records with claims, asked for again; the product's worker.

Rows are put in the store as its owner and are no part of what is measured.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.db import connections

from benchmarks.record_filled import BORN, give_claims, made_up_nir, opened
from records.identifiers import INS_TEST, identifier_digest
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import subprocess
    import uuid
    from collections.abc import Callable

    from benchmarks.machine import Machine


TOUCH: Final = """
UPDATE imports_claimline SET quantity = quantity + 1, digest = sha256(digest || '1')
 WHERE person_key = ANY(%s)
"""
"""Each line of some persons is sent again with another quantity."""
_AS_WORKER: Final = {"DMP_PROCESS": "worker", "DMP_LOG_LEVEL": "INFO"}
# As many processes as the product runs (docker-compose.yml).
_WORKER: Final = ("celery", "-A", "dmp", "worker", "-c", "3", "-l", "INFO", "--without-gossip")
_MOST_SECONDS: Final = 3600.0
_FIRST_NUMBER: Final = 400_000
_FIRST_MANY: Final = 500_000
_ASK: Final = """
INSERT INTO records_filling
       (id, record_id, state, requested_at, attempts, lines, set_aside, older_lines)
SELECT gen_random_uuid(), asked, 'waiting', now(), 0, 0, 0, 0 FROM unnest(%s::uuid[]) AS asked
"""


# No table is read here but those whose rows these are: whoever has one has no door to it.
_OPEN: Final = """
WITH opened AS (
    SELECT * FROM unnest(%s::uuid[], %s::bytea[], %s::uuid[], %s::uuid[])
           AS each (record_id, person_key, holder_id, identifier_id)
), holders AS (
    INSERT INTO records_person (id, birth_name, used_name, given_names, first_given, sex, born_on,
                                birthplace, language)
    SELECT holder_id, 'EXEMPLE', '', 'Camille', 'Camille', 'F', %s, '75115', 'fr' FROM opened
), records AS (
    INSERT INTO records_record (id, holder_id, status, opened_at, opened_by_kind, consent_at,
                                consent_given_by, notify_by, key_wrapped)
    SELECT record_id, holder_id, 'open', now(), 'pharmacist', now(), 'holder', '',
           decode(repeat('00', 60), 'hex')
      FROM opened
)
INSERT INTO records_recordidentifier (id, record_id, system, digest, key_version, value_sealed,
                                      status, since, theirs)
SELECT identifier_id, record_id, %s, person_key, 1, '', 'qualified', now(), true FROM opened
"""


def start(here: Machine) -> subprocess.Popen[bytes]:
    """Start the worker and what wakes it; return the worker."""
    worker = start_worker(here)
    beat = ["celery", "-A", "dmp", "beat", "-l", "INFO", "-s", str(here.where.base / "beat")]
    here.start("beat", [*beat, "--pidfile", ""], ready=b"is starting.", **_AS_WORKER)
    return worker


def start_worker(here: Machine) -> subprocess.Popen[bytes]:
    """Start the worker."""
    return here.start("worker", _WORKER, ready=b" ready.", **_AS_WORKER)


def record(number: int, lines: int) -> tuple[uuid.UUID, bytes]:
    """Open a record of so many claims; return it and the key of its person."""
    nir = made_up_nir(_FIRST_NUMBER + number)
    person = identifier_digest(INS_TEST, nir)
    give_claims([person], lines)
    return opened(nir), person


def records(count: int, lines: int) -> dict[uuid.UUID, bytes]:
    """Lay down records of so many claims as rows, and wait until the worker has filled them."""
    persons = [
        identifier_digest(INS_TEST, made_up_nir(_FIRST_MANY + number)) for number in range(count)
    ]
    give_claims(persons, lines)
    found = {uuid7(): person for person in persons}
    with connections["owner"].cursor() as cursor:
        keys = [[str(uuid7()) for _ in persons] for _ in range(2)]
        cursor.execute(_OPEN, [[str(key) for key in found], persons, *keys, BORN, INS_TEST])
        for table in ("imports_claimline", "records_person", "records_record"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    ask(found)
    until_filled()
    return found


def happen_and_ask(records: dict[uuid.UUID, bytes], happens: str) -> float:
    """Change the store, ask for records as a load does; return the moment before it asked."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(happens, [list(records.values())])
    return ask(records)


def ask(records: dict[uuid.UUID, bytes]) -> float:
    """Ask for records as a load does; return the moment before."""
    with connections["owner"].cursor() as cursor:
        begins = time.perf_counter()
        cursor.execute(_ASK, [[str(record) for record in records]])
    current_app.send_task("imports.sweep")
    return begins


def until_idle() -> None:
    """Wait until no record waits, nor any message."""
    until_filled()
    with current_app.connection_for_read() as broker:
        _until(lambda: broker.default_channel.queue_declare("celery").message_count == 0)


def until_filled() -> None:
    """Wait until no record waits to be filled.

    Asked a hundred times a second, it took a twentieth of the processor time of a refill.
    """
    _until(lambda: not _is_any("state IN ('waiting', 'running')"), every=0.05)


def until_begun() -> None:
    """Wait until a worker has begun to fill each record, or is done already."""
    _until(lambda: not _is_any("state = 'waiting'"))


def _until(fact: Callable[[], object], *, every: float = 0.01) -> None:
    until = time.monotonic() + _MOST_SECONDS
    while not fact():
        assert time.monotonic() < until, "the worker does not come to an end"
        time.sleep(every)


def _is_any(condition: str) -> bool:
    """Tell whether any filling is so; thousands counted each moment would weigh on the figure."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM records_filling WHERE {condition})")  # noqa: S608 - ours
        (found,) = cursor.fetchone()
    return bool(found)
