"""UUID version 5, a key made of a name, at half the cost of the standard library's.

A set of fillings makes one for each line and each episode. It must not know what is named.
"""

from __future__ import annotations

from hashlib import sha1
from uuid import UUID, SafeUUID


_ITS_OWN = (1 << 128) - 1 & ~(0xF << 76) & ~(0b11 << 62)
_VERSION_5 = 5 << 76 | 0b10 << 62
# Looked up once, as in `dmp.keys`.
_set_int = UUID.__dict__["int"].__set__
_set_is_safe = UUID.__dict__["is_safe"].__set__
_UNKNOWN = SafeUUID.unknown
_new = object.__new__


def uuid5(namespace: UUID, name: str) -> UUID:
    """Return what `uuid.uuid5` does."""
    digest = sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    key: UUID = _new(UUID)
    _set_int(key, int.from_bytes(digest[:16]) & _ITS_OWN | _VERSION_5)
    _set_is_safe(key, _UNKNOWN)
    return key
