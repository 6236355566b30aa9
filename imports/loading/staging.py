"""First pass: the kept file, decoded row by row, into a table of its own, then checked as a set.

One transaction: a worker that is killed leaves nothing behind. Must not know the store.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from imports import files
from imports.loading import beside, recognising, reloading
from imports.loading.duplicates import RefusedKeys, refuse_duplicates
from imports.loading.heartbeat import PausedError
from imports.loading.refused import Refusals
from imports.loading.targets import TARGETS, Target
from imports.parsing import (
    MOST_SAMPLED,
    FileRefusedError,
    Kind,
    Limits,
    Reading,
    open_stream,
)


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from django.db.backends.utils import CursorWrapper

    from imports.loading.heartbeat import Heartbeat
    from imports.models import Load

CHUNK_ROWS: Final = 20_000
"""Rows of one transaction of the second pass: what a kill makes us do again, under a second."""
_SCHEMA: Final = "imports_staging"
_ROWS_AT_ONCE: Final = 50_000
_COPY_BLOCK: Final = 256 * 1024
"""Bytes handed to the driver at once, which makes room for as many and keeps it."""


def table_of(load_id: uuid.UUID) -> str:
    """Return the staging table of a load."""
    return f"{_SCHEMA}.load_{load_id.hex}"


def drop(load_id: uuid.UUID) -> None:
    """Remove the staging table of a load, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table_of(load_id)}")


