"""Whose turn it is: which loads may work at the same time, by locks that end with a connection.

A load is done by one worker at a time, and writes while nobody else writes the same scheme and
month of flow date; nothing is written to a scheme while a load of it is being taken back. Must
not know what a load does with its turn.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.db import connection

from imports.models import Load, LoadState
from imports.parsing import Kind


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Sequence

    from django.db.backends.utils import CursorWrapper

SLOTS: Final = 2
"""Loads at work at the same time on a database. A worker has one process more, for records that
somebody at a counter waits for."""
_PERSONS: Final = 0x444D51
_BUCKETS: Final = 256
_NAMES: Final = "(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name"
_TRY: Final = "SELECT name, pg_try_advisory_lock{}" + _NAMES
_LEAVE: Final = "SELECT pg_advisory_unlock{}" + _NAMES
_SHARED: Final = "_shared"
_ALIASES: Final = "claims aliases"
"""Lines look up who a pseudonym is as they are merged: not while that is being written."""


class NotYetError(Exception):
    """Another load has what this one needs; it waits, and holds nothing."""


@contextmanager
def at_work(load_id: uuid.UUID) -> Iterator[None]:
    """Hold a load and one of the places at work. Raise `NotYetError` when there is none."""
    with _held([f"claims load {load_id}"]), _one_of([f"claims slot {n}" for n in range(SLOTS)]):
        yield


@contextmanager
def writing(load: Load) -> Iterator[None]:
    """Hold what a load writes: every scheme and month of its lines. Raise `NotYetError`."""
    if load.file_kind == Kind.ALIASES:
        alone, together = [_ALIASES], []
    elif load.file_kind == Kind.LINES:
        alone = [f"claims month {each['scheme']} {each['period']}" for each in load.totals]
        together = [_ALIASES, *map(_scheme, schemes_of(load))]
    else:
        alone, together = [f"claims kind {load.file_kind}"], []
    with _held(sorted(together), _SHARED), _held(sorted(alone)):
        if _is_being_undone(load):
            raise NotYetError
        yield


@contextmanager
def taking_back(load: Load) -> Iterator[None]:
    """Hold every month of the schemes of a load. Raise `NotYetError`."""
    with _held(sorted(map(_scheme, schemes_of(load)))):
        yield


def keep_others_out(cursor: CursorWrapper, low: bytes, high: bytes | None) -> None:
    """Hold the persons between two keys until the transaction ends.

    Two months of one scheme may hold two states of one line: who comes second compares with what
    the first one wrote. Taken in the order of the keys, by everybody.
    """
    first = low[0] if low else 0
    last = _BUCKETS - 1 if high is None else high[0] - (not any(high[1:]))
    cursor.execute(
        "SELECT pg_advisory_xact_lock(%s, bucket) FROM generate_series(%s, %s) AS bucket",
        [_PERSONS, first, max(first, last)],
    )


def schemes_of(load: Load) -> set[str]:
    """Return the schemes whose lines a load holds."""
    return {total["scheme"] for total in load.totals}


def _scheme(name: str) -> str:
    return f"claims scheme {name}"


def _is_being_undone(load: Load) -> bool:
    undone = Load.objects.filter(state=LoadState.UNDOING).exclude(id=load.id).only("totals")
    return any(schemes_of(load) & schemes_of(other) for other in undone)


@contextmanager
def _held(names: Sequence[str], how: str = "") -> Iterator[None]:
    """Hold all of the names or none: nobody waits here while holding something."""
    taken = _take(names, how)
    try:
        if len(taken) < len(names):
            raise NotYetError
        yield
    finally:
        _leave(taken, how)


@contextmanager
def _one_of(names: Sequence[str]) -> Iterator[None]:
    taken = next((found for name in names if (found := _take([name], ""))), [])
    try:
        if not taken:
            raise NotYetError
        yield
    finally:
        _leave(taken, "")


def _take(names: Sequence[str], how: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TRY.format(how), [list(names)])
        return [name for name, taken in cursor.fetchall() if taken]


def _leave(names: Sequence[str], how: str) -> None:
    # A connection that broke has lost its locks already.
    if names and not connection.needs_rollback and connection.is_usable():
        with connection.cursor() as cursor:
            cursor.execute(_LEAVE.format(how), [list(names)])
