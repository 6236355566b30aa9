"""`refill`: every record that one load touched, filled again.

Records are laid down and filled; then each of their lines changes in the store and they are asked
for again, as by a load, and the worker's rounds fill them, with as many processes as the product
runs; then each gets one line more (`added`), which has to be linked to the care it belongs to.

The floor is the same as one `INSERT … SELECT`, written by hand: the lines of those persons in the
store over those of their records, what changed written where it stands, what is new added; it
nets, links, locks, tells and journals nothing. `over_copy` is the first beside less than that: the
lines of the records copied into a bare table.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Final

from django.db import connections, transaction

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


# What a line of a record takes from the store under its own name, and what under another or from
# the line as the record holds it: the rules that work those out are no part of the floor.
_ALIKE: Final = (
    "scheme", "care_end", "section", "code_system", "code", "label", "unpacked", "prescribed_on",
    "prescription_ref", "prescriber_name", "prescriber_specialty", "prescriber_finess",
    "performer_kind", "performer_name", "performer_specialty", "performer_finess", "atc",
    "paid_cents", "base_cents", "reimbursed_cents", "rate_pct", "flow_date", "digest",
)  # fmt: skip
_OTHERS: Final = {
    "record_id": "asked.record_id",
    "id": "coalesce(held.id, gen_random_uuid())",
    "occurred_on": "sent.care_start",
    "line_key": "sent.line_id",
    "quantity": "coalesce(sent.quantity, 1)",
    "type_code": "'REMB'",
    "secret": "false",
    "about_another": "false",
    "withdrawn_reason": "''",
    "created_at": "now()",
    "performer_id": "held.performer_id",
    "prescriber_id": "held.prescriber_id",
    "pays_for": "coalesce(held.pays_for, '')",
    "categories": "coalesce(held.categories, 0)",
    "episodes": "coalesce(held.episodes, ARRAY[gen_random_uuid()])",
}
_NUMBERS: Final = (
    "quantity", "paid_cents", "base_cents", "reimbursed_cents", "rate_pct", "flow_date", "digest",
)  # fmt: skip
_THE_SAME: Final = f"""
INSERT INTO records_reimbursementline AS line ({", ".join((*_ALIKE, *_OTHERS))})
SELECT {", ".join((*(f"sent.{name}" for name in _ALIKE), *_OTHERS.values()))}
  FROM unnest(%s::uuid[], %s::bytea[]) AS asked (record_id, person_key)
  JOIN imports_claimline sent USING (person_key)
  LEFT JOIN records_reimbursementline held ON held.record_id = asked.record_id
       AND held.scheme = sent.scheme AND held.line_key = sent.line_id
ON CONFLICT (record_id, id) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in _NUMBERS)}, corrected_at = now()
 WHERE line.digest <> excluded.digest
"""


def measure(here: Machine, sizes: Sizes) -> list[Row]:
    """Return how long the records of a load take to be filled again."""
    filling.start(here)
    touched = filling.records(sizes.touched, LINES)
    copied = statistics.median(_copied(touched) for _ in range(3))
    spent, floor = _asked_again(touched, filling.TOUCH, len(touched) * LINES)
    added, floor_added = _asked_again(touched, _ADD, len(touched))
    here.stop_processes()
    name = f"refill.{sizes.touched}"
    return [
        row(each, *times, unit="s", n=1, sizes={"records": sizes.touched, "lines": LINES})
        for each, times in (
            (name, (spent, floor)),
            (f"{name}.added", (added, floor_added)),
            (f"{name}.over_copy", (spent, copied)),
            (f"{name}.added.over_copy", (added, copied)),
        )
    ]


def _copied(records: dict[uuid.UUID, bytes]) -> float:
    """Seconds to copy the lines of records into a bare table."""
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


def _asked_again(records: dict[uuid.UUID, bytes], happens: str, lines: int) -> tuple[float, float]:
    """Seconds until records are filled again after lines changed in the store, and the floor's."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(happens, [list(records.values())])
        cursor.execute("VACUUM ANALYZE imports_claimline, records_reimbursementline")
    floor = statistics.median(_the_same(records, lines) for _ in range(3))
    begins = filling.ask(records)
    filling.until_filled()
    return time.perf_counter() - begins, floor


def _the_same(records: dict[uuid.UUID, bytes], lines: int) -> float:
    """Seconds of the floor, of which nothing stays."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        begins = time.perf_counter()
        cursor.execute(_THE_SAME, [[str(record) for record in records], list(records.values())])
        spent = time.perf_counter() - begins
        assert cursor.rowcount == lines, "the floor does something else"
        transaction.set_rollback(rollback=True, using="owner")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE records_reimbursementline")
    return spent