def is_whole(load: Load) -> bool:
    """Tell whether the staged rows are all there: an unlogged table is emptied by a crash."""
    if load.staged_rows is None:
        return False
    table = table_of(load.id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        (there,) = cursor.fetchone()
        if not there:
            return False
        # It was made and filled with the figure, in one transaction: it holds all of it or none.
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
        (filled,) = cursor.fetchone()
    return bool(filled or not load.staged_rows)


def stage(load: Load, heartbeat: Heartbeat, *, today: dt.date) -> Target:
    """Read, check and stage a whole file, and write on the load what was found.

    Raise `FileRefusedError`, having changed nothing, for a file that can't be read to its end.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        refusals = Refusals(load.id)
        cursor.execute("DELETE FROM imports_refusedrow WHERE load_id = %s", [load.id])
        limits = Limits(latest=today, correction=load.corrects is not None)
        with files.KeptFile(load.id) as stream:
            reading = open_stream(stream, limits)  # type: ignore[arg-type]  # read() is all it asks
            target = TARGETS[reading.recognised.kind]
            _make_table(cursor, load.id, target)
            keys = RefusedKeys(table_of(load.id), target)
            rows = _copy(cursor, load, reading, refusals, heartbeat, keys=keys)
        if reading.summary.stopped:
            raise FileRefusedError(reading.summary.stopped)
        totals = _totals_read(reading)
        staged = rows.staged
        if gone := refuse_duplicates(
            cursor,
            table_of(load.id),
            load,
            target,
            refusals,
            heartbeat=heartbeat,
            keys=keys,
            today=today,
        ):
            staged -= gone
            totals = _totals_staged(cursor, load.id, target)
        refusals.write(cursor)
        _write_findings(load, reading, refusals, totals, staged)
        load.recognised[recognising.SAMPLE] = rows.sample
        load.recognised |= reloading.facts(reading, pseudonyms=rows.pseudonyms)
        load.save_work()
    heartbeat.hush()
    return target


def _make_table(cursor: CursorWrapper, load_id: uuid.UUID, target: Target) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in target.staging_columns)
    cursor.execute(f"DROP TABLE IF EXISTS {table_of(load_id)}")
    cursor.execute(
        f"CREATE UNLOGGED TABLE {table_of(load_id)} ({columns}) WITH (autovacuum_enabled = off)"
    )


class _Rows:
    """What `COPY` reads: rows as bytes, near keys together; stops when refused rows wait."""

    def __init__(
        self,
        load: Load,
        reading: Reading,
        refusals: Refusals,
        keys: RefusedKeys,
        heartbeat: Heartbeat,
    ) -> None:
        self._load = load
        self._reading = reading
        self._refusals = refusals
        self._keys = keys
        self._heartbeat = heartbeat
        self._parts = beside.encoded(reading)
        self._since_start = 0
        self._left = memoryview(b"")
        self.ended = False
        self.paused = False
        self._told = False
        self.sample: list[list[str]] = []
        self.pseudonyms = False
        self.staged = 0

    def start_again(self) -> None:
        self._since_start = 0

    def close(self) -> None:
        """End what reads for us, when nobody reads on."""
        self._parts.close()

    def read(self, size: int) -> bytes:
        """Return some of the rows; nothing when it is time to write refused ones."""
        while not self._left:
            if self.ended or self._refusals.is_full or self._since_start > _ROWS_AT_ONCE:
                return b""
            self._left = memoryview(self._next())
        some, self._left = self._left[:size], self._left[size:]
        return bytes(some)

    def _next(self) -> bytes:
        if self._heartbeat.paused():
            self.paused = self.ended = True
            return b""
        part = next(self._parts, None)
        if part is None:
            self.ended = True
            return b""
        self._refusals.add(part.refused)
        self._keys.add(part.refused_keys)
        if len(self.sample) < MOST_SAMPLED:
            self.sample = (self.sample + part.sample)[:MOST_SAMPLED]
        self._tell(more=bool(part.sample))
        self.pseudonyms = self.pseudonyms or part.pseudonyms
        self._since_start += part.counts.accepted
        summary = self._reading.summary
        self._heartbeat.show(
            bytes_read=summary.bytes_in, rows_read=summary.rows, rows_refused=self._refusals.rows
        )
        return part.text

    def _tell(self, *, more: bool) -> None:
        """Show what the file is from its first rows on; again only when there are more of them."""
        if more or not self._told:
            recognised = self._reading.recognised
            recognising.tell_so_far(self._load, self._heartbeat, recognised, self.sample)
        self._told = True


def _copy(
    cursor: CursorWrapper,
    load: Load,
    reading: Reading,
    refusals: Refusals,
    heartbeat: Heartbeat,
    *,
    keys: RefusedKeys,
) -> _Rows:
    with closing(_Rows(load, reading, refusals, keys, heartbeat)) as rows:
        _copy_all(cursor, load.id, rows, refusals, keys)
        return rows


def _copy_all(
    cursor: CursorWrapper, load_id: uuid.UUID, rows: _Rows, refusals: Refusals, keys: RefusedKeys
) -> None:
    # Frozen: nobody else can see the table, and the second pass need not mark its rows again.
    command = (
        f"COPY {table_of(load_id)} FROM STDIN"
        rf" WITH (FORMAT text, DELIMITER E'\x1f', NULL '', FREEZE)"
    )
    while not rows.ended:
        cursor.copy_expert(command, rows, size=_COPY_BLOCK)
        rows.staged += cursor.rowcount
        refusals.write(cursor)
        keys.write(cursor)
        rows.start_again()
    if rows.paused:
        raise PausedError


def _totals_read(reading: Reading) -> list[dict[str, Any]]:
    return [
        {"scheme": scheme, "period": period, **asdict(total)}
        for (scheme, period), total in sorted(reading.summary.totals.items())
    ]


def _totals_staged(
    cursor: CursorWrapper, load_id: uuid.UUID, target: Target
) -> list[dict[str, Any]]:
    """Sum again once rows were refused that the parser had accepted."""
    if target.kind is not Kind.LINES:
        return []
    cursor.execute(
        "SELECT scheme, to_char(flow_date, 'YYYY-MM'), count(*),"
        " coalesce(sum(paid_cents), 0)::bigint, coalesce(sum(reimbursed_cents), 0)::bigint"
        f" FROM {table_of(load_id)} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    names = ("scheme", "period", "lines", "paid_cents", "reimbursed_cents")
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _write_findings(
    load: Load, reading: Reading, refusals: Refusals, totals: list[dict[str, Any]], staged: int
) -> None:
    """Write on the load what was found."""
    summary = reading.summary
    if staged + refusals.rows != summary.rows:
        message = f"load {load.id}: {summary.rows} read, {staged} staged, {refusals.rows} refused"
        raise AssertionError(message)
    recognising.recognise(load, reading.recognised)
    load.totals = totals
    load.scheme = ", ".join(sorted({total["scheme"] for total in totals}))[:200]
    load.paid_cents = sum(total["paid_cents"] for total in totals)
    load.reimbursed_cents = sum(total["reimbursed_cents"] for total in totals)
    load.bytes_read = load.file_size
    load.rows_read = summary.rows
    load.rows_refused = refusals.rows
    load.refusal_groups = refusals.groups
    load.staged_rows = staged
    load.chunks = max(1, -(-staged // CHUNK_ROWS))
