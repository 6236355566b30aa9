"""Days, amounts and numbers of professionals as the DCIR writes them, as we do. Knows no table."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from imports.parsing.codes import luhn_holds
from imports.parsing.dates import check_date
from imports.parsing.refusals import Fault


_DAY_FIRST: Final = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?: [\d:.]*)?", re.ASCII)
_ISO_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T][\d:.]*", re.ASCII)
# How the base writes a day it has not (documentation of the Health Data Hub, OMOP "condition").
_NO_DAY: Final = "1600-01-01"
_NOT_REAL: Final = Fault("date_not_real")
# Some databases write half a euro without its zero.
_DECIMAL: Final = re.compile(r"([+-]?)(?=[.,]?\d)(\d{0,12})(?:[.,](\d{1,2})0*)?", re.ASCII)
_WHOLE: Final = re.compile(r"([+-]?\d{1,12})(?:[.,]0*)?", re.ASCII)
_RPPS_LENGTH: Final = 11
_SHORT_FINESS: Final = re.compile(r"\d{8}", re.ASCII)


@lru_cache(maxsize=8_192)
def date(text: str) -> str:
    """Return an ISO date, or nothing for a day not given; what is no date stays as it is."""
    written = text
    if match := _DAY_FIRST.fullmatch(text):
        written = f"{match[3]}-{match[2]}-{match[1]}"
    elif match := _ISO_TIME.fullmatch(text):
        written = match[1]
    is_none = check_date(written) == _NOT_REAL
    return "" if written == _NO_DAY else text if is_none else written


def same_key(text: str) -> str:
    """Return a part of the key however it is written: another export may write days otherwise."""
    # Most parts are numbers, and most numbers come once; every row is asked at each reading.
    return (text.lstrip("0") or "0") if text.isdecimal() else _same(text)


@lru_cache(maxsize=8_192)
def _same(text: str) -> str:
    written = date(text)
    number = whole(written)
    return (number.lstrip("0") or "0") if number.isdecimal() else written


def cents(text: str) -> str:
    """Return euros as cents; what is no amount is left to the check."""
    match = _DECIMAL.fullmatch(text)
    return f"{match[1]}{match[2]}{(match[3] or '').ljust(2, '0')}" if match else text


def whole(text: str) -> str:
    """Return a number without the decimals it hasn't; what is none is left to the check."""
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def rpps(text: str) -> str:
    """Return a professional's number; those of the base are its own, and name nobody here."""
    return text if len(text) == _RPPS_LENGTH and text.isdecimal() and luhn_holds(text) else ""


def finess(text: str) -> str:
    """Return the number of a structure with its key, which the base leaves out."""
    if not text.strip("0") or not _SHORT_FINESS.fullmatch(text):
        return text if text.strip("0") else ""
    return next(f"{text}{key}" for key in range(10) if luhn_holds(f"{text}{key}"))
