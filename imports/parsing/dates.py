"""Dates and months as the files write them; must not know which columns hold them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from imports.parsing.refusals import Fault


if TYPE_CHECKING:
    from collections.abc import Collection


OPEN_END = "9999-12-31"
"""What many systems write for "no end"; an empty value says the same."""

# Nobody insured was born before 1880. Care and prescriptions are younger than a century here,
# an illness may have been declared long ago, and an end may lie far ahead.
EARLIEST_BIRTH = 1880
EARLIEST_YEAR = 1900
LATEST_YEAR = 2150

_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PERIOD = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_TIME = r"(?:[T ][\d:.,Z+-]{0,40})?"
_DAY_FIRST = re.compile(rf"(?P<d>\d\d?)[/. -](?P<m>\d\d?)[/. -](?P<y>\d{{4}}){_TIME}", re.ASCII)
_YEAR_FIRST = re.compile(
    rf"(?P<y>\d{{4}})[/. -](?P<m>\d\d?)[/. -](?P<d>\d\d?){_TIME}|"
    r"(?P<y2>\d{4})(?P<m2>\d\d)(?P<d2>\d\d)",
    re.ASCII,
)
_PERIOD_LIKE = re.compile(
    r"(?P<y>\d{4})[/. -]?(?P<m>\d\d?)(?:-\d\d?)?|(?P<m2>\d\d?)[/. -](?P<y2>\d{4})", re.ASCII
)


def check_date(value: str) -> str | Fault:
    """Return an ISO date that exists, of a plausible year."""
    return _check(value, EARLIEST_YEAR)


def check_birth_date(value: str) -> str | Fault:
    """Return an ISO date on which somebody now insured can have been born."""
    return _check(value, EARLIEST_BIRTH)


def all_dates(values: Collection[str]) -> bool:
    """Tell at once whether all are real ISO dates of this century or the last."""
    if set(map(len, values)) != {10} or "W" in "".join(values):  # not 2026-W45-4
        return False
    try:
        list(map(date.fromisoformat, values))
    except ValueError:
        return False
    return min(values) >= str(EARLIEST_YEAR) and max(values) < str(LATEST_YEAR)


def check_until(value: str) -> str | Fault:
    """Return an ISO date, or nothing where the file writes "no end" as the year 9999."""
    return "" if value == OPEN_END else _check(value, EARLIEST_YEAR)


def check_period(value: str) -> str | Fault:
    """Return a month, YYYY-MM."""
    if _PERIOD.fullmatch(value):
        return value
    correction = ""
    if match := _PERIOD_LIKE.fullmatch(value):
        year, month = match["y"] or match["y2"], match["m"] or match["m2"]
        written = f"{year}-{int(month):02d}"
        correction = written if _PERIOD.fullmatch(written) else ""
    return Fault("period_format", correction)


def _check(value: str, earliest: int) -> str | Fault:
    if not _ISO.fullmatch(value):
        return _other_form(value)
    try:
        date.fromisoformat(value)
    except ValueError:
        return Fault("date_not_real")
    if not earliest <= int(value[:4]) <= LATEST_YEAR:
        return Fault("date_implausible", parameters=(("low", earliest), ("high", LATEST_YEAR)))
    return value


def _other_form(value: str) -> Fault:
    """Name what a date written otherwise most likely means.

    Day first is the French order; the American one is never guessed. Two-digit years are not
    completed: a birth in 26 may be of either century.
    """
    match = _DAY_FIRST.fullmatch(value) or _YEAR_FIRST.fullmatch(value)
    if match is None:
        return Fault("date_format")
    parts = match.groupdict()
    year, month, day = (int(parts[part] or parts[part + "2"]) for part in "ymd")
    try:
        return Fault("date_format", date(year, month, day).isoformat())
    except ValueError:
        return Fault("date_not_real")
