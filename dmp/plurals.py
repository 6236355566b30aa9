"""French sentences that are their own name in the catalogue: « 0 patient », not « 0 patients ».

Their plural is chosen by gettext's fallback, whose rule is that of English. Knows no sentence.
"""

from __future__ import annotations

import gettext
from typing import Final

from django.utils.translation import trans_real


_PLURAL_FROM: Final = 2


class FrenchSentences(gettext.NullTranslations):
    """What is said where the French catalogue has no entry: the sentence itself."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the singular for nothing and for one, as French does."""
        return msgid1 if n < _PLURAL_FROM else msgid2


def say_zero_as_one() -> None:
    """Give the French catalogue its own fallback."""
    trans_real.translation("fr").add_fallback(FrenchSentences())
