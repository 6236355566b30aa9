"""What a question asked the database, and whether another world has the same rows for it.

An answer is made of the question, of clock and chance, which are held, and of rows: where every
statement is given the same ones, nothing is left that could differ. Must not know what is asked.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg2
from django.db import connection

from tests.interference.unread import places_in


if TYPE_CHECKING:
    from collections.abc import Iterator


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
    """Every statement, as it was sent, with what came back."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, tuple[Any, ...]]] = []
        # Whether an answer was made without a look at what a minor said for themself.
        self.unread = False
        self._whole = True

    def keep(self, cursor: Any) -> None:
        """Keep the one that this cursor has just run; leave its rows where they were."""
        if not self._whole or _aside:
            return
        if not cursor.name:
            self.sent.append((bytes(cursor.query), _told(cursor)))
            return
        # Rows that are brought in parts would be taken from who asked: they are asked once more.
        _declared, _for, asked = bytes(cursor.query).partition(b" HOLD FOR ")
        if not asked:
            self.spoil()
            return
        with connection.cursor() as wrapped:
            wrapped.cursor.execute(asked)
            self.sent.append((asked, _told(wrapped.cursor)))

    def spoil(self) -> None:
        """One of them failed, or ran as several: the question has to be asked again."""
        self._whole = False
        self.sent.clear()

    def same_again(self) -> bool:
        """Run them in the world as it is now: whether each is answered as before."""
        if not self._whole:
            return False
        with connection.cursor() as wrapped:
            cursor = wrapped.cursor
            for statement, answer in self.sent:
                try:
                    cursor.execute(statement)
                except psycopg2.Error:
                    return False
                told = _told(cursor)
                if told != answer and not (self.unread and _same_but_unread(cursor, told, answer)):
                    return False
        return True


def _same_but_unread(cursor: Any, one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether two answers to what this cursor ran differ in nothing that was looked at."""
    names = [column.name for column in cursor.description or ()]
    aside = places_in(bytes(cursor.query), names)

    def looked_at(told: tuple[Any, ...]) -> Any:
        *counted, rows = told
        return counted, [
            [value for place, value in enumerate(row) if place not in aside] for row in rows
        ]

    return looked_at(one) == looked_at(other)


def _told(cursor: Any) -> tuple[Any, ...]:
    rows = []
    if cursor.description is not None and cursor.rowcount > 0:
        rows = cursor.fetchall()
        cursor.scroll(0, mode="absolute")
    return cursor.statusmessage, cursor.rowcount, rows
