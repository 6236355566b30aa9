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
from records.contents.texts import Passage, passages


__all__ = [
    "EXTENSIONS",
    "JPEG",
    "MAX_BYTES",
    "PDF",
    "PNG",
    "TEXT",
    "Content",
    "Passage",
    "WrongContent",
    "check_size",
    "examine",
    "passages",
]
