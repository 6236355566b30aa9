"""The leaflet handed over at a counter: what it says, its QR, its PDF. No health data, no number.

The same page is printed by the browser where the PDF library's system parts are missing.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.safestring import SafeString, mark_safe
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode


if TYPE_CHECKING:
    from records.traits import Traits


CODE_LIFE_DAYS = 14
_BASE = "https://leaflet.invalid/"


@dataclass(frozen=True, slots=True)
class Leaflet:
    """What is printed: who it is for in a first name and a letter, the code, the receipt.

    ``child`` is a minor's first name, empty for an adult; ``phone`` who to call, if anybody.
    """

    name: str
    child: str
    code: str
    receipt: str
    opened_on: dt.date
    valid_until: dt.date
    where: str
    short_url: str
    qr: SafeString
    letter: bool = False
    phone: str = ""


def leaflet_for(
    traits: Traits,
    *,
    code: str,
    receipt: str,
    day: dt.date,
    where: str,
    site: str,
    path: str,
    letter: bool = False,
) -> Leaflet:
    """Return the leaflet of one person. ``site`` is the origin, ``path`` where codes are typed.

    ``letter``: a second code comes by post, and the leaflet says to wait for it.
    """
    short = urlsplit(site).netloc + path.rstrip("/")
    address = f"{site}{path}?{urlencode({'code': code})}" if code else f"{site}{path}"
    return Leaflet(
        name=f"{traits.first_given} {traits.family_name[:1]}.",
        child=traits.first_given if traits.is_minor_on(day) else "",
        code=code,
        receipt=receipt,
        opened_on=day,
        valid_until=day + dt.timedelta(days=CODE_LIFE_DAYS),
        where=where,
        short_url=short,
        qr=qr_svg(address),
        letter=letter,
        phone=settings.DMP_HELP_PHONE,
    )


def qr_svg(text: str) -> SafeString:
    """Return a QR code as inline SVG: one path, no style, no script, no data: address."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=2, image_factory=SvgPathImage)
    code.add_data(text)
    code.make(fit=True)
    drawn = code.make_image().to_string().decode()
    # The library names every path alike: two sides of one leaflet would have one name twice.
    path: SafeString = mark_safe(drawn.replace(' id="qr-path"', ""))  # noqa: S308  # our own text
    return path


@cache
def pdf_is_possible() -> bool:
    """Tell whether this machine has what the PDF library needs (Pango and its kin)."""
    try:
        import weasyprint  # noqa: F401, PLC0415  # late: its import fails without system parts
    except OSError:
        return False
    return True


def pdf_of(html: str) -> bytes:
    """Return a page as a tagged PDF. Nothing is fetched but the site's own static files."""
    from weasyprint import HTML  # noqa: PLC0415  # as above
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class StaticFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            path = urlsplit(url).path
            kind = "text/css" if path.endswith(".css") else "font/woff2"
            # A sheet of paper has no buttons and no fields.
            body = b"" if "govuk" in path else static_file(path)
            return URLFetcherResponse(url, body, {"Content-Type": kind})

    # It warns of every rule that is for screens only.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    page = HTML(string=html, base_url=_BASE, url_fetcher=StaticFiles())
    made: bytes = page.write_pdf(pdf_tags=True)
    return made


def static_file(path: str) -> bytes:
    """Return one of the site's static files by its address. Raises ``ValueError`` for others."""
    prefix = urlsplit(settings.STATIC_URL).path
    if not path.startswith(prefix):
        message = "A leaflet shows the site's static files and nothing else."
        raise ValueError(message)
    name = path.removeprefix(prefix)
    found = finders.find(name)
    if found:
        with open(found, "rb") as file:  # noqa: PTH123  # a path the finders gave
            return file.read()
    with staticfiles_storage.open(name) as stored:
        return bytes(stored.read())
