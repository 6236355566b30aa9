"""The same code on a connection that row security doesn't hold: the owner's."""

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
