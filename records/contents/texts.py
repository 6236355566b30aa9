"""Plain text: words and nothing that a browser or a reader would take for something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from records.contents.columns import Columns, columns_of
from records.contents.content import MEGABYTE, TEXT, Content, WrongContent, megabytes, not_taken


MAX_TEXT_BYTES: Final = MEGABYTE
# What else these bytes could be opened as: a page, a drawing, a feed, a word processor's file.
_MARKUP = re.compile(r"<[!?/a-z]|\{\\rtf|%!ps", re.IGNORECASE)
# A PDF may begin anywhere in its first thousand bytes.
_PDF_WITHIN = 1024
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
# Words set apart by spaces or a tab are a column.
_COLUMN = re.compile(r"\S(?: {3,}|[ ]*\t\s*)\S")
_ACCENT_OF_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_ODD = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def read_text(data: bytes) -> Content:
    """Return a text as it will be kept, in UTF-8. Raises ``WrongContent``."""
    text = _decoded(data)
    bare = text.lstrip()
    if _ODD.search(text) or _MARKUP.match(bare) or "%PDF-" in text[:_PDF_WITHIN]:
        raise not_taken()
    if not bare:
        raise WrongContent(_("Ce fichier ne contient aucun mot. Choisissez-en un autre."))
    kept = text.encode()
    if len(kept) > MAX_TEXT_BYTES:
        message = _("Ce texte fait %(size)s Mo. Limite : 1 Mo. Enregistrez-le en PDF.")
        raise WrongContent(message % {"size": megabytes(len(kept))})
    return Content(kept, TEXT, None, b"")


def _decoded(data: bytes) -> str:
    """Return the words of a text in UTF-8, else in the letters of older Windows software.

    A text in UTF-8 that was damaged is refused: its accents would be read as other letters.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _ACCENT_OF_UTF8.search(data):
            raise not_taken() from error
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise not_taken() from error


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text between blank lines; in ``columns`` its spaces mean something."""

    text: str
    columns: bool

    @property
    def table(self) -> Columns | None:
        """Return it as a table, where that leaves no doubt of what stands under what."""
        return columns_of(self.text) if self.columns else None


def passages(text: str) -> list[Passage]:
    """Return a text as its passages; those in columns that follow each other are one table."""
    found: list[Passage] = []
    for block in _BLANK_LINES.split(text.replace("\r\n", "\n")):
        if not block.strip():
            continue
        columns = bool(_COLUMN.search(block))
        if columns and found and found[-1].columns:
            found[-1] = Passage(f"{found[-1].text}\n\n{block.rstrip()}", columns=True)
        else:
            found.append(Passage(block.rstrip() if columns else block.strip(), columns))
    return found
