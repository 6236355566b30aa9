"""The words that would give away what a patient hid: names, substances, specialties.

Pure: facts in, words out. The treating GP alone is told of them, before free text is published.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    {
        "consultation", "visite", "medecin", "docteur", "generale", "generaliste", "hopital",
        "clinique", "cabinet", "pharmacie", "laboratoire", "centre", "maison", "sante",
        "compte", "rendu", "lettre", "document", "resultat", "ordonnance", "traitement",
        "comprime", "comprimes", "gelule", "gelules", "boite", "solution", "injectable",
        "seance", "seances", "acte", "actes", "pour", "avec", "sans",
        "dans", "chez", "depuis", "sang", "dosage", "analyse", "transport",
        "ambulance", "taxi", "professionnel", "patient",
    }
)  # fmt: skip


def words_of(text: str) -> set[str]:
    """Return the telling words of a text: four letters or more, without accents or capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return set(_WORD.findall(plain)) - _COMMON


def given_away(text: str, hidden: Iterable[str], shown: Iterable[str] = ()) -> list[str]:
    """Return the words of a free text that only masked elements carry, in alphabetical order.

    A word that what everybody sees carries too gives nothing away.
    """
    telling: set[str] = set()
    for one in hidden:
        telling |= words_of(one)
    for one in shown:
        telling -= words_of(one)
    return sorted(words_of(text) & telling)
