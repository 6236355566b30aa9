"""Codes of care, of professionals and of structures: shape and check digit, no look-up.

Whether a code exists is for the reference to say; a new code must not be refused here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from imports.parsing.refusals import Fault
from imports.parsing.texts import spoilt


if TYPE_CHECKING:
    from collections.abc import Callable, Collection


_FIGURES: Final = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED_FIGURES: Final = bytes.maketrans(bytes(range(10)), bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_MULTIPLES_OF_TEN: Final = bytes(range(0, 100, 10))
_RPPS_LENGTH: Final = 11
_ANY: Final = re.ASCII

_RPPS: Final = re.compile(r"\d{11}", _ANY)
_FINESS: Final = re.compile(r"\d{9}", _ANY)
_FINESS_CORSICA: Final = re.compile(r"2[AB]\d{7}", _ANY)
_CIP13: Final = re.compile(r"3400\d{9}", _ANY)
_SEVEN: Final = re.compile(r"\d{7}", _ANY)
_UCD13: Final = re.compile(r"34008\d{8}", _ANY)
_GHS: Final = re.compile(r"\d{2,5}", _ANY)
_CCAM: Final = re.compile(r"[A-Z]{4}\d{3}", _ANY)
_NGAP: Final = re.compile(r"[A-Z][A-Z0-9]{0,7}(?: \d{1,4}(?:[.,]\d{1,3})?)?", _ANY)
_NABM: Final = re.compile(r"\d{1,4}", _ANY)
_ATC: Final = re.compile(r"[A-DGHJL-NPRSV](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?", _ANY)
_ICD10: Final = re.compile(r"([A-Z]\d\d)(?:\.?([0-9A-Z+]{1,4}))?", _ANY)


def luhn_holds(digits: str) -> bool:
    """Tell whether the last digit is the Luhn key of those before it."""
    figures = digits.encode().translate(_FIGURES)
    doubled = figures[-2::-2].translate(_DOUBLED_FIGURES)
    return (sum(figures[-1::-2]) + sum(doubled)) % 10 == 0


def ean13_key(twelve: str) -> str:
    """Return the last digit of a 13-digit article number (GS1): weights 1 and 3 in turn."""
    figures = twelve.encode().translate(_FIGURES)
    return str(-(sum(figures[::2]) + 3 * sum(figures[1::2])) % 10)


def all_rpps(values: Collection[str]) -> bool:
    """Tell at once whether all are RPPS numbers with the right key.

    The Luhn sums of all numbers are one addition of long integers, a byte for each number: eleven
    figures sum to 99 at most, so that no byte overflows into its neighbour.
    """
    joined = "".join(values)
    if set(map(len, values)) != {_RPPS_LENGTH} or not (joined.isascii() and joined.isdecimal()):
        return False
    figures = joined.encode().translate(_FIGURES)
    doubled = figures.translate(_DOUBLED_FIGURES)
    sums = sum(
        int.from_bytes((doubled if i % 2 else figures)[i::_RPPS_LENGTH], "big")
        for i in range(_RPPS_LENGTH)
    )
    return not sums.to_bytes(len(values), "big").translate(None, _MULTIPLES_OF_TEN)


def check_rpps(value: str) -> str | Fault:
    """Return the 11-digit number of a professional in the national directory."""
    if _RPPS.fullmatch(value):
        return value if luhn_holds(value) else Fault("rpps_key")
    # The national identifier of a professional is the digit 8 before the RPPS number.
    bare = re.sub(r"[\s.]", "", value)
    for candidate in (bare, bare[1:] if bare[:1] == "8" else ""):
        if _RPPS.fullmatch(candidate) and luhn_holds(candidate):
            return Fault("rpps_shape", candidate)
    return spoilt(value) or Fault("rpps_shape")


def check_finess(value: str) -> str | Fault:
    """Return the 9-character number of a structure; Corsica's begin with 2A or 2B.

    The key is not checked for Corsica: no source says how its letters count.
    """
    number = value.upper()
    if _FINESS_CORSICA.fullmatch(number):
        return number
    if _FINESS.fullmatch(number):
        return number if luhn_holds(number) else Fault("finess_key")
    bare = re.sub(r"[\s.]", "", number)
    # A spreadsheet drops the first zero of departments 01 to 09.
    for candidate in (bare, f"0{bare}"):
        if _FINESS.fullmatch(candidate) and luhn_holds(candidate):
            return Fault("finess_shape", candidate)
    return Fault("finess_shape", bare if _FINESS_CORSICA.fullmatch(bare) else "")


def check_code(system: str, value: str) -> str | Fault:
    """Return a code of the system named, in capitals."""
    return _BY_SYSTEM[system](value.upper())


def check_atc(value: str) -> str | Fault:
    """Return a class of medicines of 1, 3, 4, 5 or 7 characters."""
    code = value.upper()
    return code if _ATC.fullmatch(code) else Fault("atc_shape")


def check_icd10(value: str) -> str | Fault:
    """Return an ICD-10 code with its dot, as in E11.9; the file may leave the dot out."""
    match = _ICD10.fullmatch(value.upper())
    if match is None:
        return Fault("icd10_shape")
    return f"{match[1]}.{match[2]}" if match[2] else match[1]


def _cip13(value: str) -> str | Fault:
    if _CIP13.fullmatch(value):
        right = ean13_key(value[:12]) == value[12]
        return value if right else Fault("cip_key")
    bare = re.sub(r"[\s.]", "", value)
    if _CIP13.fullmatch(bare) and ean13_key(bare[:12]) == bare[12]:
        return Fault("cip_shape", bare)
    if _SEVEN.fullmatch(bare):  # a CIP7: every medicine's CIP13 is 34009, the CIP7 and a key
        twelve = f"34009{bare}"
        return Fault("cip_shape", twelve + ean13_key(twelve))
    return spoilt(value) or Fault("cip_shape")


def _ucd(value: str) -> str | Fault:
    if _SEVEN.fullmatch(value):
        return value
    if _UCD13.fullmatch(value):
        return value if ean13_key(value[:12]) == value[12] else Fault("ucd_key")
    return spoilt(value) or Fault("ucd_shape")


def _lpp(value: str) -> str | Fault:
    if _SEVEN.fullmatch(value):
        return value
    padded = f"0{value}"  # the old codes begin with a zero that spreadsheets drop
    return Fault("lpp_shape", padded if _SEVEN.fullmatch(padded) else "")


def _ghs(value: str) -> str | Fault:
    return value if _GHS.fullmatch(value) else Fault("ghs_shape")


def _ccam(value: str) -> str | Fault:
    if _CCAM.fullmatch(value):
        return value
    # Activity and phase are often sent behind the code; they are not part of it.
    return Fault("ccam_shape", value[:7] if re.match(r"[A-Z]{4}\d{3}[\s.-]", value, _ANY) else "")


def _ngap(value: str) -> str | Fault:
    return value if _NGAP.fullmatch(value) else Fault("ngap_shape")


def _nabm(value: str) -> str | Fault:
    """Return four digits. The national document itself writes 552 for 0552: both are taken."""
    return value.zfill(4) if _NABM.fullmatch(value) and int(value) else Fault("nabm_shape")


_BY_SYSTEM: Final[dict[str, Callable[[str], str | Fault]]] = {
    "CIP13": _cip13,
    "UCD": _ucd,
    "LPP": _lpp,
    "GHS": _ghs,
    "CCAM": _ccam,
    "NGAP": _ngap,
    "NABM": _nabm,
}
