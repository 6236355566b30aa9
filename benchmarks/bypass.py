"""The same code under row security, and on a connection that it doesn't hold: the owner's."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections


if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_row_security() -> Iterator[None]:
    """Let whatever asks for the web's connection get the owner's until the end of the block."""
    web = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections["owner"]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = web


@contextmanager
def under_row_security() -> Iterator[None]:
    """Let the policies hold until the end of the block: production doesn't enable them yet."""
    _each_table("ENABLE")
    try:
        yield
    finally:
        _each_table("DISABLE")


def _each_table(what: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT polrelid::regclass::text FROM pg_policy ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} {what} ROW LEVEL SECURITY")
