"""Photographs: opened, turned upright and written again without what they say of their place."""

from __future__ import annotations

import io
import warnings
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from records.contents.content import JPEG, PNG, Content, WrongContent


MAX_PIXELS: Final = 50_000_000
PREVIEW_WIDTH: Final = 900
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def read_picture(data: bytes) -> Content:
    """Return a picture as it will be kept. Raises ``WrongContent``.

    Its place, its date and its camera are left out; which way up it goes is applied first.
    """
    jpeg = data.startswith(b"\xff\xd8\xff")
    try:
        picture = _opened(data, jpeg=jpeg)
    except _BOMBS as error:
        raise _too_large() from error
    except _BROKEN as error:
        message = _("Cette image est abîmée : elle ne s'ouvre pas. Prenez la photo de nouveau.")
        raise WrongContent(message) from error
    kept = io.BytesIO()
    if jpeg:
        picture.save(kept, format="JPEG", quality=90)
    else:
        picture.save(kept, format="PNG", optimize=True)
    small = picture.copy()
    small.thumbnail((PREVIEW_WIDTH, PREVIEW_WIDTH * 2))
    return Content(kept.getvalue(), JPEG if jpeg else PNG, 1, as_png(small))


def _opened(data: bytes, *, jpeg: bool) -> Image.Image:
    # WeasyPrint turns this on for the whole process when it is imported: once a leaflet has been
    # printed, half a photograph would be taken for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _too_large()
            upright = ImageOps.exif_transpose(opened)
            shades = _eight_bits(upright)
            clear = not jpeg and shades.has_transparency_data
            picture = shades.convert("RGBA" if clear else "RGB")
            # A new picture: nothing the file said beside its points goes with it.
            bare = Image.new(picture.mode, picture.size)
            bare.paste(picture)
            return bare


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Bring the 65,536 greys of a radiograph down to what a screen shows; else all is white."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda grey: grey / 256).convert("L")


def _too_large() -> WrongContent:
    return WrongContent(
        _(
            "Cette image est trop grande. Limite : 50 millions de points. "
            "Réduisez-la, puis déposez-la de nouveau."
        )
    )


def as_png(picture: Image.Image) -> bytes:
    """Return a picture as the bytes of a PNG."""
    stream = io.BytesIO()
    picture.save(stream, format="PNG", optimize=True)
    return stream.getvalue()
