"""Refused rows kept one by one: why, where, and the row as it was, sealed for who sent the file.

Must not know how a page or a file of rejects shows them.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from psycopg2.extras import execute_values

from records import keys


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from django.db.backends.utils import CursorWrapper

    from imports.parsing import RefusedRow

MOST_KEPT: Final = 100_000
"""Rows kept one by one; beyond, a file is wrong as a whole and its refusals are only counted."""
_AT_ONCE: Final = 1_000
_MOST_GROUPS: Final = 1_000
"""Reasons and columns counted apart: a load's row, which every list of loads reads, holds them."""
_LONGEST: Final = {"column": 60, "code": 40, "found": 200, "correction": 200}


class Refusals:
    """The refused rows of one load, counted always and kept within bounds."""

    def __init__(self, load_id: uuid.UUID) -> None:
        self.rows = 0
        self._load_id = load_id
        self._groups: Counter[tuple[str, str]] = Counter()
        self._waiting: list[tuple[Any, ...]] = []

    @property
    def is_full(self) -> bool:
        """Whether enough rows wait to be written."""
        return len(self._waiting) >= _AT_ONCE

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Return the rows counted by reason and column, the most frequent first."""
        ordered = sorted(self._groups.items(), key=lambda item: (-item[1], item[0]))
        return [
            {"code": code, "column": column, "count": count} for (code, column), count in ordered
        ]

    def add(self, rows: Iterable[RefusedRow]) -> None:
        """Take note of refused rows; a row that breaks several rules is one row."""
        for row in rows:
            self.rows += 1
            self._count(row)
            if self.rows > MOST_KEPT:
                continue
            self._note(row, sealed(self._load_id, row.line, row.values))

    def _count(self, row: RefusedRow) -> None:
        self._groups.update({self._group(each.code, each.column) for each in row.refusals})

    def _group(self, code: str, column: str) -> tuple[str, str]:
        """Return where a refusal is counted: of elements, whose names the sender makes, a few."""
        many = len(self._groups) >= _MOST_GROUPS and (code, column) not in self._groups
        return (code, "") if many else (code, column)

    def _note(self, row: RefusedRow, original: bytes | None) -> None:
        for refusal in row.refusals:
            facts = {
                name: str(getattr(refusal, name))[:length] for name, length in _LONGEST.items()
            }
            params = json.dumps(dict(refusal.parameters))
            self._waiting.append((self._load_id, row.line, *facts.values(), params, original))
            original = None  # once is enough

    def also(self, rows: Iterable[RefusedRow]) -> None:
        """Take note of more that is wrong with rows that are refused and counted already."""
        for row in rows:
            self._count(row)
            if self.rows <= MOST_KEPT:
                self._note(row, None)

    def count(self, code: str, column: str, rows: int) -> None:
        """Count refused rows that are too many to be kept one by one."""
        self.rows += rows
        self._groups[code, column] += rows

    def write(self, cursor: CursorWrapper) -> None:
        """Write what waits."""
        if self._waiting:
            execute_values(
                cursor.cursor,
                "INSERT INTO imports_refusedrow"
                ' (load_id, line, "column", code, found, correction, params, original_sealed)'
                " VALUES %s",
                self._waiting,
                template="(%s::uuid, %s, %s, %s, %s, %s, %s::jsonb, %s)",
                page_size=_AT_ONCE,
            )
            self._waiting.clear()


def _about(load_id: uuid.UUID, line: int) -> bytes:
    return f"{load_id}|refused|{line}".encode()


def sealed(load_id: uuid.UUID, line: int, values: Iterable[str]) -> bytes:
    """Seal the values of a row, in the order of the file's header."""
    clear = json.dumps(list(values), ensure_ascii=False).encode()
    return keys.seal_with_master(clear, about=_about(load_id, line))


def unsealed(load_id: uuid.UUID, line: int, original: bytes) -> list[str]:
    """Return what `sealed` was given."""
    clear: list[str] = json.loads(keys.unseal_with_master(original, about=_about(load_id, line)))
    return clear
