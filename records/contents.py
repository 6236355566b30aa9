"""What a deposited file really is: opened, cleaned and measured, never believed by its name.

Pure of Django's models: bytes in, bytes out, or a refusal that says what to do.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError


if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 1024 * 1024
MAX_BYTES = 10 * MEGABYTE
MAX_TEXT_BYTES = MEGABYTE
MAX_PAGES = 200
MAX_PIXELS = 50_000_000
PREVIEW_WIDTH = 900
PDF, JPEG, PNG, TEXT = "application/pdf", "image/jpeg", "image/png", "text/plain"
EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png", TEXT: "txt"}
_ACTIVE = ("/JS", "/JavaScript", "/Launch", "/RichMedia", "/EmbeddedFile", "/SubmitForm")
_STRIPPED = ("/OpenAction", "/AA", "/AF", "/Names", "/Collection")


class WrongContent(ValueError):
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


def examine(data: bytes) -> Content:
    """Open a file by its content and return what will be kept. Raises ``WrongContent``."""
    if not data:
        raise WrongContent(_("Ce fichier est vide (0 octet). Choisissez-en un autre."))
    if len(data) > MAX_BYTES:
        size = len(data) / MEGABYTE
        raise WrongContent(
            _(
                "Ce fichier fait %(size).0f Mo. Limite : 10 Mo. "
                "Conseil : envoyez une photo par page."
            )
            % {"size": size}
        )
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _image(data)
    return _text(data)


def _pdf(data: bytes) -> Content:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            _refuse_active(pdf)
            pages = len(pdf.pages)
            if not 0 < pages <= MAX_PAGES:
                raise WrongContent(
                    _("Ce PDF a %(pages)d pages. Il en faut de 1 à 200.") % {"pages": pages}
                )
            for name in _STRIPPED:
                if name in pdf.Root:
                    del pdf.Root[name]
            cleaned = io.BytesIO()
            pdf.save(cleaned, deterministic_id=True)
    except pikepdf.PasswordError as error:
        message = _("Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection.")
        raise WrongContent(message) from error
    except (pikepdf.PdfError, RecursionError) as error:
        message = _("Ce PDF est abîmé : il ne s'ouvre pas. Enregistrez-le de nouveau.")
        raise WrongContent(message) from error
    kept = cleaned.getvalue()
    return Content(kept, PDF, pages, _pdf_preview(kept))


def _refuse_active(pdf: pikepdf.Pdf) -> None:
    for found in _dictionaries(pdf):
        subtype = (
            str(found.get("/S", "")) + str(found.get("/Type", "")) + str(found.get("/Subtype", ""))
        )
        if any(name in found for name in _ACTIVE[:2]) or any(name in subtype for name in _ACTIVE):
            raise WrongContent(
                _(
                    "Ce PDF contient un programme ou une pièce jointe cachée. "
                    "Imprimez-le en PDF, puis déposez la copie."
                )
            )


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item  # type: ignore[misc]  # a stream answers like its dictionary
            for value in item.values():
                if isinstance(value, pikepdf.Dictionary):
                    yield value


def _pdf_preview(data: bytes) -> bytes:
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        scale = min(PREVIEW_WIDTH / max(page.get_width(), 1), 4)
        picture = page.render(scale=scale).to_pil()
    except pypdfium2.PdfiumError:
        return b""
    finally:
        document.close()
    return _png(picture)


def _image(data: bytes) -> Content:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise WrongContent(
                    _("Cette image est trop grande. Limite : 50 millions de points.")
                )
            kind = opened.format
            picture = opened.convert("RGB" if kind == "JPEG" else "RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        message = _("Cette image est abîmée : elle ne s'ouvre pas. Prenez la photo de nouveau.")
        raise WrongContent(message) from error
    # Written again without its metadata: a photograph carries the place where it was taken.
    kept = io.BytesIO()
    picture.save(kept, format=kind, **({"quality": 90} if kind == "JPEG" else {"optimize": True}))
    preview = picture.copy()
    preview.thumbnail((PREVIEW_WIDTH, PREVIEW_WIDTH * 2))
    return Content(kept.getvalue(), JPEG if kind == "JPEG" else PNG, 1, _png(preview))


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _text(data: bytes) -> Content:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongContent(_not_taken()) from error
    if (
        "\0" in text
        or len(data) > MAX_TEXT_BYTES
        or text.lstrip()[:5].lower() in {"<html", "<!doc"}
    ):
        raise WrongContent(_not_taken())
    return Content(text.encode(), TEXT, None, b"")


def _not_taken() -> str:
    return _(
        "Ce type de fichier n'est pas accepté. "
        "Déposez un PDF, une photo (JPEG ou PNG) ou un texte simple."
    )
