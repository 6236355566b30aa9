"""Reading past row security: on the owner's connection, or with it taken off every table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections


if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def as_owner() -> Iterator[None]:
    """Let whatever asks for the web's connection get the owner's until the end of the block."""
    web = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections["owner"]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = web


@contextmanager
def without_row_security() -> Iterator[None]:
    """Take row security off every table that has it, for whoever asks, until the block ends."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity")
        tables = [name for (name,) in cursor.fetchall()]
    assert tables, "no table has row security: there is nothing to compare with"
    _row_security(tables, "DISABLE")
    try:
        yield
    finally:
        _row_security(tables, "ENABLE")


def _row_security(tables: list[str], change: str) -> None:
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} {change} ROW LEVEL SECURITY")
