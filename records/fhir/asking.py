"""What a FHIR request asks, read strictly: tokens, days, references, pages. Knows no record."""

from __future__ import annotations

import base64
import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from access.binding import PARIS


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MAX_COUNT: Final = 50
DEFAULT_COUNT: Final = 20
JSON: Final = frozenset(
    {"application/fhir+json", "application/json", "text/json", "application/*", "*/*"}
)
FORMATS: Final = frozenset({"json", "application/json", "application/fhir+json", "text/json"})
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_DATE = re.compile(
    r"(?P<prefix>[a-z]{2})?(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<minutes>\d\d:\d\d)(?P<seconds>:\d\d(?:\.\d+)?)?(?P<zone>Z|[+\- ]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_PREFIXES = frozenset({"eq", "gt", "lt", "ge", "le", "sa", "eb"})


class Wrong(Exception):
    """A request that can't be answered: the status, the FHIR code and one sentence."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


def accepts(header: str, media_type: str) -> bool:
    """Tell whether an Accept header takes a media type; without one all are (RFC 9110)."""
    family = f"{media_type.partition('/')[0]}/*"
    return bool(taken(header) & {media_type, family, "*/*"})


def accepts_json(header: str) -> bool:
    """Tell whether an Accept header takes FHIR JSON in release 4."""
    return bool(taken(header) & JSON)


def taken(header: str) -> set[str]:
    """Return the media types an Accept header takes, those of another FHIR release left out."""
    found = set()
    for part in (header or "*/*").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        told = dict(p.split("=", 1) for p in parameters if "=" in p)
        refused = re.fullmatch(r"0(\.0*)?", told.get("q", "1"))
        if name and not refused and told.get("fhirversion", "4.0").strip('"') == "4.0":
            found.add(name)
    return found


def token(value: str, *, name: str) -> tuple[str | None, str]:
    """Return system and code of a token; the system is None where none is given."""
    system, bar, code = value.rpartition("|")
    if not code or not value.isprintable():
        raise Wrong(400, "value", _("%(name)s s'écrit système|valeur.") % {"name": name})
    return (system if bar else None), code


def identifier(value: str, *, name: str) -> tuple[str, str]:
    """Return system and value of a national identifier, both obligatory."""
    system, code = token(value, name=name)
    if not system:
        raise Wrong(400, "value", _("%(name)s s'écrit système|valeur.") % {"name": name})
    return system.removeprefix("urn:oid:"), code


def codes(
    values: Sequence[str], *, name: str, is_of: Callable[[str, str], bool]
) -> frozenset[str] | None:
    """Return the codes asked for: a comma means or, a repeated parameter means and.

    ``is_of`` tells whether a code belongs to a system; one that doesn't is found nowhere.
    """
    found: frozenset[str] | None = None
    for value in values:
        if not value:
            continue
        asked = [token(part, name=name) for part in value.split(",") if part]
        kept = frozenset(code for system, code in asked if system is None or is_of(system, code))
        found = kept if found is None else found & kept
    return found


def reference(value: str, *, name: str, base: str) -> uuid.UUID | None:
    """Return the key a reference to a Patient of this server names; None for any other."""
    bare = value.removeprefix(f"{base}/").removeprefix("Patient/")
    if "://" in bare:
        return None
    if not _ID.fullmatch(bare):
        text = _("%(name)s s'écrit Patient/identifiant.") % {"name": name}
        raise Wrong(400, "value", text)
    try:
        return uuid.UUID(bare)
    except ValueError:
        return None


def day(value: str, *, name: str) -> dt.date:
    """Return a whole day."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        text = _("%(name)s : date attendue, AAAA-MM-JJ.") % {"name": name}
        raise Wrong(400, "value", text) from error


def bounds(values: Iterable[str], *, name: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return the instants from which and before which, all the conditions taken together."""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    for value in values:
        if not value:
            continue
        prefix, first, following = _span(value, name=name)
        low = {"eq": first, "ge": first, "gt": following, "sa": following}.get(prefix)
        high = {"eq": following, "le": following, "lt": first, "eb": first}.get(prefix)
        if low is not None:
            since = low if since is None else max(since, low)
        if high is not None:
            until = high if until is None else min(until, high)
    return since, until


def _span(value: str, *, name: str) -> tuple[str, dt.datetime, dt.datetime]:
    """Return the prefix of a date, its first instant, and the first one after it."""
    found = _DATE.fullmatch(value)
    text = _("%(name)s : date attendue, AAAA-MM-JJ.") % {"name": name}
    if found is None:
        raise Wrong(400, "value", text)
    prefix = found["prefix"] or "eq"
    if prefix not in _PREFIXES:
        text = _("%(name)s : le préfixe %(prefix)s n'est pas pris en charge.")
        raise Wrong(400, "not-supported", text % {"name": name, "prefix": prefix})
    try:
        return prefix, *_instants(found)
    except (ValueError, OverflowError) as error:
        raise Wrong(400, "value", text) from error


def _instants(found: re.Match[str]) -> tuple[dt.datetime, dt.datetime]:
    year, month = int(found["year"]), int(found["month"] or 1)
    first = dt.datetime(year, month, int(found["day"] or 1), tzinfo=PARIS)
    if found["minutes"]:
        # A plus sign that was not written %2B arrives as a space.
        zone = (found["zone"] or "").replace(" ", "+")
        clock = f"{first.date()}T{found['minutes']}{found['seconds'] or ''}{zone}"
        at = dt.datetime.fromisoformat(clock)
        at = (at if at.tzinfo else at.replace(tzinfo=PARIS)).astimezone(dt.UTC)
        return at, at + dt.timedelta(seconds=1 if found["seconds"] else 60)
    if found["day"]:
        return first, _midnight(first.date() + dt.timedelta(days=1))
    if found["month"]:
        return first, _midnight(dt.date(year + month // 12, month % 12 + 1, 1))
    return first, _midnight(dt.date(year + 1, 1, 1))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=PARIS)


def page_size(value: str) -> int:
    """Return how many results a page holds: 20 unless told, 50 at most, 0 for the total alone."""
    if not value:
        return DEFAULT_COUNT
    if not (value.isascii() and value.isdigit()):
        raise Wrong(400, "value", _("_count : un nombre de 0 à 50."))
    return min(int(value[:6]), MAX_COUNT)


def read_cursor(value: str) -> tuple[dt.datetime, uuid.UUID] | None:
    """Return the last document of the page before, from the link that page gave."""
    if not value:
        return None
    try:
        at, key = base64.urlsafe_b64decode(value.encode("ascii")).decode("ascii").split("|")
        instant = dt.datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError(value)  # noqa: TRY301  # one sentence for every wrong link
        # The database knows fewer zones than Python: every instant is given to it in UTC.
        return instant.astimezone(dt.UTC), uuid.UUID(key)
    except (ValueError, OverflowError) as error:
        raise Wrong(400, "value", _("after : reprenez le lien donné par la page.")) from error


def cursor(at: dt.datetime, key: uuid.UUID) -> str:
    """Return what the next page starts after, for a link."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{key}".encode()).decode()
