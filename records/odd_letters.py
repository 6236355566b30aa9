"""Letters that nobody types and that a screen obeys: they hide words, or turn them round.

Pure: no database, no screen. Must not know where a text is kept.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from django.utils.translation import gettext as _


_LINES: Final = frozenset("\n\r\t")
_ORDERS: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def has_odd_letters(text: str) -> bool:
    """Tell whether a text holds a control character, or one that orders letters otherwise."""
    return any(
        unicodedata.category(letter) == "Cc" or unicodedata.bidirectional(letter) in _ORDERS
        for letter in text
        if letter not in _LINES
    )


def odd_letters_said() -> str:
    """Return what is read by whoever typed one, or pasted it."""
    return _(
        "Ce texte contient un caractère invisible qui change l'ordre des lettres. Effacez ce texte"
        " et tapez-le de nouveau, sans le copier."
    )
