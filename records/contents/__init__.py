"""What a deposited file really is: opened, cleaned and measured, never believed by its name.

Bytes in, bytes out, or a refusal that says what to do. Knows no model and no viewer.
"""

from __future__ import annotations

from records.contents.content import (
    EXTENSIONS,
    JPEG,
    MAX_BYTES,
    PDF,
    PNG,
    TEXT,
    Content,
    WrongContent,
    check_size,
)
from records.contents.examining import examine


__all__ = [
    "EXTENSIONS",
    "JPEG",
    "MAX_BYTES",
    "PDF",
    "PNG",
    "TEXT",
    "Content",
    "WrongContent",
    "check_size",
    "examine",
]
