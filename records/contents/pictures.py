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
# The few shades that are kept as they are, and what they are drawn small in.
_SHADES: Final = {"1": "L", "L": "L", "P": "RGB"}
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
        # Not pressed any further: of noise, that takes minutes.
        picture.save(kept, format="PNG")
    drawn = _SHADES.get(picture.mode, picture.mode)
    small = picture if picture.mode == drawn else picture.convert(drawn)
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
            ImageOps.exif_transpose(opened, in_place=True)
            shades = _eight_bits(opened)
            clear = not jpeg and shades.has_transparency_data
            wanted = shades.mode if _is_kept(shades) else "RGBA" if clear else "RGB"
            picture = shades if shades.mode == wanted else shades.convert(wanted)
            # A new picture: nothing the file said beside its points goes with it.
            bare = Image.new(picture.mode, picture.size)
            if picture.mode == "P":
                bare.putpalette(picture.getpalette() or [])
            bare.paste(picture)
            return bare


def _is_kept(picture: Image.Image) -> bool:
    """Tell whether its points stay what they are: as colours, black and white is 24 times it."""
    return picture.mode in _SHADES and not picture.has_transparency_data


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
