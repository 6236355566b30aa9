"""Whole numbers as the files write them: cents, quantities, rates; must not know columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imports.parsing.refusals import Fault


if TYPE_CHECKING:
    from collections.abc import Collection


MOST_CENTS = 1_000_000_000
"""Ten million euros for one line: ten times the dearest hospital stay, and within 4 bytes."""
MOST_UNITS = 1_000_000
MOST_LINES = 100_000_000_000
MOST_TOTAL_CENTS = 10**16

_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_SPACES = re.compile(r"\s|€|EUR", re.IGNORECASE)
_THOUSANDS = re.compile(r"([+-]?\d{1,3}(?:[.,]\d{3}){1,4})([.,])(\d\d)", re.ASCII)
_DECIMAL = re.compile(r"([+-]?)(\d{0,12})[.,](\d{1,2})", re.ASCII)
_WHOLE_DECIMAL = re.compile(r"([+-]?\d{1,12})[.,]0{1,6}", re.ASCII)
_TRAILING_SIGN = re.compile(r"(\d{1,12})-", re.ASCII)


def all_small(values: Collection[str]) -> bool:
    """Tell at once whether all are whole numbers below 100,000, written as we write them."""
    joined = "|" + "|".join(values) + "|"
    return (
        joined.isascii()
        and joined.replace("|", "").isdecimal()
        and max(map(len, values)) <= 5  # noqa: PLR2004 - as said above
        and joined.count("|0") == joined.count("|0|")
        and len(values) == joined.count("|") - 1
    )


def check_cents(value: str) -> str | Fault:
    """Return an amount in cents, without decimals; negative for a reversal."""
    return _cents(value, MOST_CENTS)


def check_total_cents(value: str) -> str | Fault:
    """Return the sum of a slip, in cents."""
    return _cents(value, MOST_TOTAL_CENTS)


def check_quantity(value: str) -> str | Fault:
    """Return a number of units; negative for a reversal."""
    return _integer(value, -MOST_UNITS, MOST_UNITS)


def check_line_count(value: str) -> str | Fault:
    """Return the number of lines a slip announces."""
    return _integer(value, 0, MOST_LINES)


def check_rate(value: str) -> str | Fault:
    """Return a rate of reimbursement, in whole per cent from 0 to 100."""
    if _INTEGER.fullmatch(value):
        return _within(value, 0, 100)
    written = _SPACES.sub("", value).removesuffix("%")
    if match := _WHOLE_DECIMAL.fullmatch(written):
        written = match[1]
    elif match := re.fullmatch(r"0[.,](\d{1,2})", written, re.ASCII):
        written = str(int(match[1].ljust(2, "0")))
    return Fault("rate_format", _corrected(written, 0, 100))


def check_flag(value: str) -> str | Fault:
    """Return 1 for yes and 0 for no."""
    if value in {"0", "1"}:
        return value
    answer = value.casefold()
    if answer in {"oui", "o", "vrai", "true", "t", "yes", "y", "x"}:
        return Fault("flag_format", "1")
    return Fault("flag_format", "0" if answer in {"non", "n", "faux", "false", "f", "no"} else "")


def _cents(value: str, most: int) -> str | Fault:
    if _INTEGER.fullmatch(value):
        return _within(value, -most, most)
    written = _SPACES.sub("", value)
    if match := _TRAILING_SIGN.fullmatch(written):
        written = f"-{match[1]}"
    elif (match := _THOUSANDS.fullmatch(written)) and match[2] not in match[1]:
        written = re.sub("[.,]", "", match[1]) + match[3]
    elif match := _DECIMAL.fullmatch(written):
        written = f"{match[1]}{match[2]}{match[3].ljust(2, '0')}"
    elif "€" in value or "EUR" in value.upper():
        written += "00"
    return Fault("cents_format", _corrected(written, -most, most))


def _integer(value: str, low: int, high: int) -> str | Fault:
    if _INTEGER.fullmatch(value):
        return _within(value, low, high)
    written = _SPACES.sub("", value)
    if match := _WHOLE_DECIMAL.fullmatch(written):
        written = match[1]
    return Fault("integer_format", _corrected(written, low, high))


def _within(value: str, low: int, high: int) -> str | Fault:
    number = int(value)
    if not low <= number <= high:
        return Fault("number_out_of_range", parameters=(("low", low), ("high", high)))
    return str(number)


def _corrected(written: str, low: int, high: int) -> str:
    """Return a correction that would be accepted, or none."""
    if not _INTEGER.fullmatch(written):
        return ""
    corrected = _within(written, low, high)
    return corrected if isinstance(corrected, str) else ""
