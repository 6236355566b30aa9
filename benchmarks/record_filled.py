"""`record_filled`: the counter's « Créer » to the claims being there, worker idle.

From the use case that opens a record, in this process as the web's role, to the commit of the real
worker's filling. The floor is one round trip through the queue to that worker and back.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.db import connection, connections

from access.binding import binding
from access.viewer import PracticeFacts, Role, Viewer
from benchmarks.results import Row, percentile, row
from records.identifiers import INS_TEST, identifier_digest, nir_key
from records.opening.facts import Document, Identity
from records.opening.opening import open_record
from records.traits import Traits


if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


# Lines of a history, and how many are opened: a long one is rare.
HISTORIES: Final = {60: 60, 2_000: 20}
WARM: Final = 5
BORN: Final = dt.date(1970, 5, 4)
_MOST_SECONDS: Final = 30.0
WORKER: Final = ["celery", "-A", "dmp", "worker", "-c", "1", "-l", "INFO", "--without-gossip"]
# Five kinds of care over two years, in the proportions of an adult's claims, with prescribers.
_CLAIMS: Final = """
INSERT INTO imports_claimline
SELECT person, day, 'general', 'L' || n, %(born)s, day,
       (array['MED', 'CARE', 'BIO', 'MED', 'MED'])[1 + n %% 5],
       (array['CIP13', 'NGAP', 'NABM', 'CIP13', 'CIP13'])[1 + n %% 5],
       (array['3400935955838', 'G', '1104', '3400936805446', '3400935584700'])[1 + n %% 5],
       'Soin', 1, false, day - n %% 3, 'O' || n / 5, '10100997245', 'MARTIN Alice', '1', '',
       (array['structure', 'person'])[1 + (n %% 5 = 1)::int],
       (array['', '10100997245'])[1 + (n %% 5 = 1)::int],
       (array['Pharmacie ', 'MARTIN Alice'])[1 + (n %% 5 = 1)::int], '', '', '',
       1000, 1000, 650, 65, false, '', current_date, sha256(convert_to(n::text, 'UTF8')),
       %(load)s
  FROM (SELECT n, current_date - (n * 700 / %(lines)s) AS day
          FROM generate_series(1, %(lines)s) AS n) AS each, unnest(%(persons)s::bytea[]) AS person
"""


def measure(here: Machine, sizes: Sizes) -> list[Row]:
    """Return the time to a filled record for a short and a long history."""
    here.start("worker", WORKER, ready=b" ready.", DMP_PROCESS="worker", DMP_LOG_LEVEL="INFO")
    rows = []
    number = 0
    for lines, most in HISTORIES.items():
        times = min(most, sizes.repeat)
        warm = min(WARM, times)
        floors, spent = [], []
        for turn in range(warm + times):
            number += 1
            nir = made_up_nir(number)
            give_claims([identifier_digest(INS_TEST, nir)], lines)
            floor, took = _round_trip(), _opened_and_filled(nir, lines)
            if turn >= warm:
                floors.append(floor)
                spent.append(took)
        middle = percentile(floors, 50)
        rows += [
            row(f"record_filled.{lines}.{name}", percentile(spent, percent), middle, n=times,
                sizes={"lines": lines})
            for name, percent in (("p50", 50), ("p95", 95))
        ]  # fmt: skip
    here.stop_processes()
    return rows


def made_up_nir(number: int) -> str:
    """Return a number of the test range that nobody else has."""
    body = f"2{BORN:%y%m}75{number // 1000 + 100:03d}{number % 1000:03d}"
    return body + nir_key(body)


def give_claims(persons: Sequence[bytes], lines: int) -> None:
    """Put the same history in the store for some people, as its owner: nothing is measured."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            _CLAIMS,
            {
                "persons": list(persons),
                "born": BORN,
                "lines": lines,
                "load": uuid.UUID(int=1),
            },
        )


def _round_trip() -> float:
    """One message to the worker and its answer, in milliseconds."""
    begins = time.perf_counter()
    answers = current_app.control.ping(timeout=_MOST_SECONDS, limit=1)
    spent = time.perf_counter() - begins
    assert answers, "the worker does not answer"
    return spent * 1000


def opened(nir: str) -> uuid.UUID:
    """Open the record of somebody at a pharmacy's counter."""
    traits = Traits("EXEMPLE", "CAMILLE", "F", BORN, "75115")
    practice = PracticeFacts(
        id=uuid.uuid4(), professional_id=uuid.uuid4(), profession="21",
        structure_id=uuid.uuid4(), structure_name="Pharmacie du Port",
    )  # fmt: skip
    pharmacist = Viewer(
        user_id=uuid.uuid4(), role=Role.PROFESSIONAL, active=True, second_factor="totp",
        practice=practice, name="Sam Roy",
    )  # fmt: skip
    with binding(pharmacist):
        found = open_record(
            by=pharmacist,
            attempt=uuid.uuid4(),
            identity=Identity(nir, traits, Document.IDENTITY_CARD),
        )
    return found.record_id


def _opened_and_filled(nir: str, lines: int) -> float:
    """Open a record and wait until its claims can be read, in milliseconds."""
    begins = time.perf_counter()
    record_id = opened(nir)
    while time.perf_counter() - begins < _MOST_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT lines FROM records_filling WHERE record_id = %s AND state = 'done'",
                [record_id],
            )
            found = cursor.fetchone()
        if found:
            spent = time.perf_counter() - begins
            assert found[0] == lines, f"{found[0]} lines filled of {lines}"
            return spent * 1000
        time.sleep(0.001)
    raise RuntimeError(f"record {record_id} was not filled in {_MOST_SECONDS:g} s")
