"""How a leaflet's code is made and found again: nine characters, kept as a keyed hash only.

Nobody stores the code itself: it is made from the attempt that asked for it, so that a second
press of the same button prints the same leaflet. Knows no database.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings


if TYPE_CHECKING:
    import uuid


# Without what is read for something else: B 8, I 1, O 0, S 5, Z 2.
ALPHABET = "ACDEFGHJKLMNPQRTUVWXY34679"
LENGTH = 9


def code_of(attempt: uuid.UUID) -> str:
    """Return the code of one attempt: the same however often it is asked for."""
    number = int.from_bytes(_keyed(f"activation-attempt|{attempt.hex}"))
    letters = []
    for _step in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def code_digest(code: str) -> bytes:
    """Return the keyed hash a code is found by; spaces, dashes and small letters don't count."""
    bare = "".join(c for c in code.upper() if c.isalnum())
    return _keyed(f"activation-code|{bare}")


def _keyed(message: str) -> bytes:
    return hmac.new(settings.DMP_INDEX_KEY, message.encode(), hashlib.sha256).digest()
