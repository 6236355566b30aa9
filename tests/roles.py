"""The database's roles in tests: being another for a while; and the policies that hold them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection


if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def role(name: str) -> Iterator[None]:
    """Take a role until the end of the block, then the one there was before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute(f"SET ROLE {name}")
    try:
        yield
    finally:
        # A broken transaction refuses it, and its rollback brings the old role back.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {before}")


TABLES_UNDER_POLICIES = """
    SELECT DISTINCT polrelid::regclass::text FROM pg_policy ORDER BY 1
"""


def enable_row_security() -> None:
    """Let the policies hold from now on, until the transaction ends."""
    with role("dmp_owner"), connection.cursor() as cursor:
        cursor.execute(TABLES_UNDER_POLICIES)
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
