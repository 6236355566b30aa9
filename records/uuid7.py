"""UUID version 7 made in Python: keys known before the insert, sortable by time, never sequential.

The standard library's comes with Python 3.14. No database default is used: under row security an
insert that returns a row its writer may not read is refused.
"""

from __future__ import annotations

import os
import time
import uuid
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    import datetime as dt


def uuid7() -> uuid.UUID:
    """Return a new UUID version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10))
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0b11 << 62) | 0b10 << 62
    return uuid.UUID(int=number)


def first_uuid7(at: dt.datetime) -> uuid.UUID:
    """Return the lowest key that can be made from an instant on: keys sort by time."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)
