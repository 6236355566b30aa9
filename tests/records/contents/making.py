"""Makes files as people deposit them, and spoilt ones; says nothing of what is taken."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pikepdf
from PIL import Image, PngImagePlugin


if TYPE_CHECKING:
    from collections.abc import Callable


def a_pdf(
    *,
    pages: int = 1,
    spoil: Callable[[pikepdf.Pdf], None] | None = None,
    encryption: Any = None,
    size: tuple[float, float] = (595, 842),
) -> bytes:
    pdf = pikepdf.new()
    for _page in range(pages):
        pdf.add_blank_page(page_size=size)
    if spoil is not None:
        spoil(pdf)
    written = io.BytesIO()
    pdf.save(written, encryption=encryption or False)
    return written.getvalue()


def a_photo(*, size: tuple[int, int] = (40, 30), exif: dict[int, Any] | None = None) -> bytes:
    picture = Image.effect_noise(size, 80).convert("RGB")
    said = Image.Exif()
    for tag, value in (exif or {}).items():
        said[tag] = value
    written = io.BytesIO()
    picture.save(written, format="JPEG", exif=said)
    return written.getvalue()


def a_png(*, mode: str = "RGB", text: tuple[str, str] | None = None) -> bytes:
    picture = Image.effect_noise((40, 30), 80).convert(mode)
    if mode == "RGBA":
        picture.putpixel((0, 0), (0, 0, 0, 0))
    said = PngImagePlugin.PngInfo()
    if text:
        said.add_text(*text)
    written = io.BytesIO()
    picture.save(written, format="PNG", pnginfo=said)
    return written.getvalue()
