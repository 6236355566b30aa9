"""Statements that PostgreSQL plans once per connection: planning costs more than reading here.

It must not know what the statements ask. Where a proxy pools transactions, a connection isn't the
same from one transaction to the next: Django's own setting for it (DISABLE_SERVER_SIDE_CURSORS)
makes each statement be sent whole.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections


if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.backends.base.base import BaseDatabaseWrapper


# Every name a statement may hold a value under, and the type it is declared with.
TYPES = {
    "record": "uuid",
    "user": "uuid",
    "person": "uuid",
    "practice": "uuid",
    "professional": "uuid",
    "structure": "uuid",
    "shared": "uuid[]",
    "at": "timestamptz",
    "today": "date",
    "records": "uuid[]",
    **dict.fromkeys(("persons", "users", "professionals", "structures", "practices"), "uuid[]"),
    "after": "timestamptz",
    "words": "text",
    "like": "text",
    "accented": "text",
    "plain": "text",
    "limit": "integer",
    "offset": "integer",
}
# Beyond it a statement is sent whole: a plan takes some hundred kilobytes of each connection.
MOST_PREPARED = 100

_NAME = re.compile(r"%\((\w+)\)s")
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Statement:
    """SQL with ``%(name)s`` for each value; ``called`` begins its name in the database."""

    sql: str
    called: str
    _key: str = field(init=False, repr=False)
    _prepare: str = field(init=False, repr=False)
    _execute: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = list(dict.fromkeys(_NAME.findall(self.sql)))
        places = {name: f"${number}" for number, name in enumerate(names, start=1)}
        body = _NAME.sub(lambda found: places[found[1]], self.sql).replace("%%", "%")
        key = f"{self.called}_{hashlib.sha256(self.sql.encode()).hexdigest()[:16]}"
        types = f" ({', '.join(TYPES[name] for name in names)})" if names else ""
        given = f" ({', '.join(f'%({name})s' for name in names)})" if names else ""
        object.__setattr__(self, "_key", key)
        object.__setattr__(self, "_prepare", f"prepare {key}{types} as {body}")
        # Planning under row security costs more than reading: never again for these values.
        once = "set local plan_cache_mode = force_generic_plan"
        object.__setattr__(self, "_execute", f"{once}; execute {key}{given}")

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return every row, as one statement of the connection's transaction."""
        # The wrapper itself: what stands for it finds it anew each time something is asked of it.
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            whole = database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False)
            known = not whole and self._is_prepared(database)
            cursor.execute(self._execute if known else self.sql, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _is_prepared(self, database: BaseDatabaseWrapper) -> bool:
        """Prepare it once on this connection, of which Django's wrapper is a mere holder."""
        driver: Any = database.connection
        known = _prepared.setdefault(driver, set())
        if self._key in known:
            return True
        if len(known) >= MOST_PREPARED:
            return False
        with database.wrap_database_errors, driver.cursor() as cursor:
            cursor.execute(self._prepare)
        known.add(self._key)
        return True
