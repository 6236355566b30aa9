"""Rows of one file that share their key: all refused, each naming another.

One of them may be refused for something else: which of the two is right, nobody can tell.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from psycopg2.extras import execute_values

from imports import files
from imports.loading.heartbeat import PausedError
from imports.loading.refused import MOST_KEPT, Refusals
from imports.parsing import Fault, Limits, RefusedRow, open_stream


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from django.db.backends.utils import CursorWrapper

    from imports.loading.heartbeat import Heartbeat
    from imports.loading.targets import Target
    from imports.models import Load

DUPLICATE: Final = "duplicate_in_file"
# Rows that are not lines of the file name each other's place, which may come after them: they are
# not held until it is known.
_NAME_PLACES: Final = """
    UPDATE imports_refusedrow AS told
       SET params = told.params || jsonb_build_object('other', another.params -> 'place')
      FROM imports_refusedrow AS another
     WHERE told.load_id = %(load)s AND told.code = %(code)s
       AND another.load_id = %(load)s AND another.code = %(code)s
       AND another.line = (told.params ->> 'other')::bigint AND another.params ? 'place'
"""


class RefusedKeys:
    """The keys of the rows of one file that were refused, in a table of their own, if any is."""

    def __init__(self, table: str, target: Target) -> None:
        self.columns = ("key", *target.identity)
        self.table = f"{table}_refused"
        self.filled = False
        self._types = dict(target.staging_columns)
        self._waiting: list[tuple[bytes | str | int, ...]] = []

    def add(self, keys: Iterable[tuple[bytes | str | int, ...]]) -> None:
        """Take note of keys, each with the line of its row."""
        self._waiting += keys

    def write(self, cursor: CursorWrapper) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        if not self.filled:
            columns = [f"{name} {self._types[name]}" for name in (*self.columns, "line")]
            cursor.execute(f"CREATE UNLOGGED TABLE {self.table} ({', '.join(columns)})")
            self.filled = True
        places = ", ".join(f"%s::{self._types[name]}" for name in (*self.columns, "line"))
        execute_values(
            cursor.cursor,
            f"INSERT INTO {self.table} VALUES %s",
            self._waiting,
            template=f"({places})",
            page_size=1_000,
        )
        self._waiting.clear()


def refuse_duplicates(
    cursor: CursorWrapper,
    table: str,
    load: Load,
    target: Target,
    refusals: Refusals,
    *,
    heartbeat: Heartbeat,
    keys: RefusedKeys,
    today: dt.date,
) -> int:
    """Refuse every row whose key another row of the file has; return how many.

    The index is what finds them, but for those whose other row was refused already.
    """
    found = _Duplicates()
    if keys.filled:
        _remove_refused_elsewhere(cursor, table, keys, found)
    _remove_duplicates(cursor, table, target, found)
    if found.rows:
        for row in _duplicate_rows(
            load, target, found, refusals, heartbeat=heartbeat, today=today
        ):
            (refusals.add if row.line in found.kept else refusals.also)([row])
            if refusals.is_full:
                refusals.write(cursor)
        refusals.write(cursor)
        # It knows nothing of rows just written: taken for one, each would be read for each other.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_NAME_PLACES, {"load": load.id, "code": DUPLICATE})
        cursor.execute("SET LOCAL enable_nestloop = DEFAULT")
        if extra := found.rows - len(found.kept):
            refusals.count(DUPLICATE, _column(target), extra)
    return found.rows


@dataclass
class _Duplicates:
    """Lines that share their key with another, some of them with the other's number."""

    rows: int = 0
    kept: dict[int, int] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    """Of lines that were refused for something else."""


def _remove_refused_elsewhere(
    cursor: CursorWrapper, table: str, keys: RefusedKeys, found: _Duplicates
) -> None:
    """Take away rows whose key a refused one has, too."""
    same = " AND ".join(f"staged.{name} = refused.{name}" for name in keys.columns)
    joined = f"FROM {table} staged JOIN {keys.table} refused ON {same}"
    for known, (one, other) in (
        (found.kept, ("staged", "refused")),
        (found.refused, ("refused", "staged")),
    ):
        cursor.execute(
            f"SELECT {one}.line, min({other}.line) {joined} GROUP BY 1 ORDER BY 1 LIMIT %s",
            [MOST_KEPT],
        )
        known.update(cursor.fetchall())
    if found.kept:
        cursor.execute(f"DELETE FROM {table} staged USING {keys.table} refused WHERE {same}")
        found.rows += cursor.rowcount
    cursor.execute(f"DROP TABLE {keys.table}")


def _remove_duplicates(
    cursor: CursorWrapper, table: str, target: Target, found: _Duplicates
) -> None:
    """Index the rows by their keys; where two share one, take both away first."""
    # What tells most rows apart comes first, where few other values are compared.
    columns = ("key", *reversed(target.identity))
    key = ", ".join(columns)
    types = dict(target.staging_columns)
    # By the bytes: nobody reads them in this order, and it takes less time.
    sorted_by = (f'{name} COLLATE "C"' if types[name] == "text" else name for name in columns)
    index = f"CREATE UNIQUE INDEX ON {table} ({', '.join(sorted_by)})"
    cursor.execute("SET LOCAL maintenance_work_mem = '128MB'")
    try:
        with transaction.atomic():
            cursor.execute(index)
    except IntegrityError:
        same = f"PARTITION BY {key}"
        cursor.execute(
            f"SELECT line, other FROM (SELECT line, count(*) OVER ({same}) AS copies,"
            f" coalesce(lead(line) OVER ({same} ORDER BY line), min(line) OVER ({same})) AS other"
            f" FROM {table}) AS each WHERE copies > 1 ORDER BY line LIMIT %s",
            [MOST_KEPT],
        )
        found.kept.update(cursor.fetchall())
        cursor.execute(
            f"DELETE FROM {table} WHERE ({key}) IN"
            f" (SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1)"
        )
        found.rows += cursor.rowcount
        cursor.execute(index)


def _column(target: Target) -> str:
    return target.identity[-1] if target.identity else "pseudonym"


def _duplicate_rows(
    load: Load,
    target: Target,
    duplicates: _Duplicates,
    refusals: Refusals,
    *,
    heartbeat: Heartbeat,
    today: dt.date,
) -> Iterator[RefusedRow]:
    """Read the file once more for the rows as they were: only their keys are staged.

    What was refused already has nothing but this to be told of. What is read is told as bytes
    beyond those of the file.
    """
    column = _column(target)
    wrong = {
        number: (column, Fault(DUPLICATE, parameters=(("other", other),)))
        for number, other in (duplicates.refused | duplicates.kept).items()
    }
    # Those refused the first time are refused again, beside these.
    refused = Limits().refused + MOST_KEPT
    limits = Limits(latest=today, refused=refused, correction=load.corrects is not None)
    with files.KeptFile(load.id) as stream:
        reading = open_stream(stream, limits)  # type: ignore[arg-type]  # read() is all it asks
        reading.refuse(wrong)
        summary = reading.summary
        for batch in reading.batches():
            if heartbeat.paused():
                raise PausedError
            heartbeat.show(
                bytes_read=load.file_size + summary.bytes_in,
                rows_read=summary.rows,
                rows_refused=refusals.rows,
            )
            for row in batch.refused:
                if row.line not in wrong:
                    continue
                why = tuple(each for each in row.refusals if each.code == DUPLICATE)
                yield replace(row, refusals=why)
