"""PDF files: opened, searched for programs and hidden files, written again, first page drawn."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Final

import pikepdf
import pypdfium2
from django.utils.translation import gettext as _

from records.contents.content import PDF, Content, WrongContent
from records.contents.pictures import PREVIEW_WIDTH, as_png


if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGES: Final = 200
_MAX_DEPTH: Final = 50
_LARGEST_SCALE: Final = 4
# Actions that run, send, fetch or play something (ISO 32000, 12.6.4).
_ACTIONS = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition",
        "/RichMediaExecute", "/Movie", "/Sound",
    }
)  # fmt: skip
# Parts that carry another file or a program, by their type or by the key that holds them.
_PARTS = frozenset(
    {"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
)
_KEYS = ("/JS", "/EF", "/RichMediaContent", "/XFA")
# What opens by itself, or keeps a place for what was refused above.
_STRIPPED = ("/OpenAction", "/AA", "/AF", "/Collection")
# PDFium is not made for two threads at once.
_drawing = threading.Lock()


def read_pdf(data: bytes) -> Content:
    """Return a PDF as it will be kept. Raises ``WrongContent``."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            _refuse_active(pdf)
            pages = len(pdf.pages)
            if pages > MAX_PAGES:
                message = _("Ce PDF a %(pages)d pages. Limite : 200. Déposez-le en plusieurs.")
                raise WrongContent(message % {"pages": pages})
            if not pages:
                raise _damaged()
            for name in _STRIPPED:
                if name in pdf.Root:
                    del pdf.Root[name]
            cleaned = io.BytesIO()
            pdf.save(cleaned, deterministic_id=True)
    except pikepdf.PasswordError as error:
        message = _("Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection.")
        raise WrongContent(message) from error
    except (pikepdf.PikepdfError, RecursionError, RuntimeError, ValueError) as error:
        raise _damaged() from error
    kept = cleaned.getvalue()
    return Content(kept, PDF, pages, _preview(kept))


def _damaged() -> WrongContent:
    return WrongContent(_("Ce PDF est abîmé : il ne s'ouvre pas. Enregistrez-le de nouveau."))


def _refuse_active(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        for found in _within(item, _MAX_DEPTH):
            if _is_active(found):
                raise WrongContent(
                    _(
                        "Ce PDF contient un programme ou une pièce jointe cachée. "
                        "Imprimez-le en PDF, puis déposez la copie."
                    )
                )


def _is_active(found: pikepdf.Object) -> bool:
    if any(key in found for key in _KEYS):
        return True
    kinds = {str(found.get("/Type", "")), str(found.get("/Subtype", ""))}
    return str(found.get("/S", "")) in _ACTIONS or not kinds.isdisjoint(_PARTS)


def _within(item: pikepdf.Object, depth: int) -> Iterator[pikepdf.Object]:
    """Give every dictionary written inside an object; what it points at has its own turn."""
    if depth == 0:
        raise _damaged()
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        inside = list(item.values())
    elif isinstance(item, pikepdf.Array):
        inside = list(item)
    else:
        return
    for one in inside:
        # Numbers and names come as plain Python.
        if not getattr(one, "is_indirect", True):
            yield from _within(one, depth - 1)


def _preview(data: bytes) -> bytes:
    """Draw the first page; nothing where it can't be drawn, the file stays readable."""
    with _drawing:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError:
            return b""
        try:
            page = document[0]
            wide, high = max(page.get_width(), 1), max(page.get_height(), 1)
            scale = min(PREVIEW_WIDTH / wide, PREVIEW_WIDTH * 2 / high, _LARGEST_SCALE)
            return as_png(page.render(scale=scale).to_pil())
        except (pypdfium2.PdfiumError, ValueError):
            return b""
        finally:
            document.close()
