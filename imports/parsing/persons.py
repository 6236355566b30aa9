"""Identifiers of persons in the files: national numbers and pseudonyms; must not store them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from imports.parsing.refusals import Fault
from imports.parsing.texts import spoilt


if TYPE_CHECKING:
    from collections.abc import Callable


INS_ROOT: Final = "1.2.250.1.213.1.4."
INS_NIR: Final = INS_ROOT + "8"
INS_NIA: Final = INS_ROOT + "9"
INS_TEST: Final = INS_ROOT + "10"
INS_DEMO: Final = INS_ROOT + "11"
NIR_RANK: Final = "nir:rank"

LONGEST_PSEUDONYM: Final = 128

_SYSTEMS: Final = {
    "ins-nir": INS_NIR,
    "ins-nia": INS_NIA,
    "nir:rank": NIR_RANK,
    "nir+rank": NIR_RANK,
    **{oid: oid for oid in (INS_NIR, INS_NIA, INS_TEST, INS_DEMO)},
    **{f"urn:oid:{oid}": oid for oid in (INS_NIR, INS_NIA, INS_TEST, INS_DEMO)},
}
# A slip of the pen must not become the name of a pseudonym: it would set the rows aside.
_LIKELY: Final = {
    "nir": "",
    "nia": "INS-NIA",
    "ins": "",
    "insnir": "INS-NIR",
    "insnia": "INS-NIA",
    "nirrank": NIR_RANK,
    "nirrang": NIR_RANK,
}
_OTHER_SYSTEM: Final = re.compile(r"[a-z0-9][a-z0-9._:+-]{0,63}", re.ASCII)

_NIR: Final = re.compile(
    r"([1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d\d|2[AB])\d{6})(\d\d)?", re.ASCII
)
_SEPARATORS: Final = re.compile(r"[\s.\-]")
_RANKED: Final = re.compile(r"(.+?)\s*[:+/-]\s*(\d{1,3})", re.ASCII)
_SPREADSHEET: Final = re.compile(r"\d([.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_PSEUDONYM: Final = re.compile(rf"[!-~]{{1,{LONGEST_PSEUDONYM}}}", re.ASCII)


def check_person_system(value: str) -> str | Fault:
    """Return the OID of a national identifier, `nir:rank`, or the name of a pseudonym system.

    Accepted names: INS-NIR, INS-NIA, NIR+rank, nir:rank, the four OIDs of the national identity
    (real, temporary, test, demonstration) with or without `urn:oid:`. Anything else that looks
    like a name is a source's own pseudonym, to be joined through an alias file.
    """
    name = value.lower()
    if system := _SYSTEMS.get(name):
        return system
    bare = re.sub(r"[^a-z0-9]", "", name)
    if bare in _LIKELY:
        return Fault("person_system_unknown", _LIKELY[bare])
    if INS_ROOT in name or not _OTHER_SYSTEM.fullmatch(name):
        return Fault("person_system_unknown")
    return name


def check_national_system(value: str) -> str | Fault:
    """Return the system of an identifier a pseudonym stands for: never another pseudonym."""
    system = check_person_system(value)
    if isinstance(system, Fault) or system in _VALUES:
        return system
    return Fault("person_system_unknown")


def check_person_value(system: str, value: str) -> str | Fault:
    """Return an identifier in the one form its system has; `system` as returned above."""
    return _VALUES.get(system, check_pseudonym)(value)


def check_pseudonym(value: str) -> str | Fault:
    """Return a pseudonym: printable ASCII without spaces."""
    return spoilt(value) or (value if _PSEUDONYM.fullmatch(value) else Fault("pseudonym_shape"))


def nir_key(thirteen: str) -> str:
    """Return the two-digit key of a 13-character number: 97 less its remainder by 97.

    Corsica's departments count as 19 (2A) and 18 (2B). Source: the national identity's
    reference document, checked against its published examples.
    """
    number = thirteen
    if thirteen[6] in "AB":
        number = f"{thirteen[:5]}{'19' if thirteen[6] == 'A' else '18'}{thirteen[7:]}"
    return f"{97 - int(number) % 97:02d}"


def _nir(value: str, *, without_key: bool = False) -> str | Fault:
    """Return the 15 characters of a number whose key is right.

    No correction is ever proposed: a wrong key means a wrong digit somewhere, and the right
    person is not to be guessed.
    """
    match = _NIR.fullmatch(value) or _NIR.fullmatch(_SEPARATORS.sub("", value).upper())
    if match is None:
        turned = _SPREADSHEET.fullmatch(value) or spoilt(value)
        return Fault("nir_spreadsheet" if turned else "nir_shape")
    body, key = match.groups()
    if key is None:
        return body + nir_key(body) if without_key else Fault("nir_key_missing")
    return body + key if key == nir_key(body) else Fault("nir_key")


def _ranked(value: str) -> str | Fault:
    """Return number and rank of birth, `<15 characters>:<rank>`; the key may be left out."""
    match = _RANKED.fullmatch(value)
    if match is None:
        return Fault("rank_shape")
    number = _nir(match[1], without_key=True)
    return number if isinstance(number, Fault) else f"{number}:{int(match[2])}"


_VALUES: Final[dict[str, Callable[[str], str | Fault]]] = {
    **dict.fromkeys((INS_NIR, INS_NIA, INS_TEST, INS_DEMO), _nir),
    NIR_RANK: _ranked,
}
