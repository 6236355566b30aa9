"""UUID version 5, a key made of a name, at half the cost of the standard library's.

A set of fillings makes one for each line and each episode. It must not know what is named.
"""

from __future__ import annotations

from hashlib import sha1
from uuid import UUID, SafeUUID


_ITS_OWN = (1 << 128) - 1 & ~(0xF << 76) & ~(0b11 << 62)
_VERSION_5 = 5 << 76 | 0b10 << 62


def uuid5(namespace: UUID, name: str) -> UUID:
    """Return what `uuid.uuid5` does."""
    digest = sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    key = object.__new__(UUID)
    object.__setattr__(key, "int", int.from_bytes(digest[:16]) & _ITS_OWN | _VERSION_5)
    object.__setattr__(key, "is_safe", SafeUUID.unknown)
    return key
