"""Whether the title of a document says something of the person, or only that it is a document.

Must not know who asks.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from records.care.documents import VISIT_REPORTS
from records.reference.people import plain


if TYPE_CHECKING:
    from records.care.documents import DocumentFact


# Words of every title: links, and what a document is called.
_OF_DOCUMENTS: Final = frozenset(
    {
        "a", "au", "aux", "avec", "d", "de", "des", "dr", "docteur", "du", "en", "et", "l", "la",
        "le", "les", "m", "mme", "par", "pour", "pr", "professeur", "suite", "un", "une",
        "annexe", "bilan", "compte", "copie", "courrier", "cr", "crh", "document", "dossier",
        "envoi", "fichier", "image", "lettre", "liaison", "medical", "medicale", "medecin",
        "nouveau", "nouvelle", "page", "pdf", "rapport", "recu", "rendu", "scan", "sortie",
        "specialiste", "synthese",
    },
)  # fmt: skip
# And of what a visit is called: that somebody was seen somewhere is no history of theirs.
_OF_VISITS: Final = frozenset(
    {
        "avis", "chirurgicale", "chirurgie", "chirurgien", "consultation", "controle", "examen",
        "generale", "hospitalier", "hospitaliere", "passage", "premiere", "rendez",
        "specialisee", "suivi", "teleconsultation", "urgences", "visite", "vous", "an", "annee",
        "annuelle", "jour", "mois", "semaine", "trimestre",
    },
)  # fmt: skip
_SPECIALTY: Final = re.compile(r"\w+(?:logie|logique|logue|iatrie|iatrique|iatre)|sage|femme")
_ORDINAL: Final = re.compile(r"\d+\w{0,3}|\w+ieme")
# After these comes a name, as far as the next comma.
_NAMED: Final = frozenset(
    {
        "dr", "docteur", "pr", "professeur", "centre", "hopital", "clinique", "polyclinique",
        "chu", "ch", "cabinet", "maison",
    },
)  # fmt: skip


def says_something(document: DocumentFact) -> bool:
    """Tell whether a title says more than the kind of document, who wrote it, where and when."""
    common = _OF_DOCUMENTS | set(_words(document.author_name))
    parts = [_words(part) for part in re.split(r"[,:;()–]", document.title)]
    parts = [list(takewhile(lambda word: word not in _NAMED, part)) for part in parts]
    if document.type_code in VISIT_REPORTS:
        common |= _OF_VISITS
        parts = [[word for word in part if not _SPECIALTY.fullmatch(word)] for part in parts]
    return any(
        word not in common and not _ORDINAL.fullmatch(word) for part in parts for word in part
    )


def _words(text: str) -> list[str]:
    return plain(text).lower().split()
