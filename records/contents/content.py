"""A file as it is kept, the types that are taken, and the sentence for any other."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _


MEGABYTE: Final = 1024 * 1024
MAX_BYTES: Final = 10 * MEGABYTE
PDF, JPEG, PNG, TEXT = "application/pdf", "image/jpeg", "image/png", "text/plain"
EXTENSIONS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png", TEXT: "txt"}


class WrongContent(Exception):
    """A file that isn't taken: the sentence says what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it will be kept: its bytes after cleaning, type, pages and first-page preview."""

    data: bytes
    media_type: str
    pages: int | None
    preview: bytes

    @property
    def sha1(self) -> bytes:
        """Return the SHA-1 of the bytes served, as FHIR's attachment hash wants it."""
        return hashlib.sha1(self.data, usedforsecurity=False).digest()


def check_size(size: int) -> None:
    """Raise ``WrongContent`` for a file of no byte, or of more than 10 MB."""
    if size == 0:
        raise WrongContent(_("Ce fichier est vide (0 octet). Choisissez-en un autre."))
    if size > MAX_BYTES:
        raise WrongContent(
            _("Ce fichier fait %(size)s Mo. Limite : 10 Mo. Conseil : envoyez une photo par page.")
            % {"size": megabytes(size)}
        )


def megabytes(size: int) -> str:
    """Return a number of bytes in megabytes, never rounded down to the limit it is over."""
    return number_format(math.ceil(size / MEGABYTE * 10) / 10, decimal_pos=1)


def not_taken() -> WrongContent:
    """Return the refusal of whatever is neither a PDF, a picture nor plain text."""
    return WrongContent(
        _(
            "Ce type de fichier n'est pas accepté. "
            "Déposez un PDF, une photo (JPEG ou PNG) ou un texte simple."
        )
    )
