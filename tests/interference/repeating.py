"""What a question asked the database, and whether another world has the same rows for it.

An answer is made of the question, of clock and chance, which are held, and of rows: where every
statement is given the same ones, nothing is left that could differ. Must not know what is asked.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg2
from django.db import connection


if TYPE_CHECKING:
    from collections.abc import Iterator


#: Of a statement whose rows cannot be looked at without taking them from who asked.
_NOT_TO_BE_REPEATED: Final = (b"", b"")
_aside: list[None] = []


@contextmanager
def aside() -> Iterator[None]:
    """What is asked inside decides nothing: it need not be the same in the other world.

    The journal's places and digests are: its next event follows the last one.
    """
    _aside.append(None)
    try:
        yield
    finally:
        _aside.pop()


class Statements:
    """Every statement, as it was sent, with a digest of what came back."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, bytes]] = []

    def keep(self, cursor: Any) -> None:
        """Keep the one that this cursor has just run; leave its rows where they were."""
        if _aside:
            return
        told = _NOT_TO_BE_REPEATED if cursor.name else (bytes(cursor.query), _told(cursor))
        self.sent.append(told)

    def spoil(self) -> None:
        """One of them failed, or ran as several: the question has to be asked again."""
        self.sent.append(_NOT_TO_BE_REPEATED)

    def same_again(self) -> bool:
        """Run them in the world as it is now: whether each is answered as before."""
        if _NOT_TO_BE_REPEATED in self.sent:
            return False
        with connection.cursor() as wrapped:
            cursor = wrapped.cursor
            for statement, answer in self.sent:
                try:
                    cursor.execute(statement)
                except psycopg2.Error:
                    return False
                if _told(cursor) != answer:
                    return False
        return True


def _told(cursor: Any) -> bytes:
    rows = []
    if cursor.description is not None and cursor.rowcount > 0:
        rows = cursor.fetchall()
        cursor.scroll(0, mode="absolute")
    plain = [
        [bytes(value) if isinstance(value, memoryview) else value for value in row] for row in rows
    ]
    said = repr((cursor.statusmessage, cursor.rowcount, plain))
    return hashlib.blake2b(said.encode(), digest_size=16).digest()
