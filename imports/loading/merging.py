"""Second pass: staged rows into the store, one transaction per chunk of whole persons.

The newest flow date wins; what is identical is left alone. Chunks are told apart by the first
bytes of the key, so that a load begun again finds the same ones and takes only those not done.
Must not know files.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.utils import timezone

from access.binding import moment_of
from imports.loading import turns
from imports.loading.chunks import Chunk
from records.care.window import window_start


if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator

    from django.db.backends.utils import CursorWrapper

    from imports.loading.chunks import Outcome
    from imports.loading.targets import Target
    from imports.models import Load

LANES: Final = 2
"""Connections that merge at the same time; a core each is what the database has to spare."""
_PREFIX: Final = 2**32
_HOW: Final = "; ".join(
    f"SET LOCAL {setting} = off"
    for setting in (
        # A crash of the server undoes whole chunks with their bits: no need to wait for the disk.
        "synchronous_commit",
        # The tables are judged by what they will hold, not by what they hold at the first load.
        "enable_seqscan",
        # Rows are read in the order of their index, which is nearly that of the store.
        "enable_sort",
        # Nor sorted by long texts to be joined: a hash of them takes a fifth of the time.
        "enable_mergejoin",
        # A statement takes less time than it would take to compile.
        "jit",
    )
)
_FIRST: Final = b""


def _never() -> bool:
    return False


def merge(
    load: Load, target: Target, *, write: bool = True, paused: Callable[[], bool] = _never
) -> bool:
    """Merge every chunk not yet done. Without `write`, only count what would happen.

    A worker killed here leaves whole chunks and a bit for each; the rest is for the next one. Once
    `paused`, no chunk is begun. Returns whether some are left for that.
    """
    todo = _todo(load)
    if len(todo) == 1:
        _merge_chunk(load, target, todo[0], write=write)
        return False
    numbers = iter(_apart(todo))
    lock = threading.Lock()
    stop = threading.Event()

    def next_numbers() -> Iterator[int]:
        while not (stop.is_set() or paused()):
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            yield number

    def lane() -> None:
        try:
            for number in next_numbers():
                _merge_chunk(load, target, number, write=write)
        except BaseException:
            stop.set()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(LANES, thread_name_prefix="merge") as lanes:
        for done in [lanes.submit(lane) for _ in range(LANES)]:
            done.result()
    return next(numbers, None) is not None


def _todo(load: Load) -> list[int]:
    chunks = load.chunks or 0
    done = bytes(load.chunks_merged) if load.chunks_merged is not None else b""
    # The order of PostgreSQL's set_bit: the lowest bit of each byte first.
    return [n for n in range(chunks) if not (len(done) > n // 8 and done[n // 8] >> n % 8 & 1)]


def _apart(todo: list[int]) -> list[int]:
    """Return chunks so that two lanes are far from each other: neighbours share persons' locks."""
    half = -(-len(todo) // LANES)
    return [todo[at] for first in range(half) for at in range(first, len(todo), half)]


def start(load: Load) -> None:
    """Forget the counts of an earlier count or merge; nothing of the store is undone."""
    load.chunks_merged = bytes(-(-(load.chunks or 0) // 8))
    load.chunk = 0
    load.rows_created = load.rows_changed = load.rows_identical = load.rows_set_aside = 0


def _bounds(number: int, chunks: int) -> tuple[bytes, bytes | None]:
    low = (number * _PREFIX // chunks).to_bytes(4) if number else _FIRST
    high = ((number + 1) * _PREFIX // chunks).to_bytes(4) if number + 1 < chunks else None
    return low, high


def _merge_chunk(load: Load, target: Target, number: int, *, write: bool) -> None:
    low, high = _bounds(number, load.chunks or 1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HOW)
        if write and target.undoable:
            turns.keep_others_out(cursor, low, high)
        since = window_start(moment_of(timezone.now()).today)
        chunk = Chunk(cursor, load.id, target, low, high, since)
        outcome = chunk.judge()
        if write:
            chunk.apply(outcome)
        _count(cursor, load.id, number, outcome)


def _count(cursor: CursorWrapper, load_id: uuid.UUID, number: int, outcome: Outcome) -> None:
    """Add the chunk to the load: last, so that two lanes hold each other up very little."""
    cursor.execute(
        "UPDATE imports_load SET chunk = chunk + 1, heartbeat = clock_timestamp(),"
        " chunks_merged = set_bit(chunks_merged, %s, 1),"
        " rows_created = rows_created + %s, rows_changed = rows_changed + %s,"
        " rows_identical = rows_identical + %s, rows_set_aside = rows_set_aside + %s"
        " WHERE id = %s",
        [
            number,
            outcome.created,
            outcome.changed,
            outcome.identical,
            outcome.set_aside,
            load_id,
        ],
    )
