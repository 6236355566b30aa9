"""Turns on a record: who writes a kind of thing waits for who is writing that kind on it now.

What comes second then sees what came first. Must not know what is written, nor by whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import connection

from dmp.keys import listed


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

#: Who joins elements into episodes has a turn: a filling sees the letter, a letter the claims.
#: Nor does what is hidden, or shown again, cross a filling.
EPISODES: Final = "episodes"


def take_turn(record_id: uuid.UUID, kind: str) -> None:
    """Wait for whoever writes this kind on this record, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind} {record_id}"]
        )


def take_free_turns(record_ids: Collection[uuid.UUID], kind: str) -> set[uuid.UUID]:
    """Take the turn on each record where nobody has it; return those records. Waits for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id FROM unnest(%s::uuid[]) AS record_id"
            " WHERE pg_try_advisory_xact_lock(hashtextextended(%s || ' ' || record_id, 0))",
            [listed(record_ids), kind],
        )
        return {record_id for (record_id,) in cursor.fetchall()}
