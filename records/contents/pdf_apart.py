"""A program of its own: opens a PDF, writes it again, draws its first page. Knows nothing of ours.

A few kilobytes can hold gigabytes, or hours of drawing: it is given so many seconds of a processor
and bytes of memory, and dies beyond. It reads the file from its input and writes one line on what
it found, the file as it will be kept, then the picture. Whoever starts it gives it no secret.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import TYPE_CHECKING, Final

import pikepdf
import pypdfium2


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


class NotTaken(Exception):
    """The file isn't taken: the word says why."""

    def __init__(self, why: str, pages: int = 0) -> None:
        super().__init__(why)
        self.why, self.pages = why, pages


def opened(data: bytes) -> tuple[bytes, int]:
    """Return a PDF as it will be kept, and its pages. Raises ``NotTaken``."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            _refuse_active(pdf)
            pages = len(pdf.pages)
            if pages > MAX_PAGES:
                raise NotTaken("pages", pages)
            if not pages:
                raise NotTaken("damaged")
            for name in _STRIPPED:
                if name in pdf.Root:
                    del pdf.Root[name]
            cleaned = io.BytesIO()
            pdf.save(cleaned, deterministic_id=True)
    except pikepdf.PasswordError as error:
        raise NotTaken("locked") from error
    except (pikepdf.PikepdfError, RecursionError, RuntimeError, ValueError) as error:
        raise NotTaken("damaged") from error
    return cleaned.getvalue(), pages


def _refuse_active(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        for found in _within(item, _MAX_DEPTH):
            if _is_active(found):
                raise NotTaken("active")


def _is_active(found: pikepdf.Object) -> bool:
    if any(key in found for key in _KEYS):
        return True
    kinds = {str(found.get("/Type", "")), str(found.get("/Subtype", ""))}
    return str(found.get("/S", "")) in _ACTIONS or not kinds.isdisjoint(_PARTS)


def _within(item: pikepdf.Object, depth: int) -> Iterator[pikepdf.Object]:
    """Give every dictionary written inside an object; what it points at has its own turn."""
    if depth == 0:
        raise NotTaken("damaged")
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


def preview(data: bytes, width: int) -> bytes:
    """Draw the first page; nothing where it can't be drawn, the file stays readable."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return b""
    try:
        page = document[0]
        wide, high = max(page.get_width(), 1), max(page.get_height(), 1)
        scale = min(width / wide, width * 2 / high, _LARGEST_SCALE)
        drawn = io.BytesIO()
        page.render(scale=scale).to_pil().save(drawn, format="PNG", optimize=True)
        return drawn.getvalue()
    except (pypdfium2.PdfiumError, ValueError):
        return b""
    finally:
        document.close()


def main(seconds: int, memory: int, width: int) -> None:
    """Open what comes in. What dies while it draws has written the file already."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    out = sys.stdout.buffer
    try:
        kept, pages = opened(sys.stdin.buffer.read())
    except NotTaken as refused:
        out.write(json.dumps({"why": refused.why, "pages": refused.pages}).encode())
        return
    out.write(json.dumps({"why": "", "pages": pages, "size": len(kept)}).encode() + b"\n" + kept)
    out.flush()
    out.write(preview(kept, width))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
