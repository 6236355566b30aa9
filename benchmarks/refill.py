"""`refill`: every record that one load touched, filled again; `recovery`: a worker's child killed.

Records are opened and filled as from a counter; then each of their lines changes in the store and
they are asked for again, as by a load, and the real worker's rounds fill them; then each gets one
line more (`added`), which has to be linked to the care it belongs to. The floor is one
statement that copies the same lines into a bare table of the same shape. `recovery` runs from the
kill of what fills a long history to its end; its floor is that filling whole, without a kill.
"""

from __future__ import annotations

import os
import signal
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.db import connections

from benchmarks.record_filled import WORKER, give_claims, made_up_nir, opened
from benchmarks.results import Row, row
from records.identifiers import INS_TEST, identifier_digest


if TYPE_CHECKING:
    import uuid

    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


LINES: Final = 20
"""Of each record."""
LONG: Final = 20_000
KILLS: Final = 3
_MOST_SECONDS: Final = 3600.0
_FIRST_NUMBER: Final = 400_000
_TOUCH: Final = """
UPDATE imports_claimline SET quantity = quantity + 1, digest = sha256(digest || '1')
 WHERE person_key = ANY(%s)
"""
_ADD: Final = """
INSERT INTO imports_claimline
SELECT (jsonb_populate_record(sent, jsonb_build_object(
           'line_id', 'N' || sent.line_id, 'care_start', current_date - 1,
           'care_end', current_date - 1))).*
  FROM imports_claimline sent WHERE line_id = 'L1' AND person_key = ANY(%s)
"""
_ASK: Final = """
INSERT INTO records_filling
       (id, record_id, state, requested_at, attempts, lines, set_aside, older_lines)
SELECT gen_random_uuid(), asked, 'waiting', now(), 0, 0, 0, 0 FROM unnest(%s::uuid[]) AS asked
"""


def measure(here: Machine, sizes: Sizes) -> list[Row]:
    """Return how long the records of a load take to be filled again, and one after a kill."""
    as_worker = {"DMP_PROCESS": "worker", "DMP_LOG_LEVEL": "INFO"}
    worker = here.start("worker", WORKER, ready=b" ready.", **as_worker)
    beat = ["celery", "-A", "dmp", "beat", "-l", "INFO", "-s", str(here.where.base / "beat")]
    here.start("beat", [*beat, "--pidfile", ""], ready=b"is starting.", **as_worker)
    touched = dict(_record(number, LINES) for number in range(sizes.touched))
    _until_filled()
    floors = [_copied(touched)]
    refilled = _asked_again(touched, _TOUCH)
    floors.append(_copied(touched))
    added = _asked_again(touched, _ADD)
    floors.append(_copied(touched))
    # Long enough to be killed in the middle, also in a tiny run.
    lines = min(LONG, 4 * sizes.lines)
    long = dict([_record(sizes.touched, lines)])
    _until_filled()
    whole = _asked_again(long, _TOUCH)
    after = [_asked_again(long, _TOUCH, kill=worker.pid) for _ in range(KILLS)]
    here.stop_processes()
    return [
        row(
            f"refill.{sizes.touched}", refilled, statistics.median(floors), unit="s", n=1,
            sizes={"records": sizes.touched, "lines": LINES},
        ),
        row(
            f"refill.{sizes.touched}.added", added, statistics.median(floors), unit="s", n=1,
            sizes={"records": sizes.touched, "lines": LINES},
        ),
        row("recovery.child", max(after), whole, unit="s", n=KILLS, sizes={"lines": lines}),
    ]  # fmt: skip


def _record(number: int, lines: int) -> tuple[uuid.UUID, bytes]:
    """Open a record of so many claims; return it and the key of its person."""
    nir = made_up_nir(_FIRST_NUMBER + number)
    give_claims(nir, lines)
    return opened(nir), identifier_digest(INS_TEST, nir)


def _copied(records: dict[uuid.UUID, bytes]) -> float:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE records_reimbursementline)")
        begins = time.perf_counter()
        cursor.execute(
            "INSERT INTO bare SELECT * FROM records_reimbursementline"
            " WHERE record_id = ANY(%s::uuid[])",
            [[str(record) for record in records]],
        )
        spent = time.perf_counter() - begins
        cursor.execute("DROP TABLE bare")
    return spent


def _asked_again(records: dict[uuid.UUID, bytes], happens: str, *, kill: int = 0) -> float:
    """Seconds until records are filled again, from the kill of a worker's children if asked."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(happens, [list(records.values())])
        begins = time.perf_counter()
        cursor.execute(_ASK, [[str(record) for record in records]])
    current_app.send_task("imports.sweep")
    if kill:
        until = time.monotonic() + _MOST_SECONDS
        while not _count("state = 'running'"):
            assert time.monotonic() < until, "no worker has begun to fill the record"
            time.sleep(0.005)
        begins = time.perf_counter()
        for child in Path(f"/proc/{kill}/task/{kill}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
    _until_filled()
    return time.perf_counter() - begins


def _until_filled() -> None:
    until = time.monotonic() + _MOST_SECONDS
    while _count("state IN ('waiting', 'running')"):
        assert time.monotonic() < until, "records still wait"
        time.sleep(0.01)


def _count(condition: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM records_filling WHERE {condition}")  # noqa: S608 - ours
        (found,) = cursor.fetchone()
    return int(found)
