"""How the driver reads keys from the database, and writes them: faster than its own way.

A list of fifty documents spends a fifth of its time there. It must not know whose keys they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, SafeUUID

from psycopg2 import extensions


if TYPE_CHECKING:
    from collections.abc import Iterable


_UUID, _UUIDS = 2950, 2951  # PostgreSQL's own numbers for the type and its array
# Looked up once: they are asked for at every key of every row.
_set_int = UUID.__dict__["int"].__set__
_set_is_safe = UUID.__dict__["is_safe"].__set__
_UNKNOWN = SafeUUID.unknown
_new = object.__new__


def key_of(text: str | None, _cursor: object = None) -> UUID | None:
    """Return the key that PostgreSQL wrote: always 36 characters, lower case, with dashes."""
    if text is None:
        return None
    # What `uuid.UUID` does once it has found out in which of its six ways it is called.
    key: UUID = _new(UUID)
    _set_int(key, int(text.replace("-", ""), 16))
    _set_is_safe(key, _UNKNOWN)
    return key


KEY = extensions.new_type((_UUID,), "UUID", key_of)
KEYS = extensions.new_array_type((_UUIDS,), "UUID[]", KEY)


def written(key: UUID) -> Any:
    """Return a key as SQL: nothing of it is to be escaped."""
    return extensions.AsIs(f"'{key}'::uuid")


def listed(keys: Iterable[UUID]) -> str:
    """Return a list of keys as PostgreSQL writes it, to be cast: read in one go.

    Written one by one, each is an expression that the database weighs: hundreds in each statement
    of a set take longer than many of these statements.
    """
    return "{" + ",".join([f"{key.int:032x}" for key in keys]) + "}"


def listed_bytes(values: Iterable[bytes]) -> str:
    """Return a list of digests in the same way."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def read_keys_fast(connection: Any, **_signal: Any) -> None:
    """Have a connection of Django's read keys this way, and write them."""
    # Not sooner: Django gives the driver another way when it first loads its own.
    extensions.register_adapter(UUID, written)
    for kind in (KEY, KEYS):
        extensions.register_type(kind, connection.connection)
