"""What a message is made of, and the sentences they are fitted into; knows no code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `title` heads a group of rows to repair together, `advice` says what to do.

    `expected` completes "attendu ..."; it is empty for what concerns the whole file, where the
    title is the sentence.
    """

    title: str
    expected: str
    advice: str


def marked(text: str) -> str:
    """Mark a text for the catalogue."""
    return text


_ = marked

ASK_AGAIN: Final = _("Demandez de nouveau le fichier à la caisse, ou refaites l'export.")

ON_ROW: Final = _("Ligne %(line)s : attendu %(expected)s.")
ON_COLUMN: Final = _(
    "Ligne %(line)s, colonne %(column)s : attendu %(expected)s, lu « %(found)s »."
)
ON_EMPTY: Final = _("Ligne %(line)s, colonne %(column)s : attendu %(expected)s, rien trouvé.")
PLACED: Final = {
    # A row that is no line of the file is told by its place: a table and its line, an item.
    ON_ROW: _("%(place)s : attendu %(expected)s."),
    ON_COLUMN: _("%(place)s, colonne %(column)s : attendu %(expected)s, lu « %(found)s »."),
    ON_EMPTY: _("%(place)s, colonne %(column)s : attendu %(expected)s, rien trouvé."),
}
WITH_CORRECTION: Final = _("Correction proposée : %(correction)s.")
