"""`refill`: every record that one load touched, filled again.

Records are opened and filled as from a counter; then each of their lines changes in the store and
they are asked for again, as by a load, and the worker's rounds fill them, with as many processes
as the product runs; then each gets one line more (`added`), which has to be linked to the care it
belongs to. Before either, the worker has read every message the openings sent: what is left of
them would have the records filled one by one. The floor is one statement that copies the same
lines into a bare table of the same shape.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Final

from django.db import connections

from benchmarks import filling
from benchmarks.results import Row, row


if TYPE_CHECKING:
    import uuid

    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


LINES: Final = 20
"""Of each record."""
_ADD: Final = """
INSERT INTO imports_claimline
SELECT (jsonb_populate_record(sent, jsonb_build_object(
           'line_id', 'N' || sent.line_id, 'care_start', current_date - 1,
           'care_end', current_date - 1))).*
  FROM imports_claimline sent WHERE line_id = 'L1' AND person_key = ANY(%s)
"""


def measure(here: Machine, sizes: Sizes) -> list[Row]:
    """Return how long the records of a load take to be filled again."""
    filling.start(here)
    touched = dict(filling.record(number, LINES) for number in range(sizes.touched))
    floors = [_copied(touched)]
    refilled = _asked_again(touched, filling.TOUCH)
    floors.append(_copied(touched))
    added = _asked_again(touched, _ADD)
    floors.append(_copied(touched))
    here.stop_processes()
    return [
        row(
            name, spent, statistics.median(floors), unit="s", n=1,
            sizes={"records": sizes.touched, "lines": LINES},
        )
        for name, spent in (
            (f"refill.{sizes.touched}", refilled), (f"refill.{sizes.touched}.added", added),
        )
    ]  # fmt: skip


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


def _asked_again(records: dict[uuid.UUID, bytes], happens: str) -> float:
    """Seconds until records are filled again after something happened in the store."""
    filling.until_idle()
    begins = filling.happen_and_ask(records, happens)
    filling.until_filled()
    return time.perf_counter() - begins
