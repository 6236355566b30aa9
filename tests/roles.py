"""The database's roles in tests: being another for a while; and the policies that hold them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, connections


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


OUTSIDE = "tests_look_outside_bindings"


def open_outside_bindings() -> None:
    """Let a test look at any row while nobody is bound: in the tests' own database only.

    A test lays out its world and looks at what is left with the connection of the product; what
    the product does, it does within a binding, where this policy shows nothing.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLES_UNDER_POLICIES)
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"CREATE POLICY {OUTSIDE} ON {table} TO dmp_app, dmp_worker"
                " USING (nullif(current_setting('dmp.at', true), '') IS NULL)"
            )


def close_outside_bindings() -> None:
    """Take that policy away until the transaction ends: what is left is the product's."""
    with role("dmp_owner"), connection.cursor() as cursor:
        cursor.execute(TABLES_UNDER_POLICIES)
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP POLICY {OUTSIDE} ON {table}")
