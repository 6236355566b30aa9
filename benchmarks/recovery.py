"""`recovery`: a long history filled although the worker, or its child, is killed in the middle.

Each kill is a SIGKILL at another moment of the filling: of the worker's children (`child`), which
the worker replaces, or of the worker with its children (`worker`), started again at once, as a
supervisor does. Each line of the history was sent again about something else: all of it is worked
out anew. The time runs from the kill to the record filled, each line as the store has it; the
floor is the same filling without a kill. The goal is 15 s, always: `max` is what it is about.
"""

from __future__ import annotations

import os
import signal
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.db import connections

from benchmarks import filling
from benchmarks.results import Row, percentile, row


if TYPE_CHECKING:
    import subprocess
    import uuid

    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


LINES: Final = 5_000
"""Of the history, seven a day for two years: its filling lasts long enough to be killed in it."""
KILLS: Final = 12
_CORRECT: Final = """
UPDATE imports_claimline SET label = label || '.', digest = sha256(digest || '1')
 WHERE person_key = ANY(%s)
"""
_PERSON: Final = 90_000
_REPEATS: Final = 25
"""Measures of other figures for each kill of this one: a kill takes seconds."""


def measure(here: Machine, sizes: Sizes) -> list[Row]:
    """Return how long a record takes to be filled after each kind of kill."""
    worker = filling.start(here)
    lines = min(LINES, 4 * sizes.lines)
    long = dict([filling.record(_PERSON, lines)])
    whole = statistics.median(_filled(long) for _ in range(3))
    kills = max(1, min(KILLS, sizes.repeat // _REPEATS))
    rows = []
    for what in ("child", "worker"):
        spent = []
        for turn in range(kills):
            filling.until_idle()
            filling.happen_and_ask(long, _CORRECT)
            filling.until_begun()
            time.sleep(whole * turn / (2 * kills))  # in the first half: it is not over yet
            begins = time.perf_counter()
            if what == "child":
                _kill(_children(worker))
            else:
                _kill([worker.pid, *_children(worker)])
                here.processes.remove(worker)
                worker.wait()
                worker = filling.start_worker(here)
            filling.until_filled()
            spent.append(time.perf_counter() - begins)
            assert _differ(long) == 0, f"lines are not as sent after the kill of the {what}"
        rows += [
            row(f"recovery.{what}.{name}", percentile(spent, percent), whole, unit="s", n=kills,
                sizes={"lines": lines})
            for name, percent in (("p50", 50), ("p95", 95), ("max", 100))
        ]  # fmt: skip
    here.stop_processes()
    return rows


def _filled(records: dict[uuid.UUID, bytes]) -> float:
    """Seconds of the filling itself, from when it begins."""
    filling.until_idle()
    filling.happen_and_ask(records, _CORRECT)
    filling.until_begun()
    begins = time.perf_counter()
    filling.until_filled()
    return time.perf_counter() - begins


def _children(worker: subprocess.Popen[bytes]) -> list[int]:
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()
    return [int(child) for child in children.split()]


def _kill(processes: list[int]) -> None:
    for process in processes:
        os.kill(process, signal.SIGKILL)


def _differ(records: dict[uuid.UUID, bytes]) -> int:
    """Count the lines that the record or the store has alone, or with another digest."""
    ((record_id, person),) = records.items()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT * FROM imports_claimline WHERE person_key = %s) AS sent"
            " FULL JOIN (SELECT * FROM records_reimbursementline WHERE record_id = %s) AS held"
            " ON held.scheme = sent.scheme AND held.line_key = sent.line_id"
            " WHERE held.digest IS DISTINCT FROM sent.digest",
            [person, record_id],
        )
        (found,) = cursor.fetchone()
    return int(found)
