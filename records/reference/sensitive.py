"""Which codes are sensitive, and which document type a claim line pays for.

It must not know who looks: it gives facts that the policy reads. In doubt a code belongs.
"""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING, Final

from records.reference import tables
from records.reference.codes import act, medicine, normal_code
from records.reference.people import plain, specialty


if TYPE_CHECKING:
    from collections.abc import Iterable


class Category(IntFlag):
    """The sensitive categories a holder may hide, one bit each."""

    MENTAL_HEALTH = 1
    SEXUAL_HEALTH = 2
    PREGNANCY = 4
    ADDICTIONS = 8
    GENETICS = 16
    VIOLENCE = 32
    GENDER_IDENTITY = 64


PSYCHIATRY: Final = "68599-0"
GENETICS: Final = "51969-4"
MEDICINE: Final = "60593-1"
VACCINE: Final = "87273-9"
DEVICE: Final = "DISP_AUT"
STAY: Final = "34112-3"
IMAGING: Final = "18748-4"
LABORATORY: Final = "11502-2"
AUXILIARY: Final = "11506-3"
VISIT: Final = "11488-4"

_BY_SECTION: Final = {
    "MED": MEDICINE,
    "VAC": VACCINE,
    "DM": DEVICE,
    "HOSP": STAY,
    "RADIO": IMAGING,
    "BIO": LABORATORY,
}
_AUXILIARY_FAMILIES: Final = frozenset({"nursing", "physiotherapy", "auxiliary", "allowance"})
# Nurses, physiotherapists, podiatrists, speech therapists, orthoptists.
_AUXILIARY_PROFESSIONS: Final = frozenset({"60", "70", "80", "91", "92"})
_ICD10: Final = frozenset({"CIM10", "CIM-10", "ICD10", "ICD-10"})


@tables.remembered
def _rules(kind: str) -> dict[tuple[str, str], int]:
    """Return the bits of the rows of one kind, by system and key; several rows add up."""
    found: dict[tuple[str, str], int] = {}
    for row in tables.read(tables.SEED / "sensitive.csv"):
        if row["kind"] == kind:
            bit = 0 if row["category"] == "-" else Category[row["category"].upper()]
            key = (row["system"], row["key"])
            found[key] = found.get(key, 0) | bit
    return found


def _longest(kind: str, code: str) -> int:
    """Return the bits of the longest prefix of ``code`` that has a row: it alone decides."""
    rules = _rules(kind)
    for length in range(len(code), 0, -1):
        bits = rules.get(("", code[:length]))
        if bits is not None:
            return bits
    return 0


def _of_act(system: str, code: str) -> int:
    rules = _rules("act")
    exact = rules.get((system, code), 0)
    stems = (rules.get((system, f"{code[:length]}*"), 0) for length in range(1, len(code) + 1))
    for bits in stems:
        exact |= bits
    return exact


def _of_substance(substance: str) -> int:
    words = plain(substance)
    bits = 0
    for (_, key), bit in _rules("substance").items():
        if plain(key) in words:
            bits |= bit
    return bits


@tables.remembered
def _of_code(code_system: str, code: str, atc: str) -> int:
    system = code_system.strip().upper()
    code = normal_code(system, code)
    bits = _longest("atc", atc.strip().upper())
    if system in _ICD10:
        return bits | _longest("icd10", code)
    box = medicine(code) if system in {"CIP13", "CIP"} else None
    if box is not None:
        bits |= _longest("atc", box.atc) | _of_substance(box.substance)
    return bits | _of_act(system, code)


@tables.remembered
def _of_specialty(value: str) -> int:
    it = specialty(value)
    return _rules("specialty").get(("", it.code), 0) if it else 0


def sensitive_categories(
    *,
    code_system: str = "",
    code: str = "",
    atc: str = "",
    specialty: str | Iterable[str] = "",
    type_code: str = "",
) -> int:
    """Return the sensitive categories of a claim line or a document, as bits of `Category`.

    Everything given adds up: give the specialties of both prescriber and performer. A medicine
    is looked up by its own code too, so that a line without an ATC code is not missed.
    """
    bits = _of_code(code_system, code, atc)
    for value in (specialty,) if isinstance(specialty, str) else specialty:
        bits |= _of_specialty(value)
    return bits | _rules("type").get(("", type_code), 0)


def care_type(
    *,
    section: str,
    code_system: str = "",
    code: str = "",
    atc: str = "",
    specialty: str | Iterable[str] = "",
    goes_with: str = "",
    categories: int | None = None,
) -> str:
    """Return the document type a claim line pays for (line 13 of the access policy).

    Psychiatric care and genetics come before any other, whenever the category says so.
    ``goes_with`` is the type of the care a transport leads to. ``categories``, when already
    known, is not computed again.
    """
    specialties = (specialty,) if isinstance(specialty, str) else tuple(specialty)
    bits = (
        sensitive_categories(code_system=code_system, code=code, atc=atc, specialty=specialties)
        if categories is None
        else categories
    )
    if bits & Category.MENTAL_HEALTH:
        return PSYCHIATRY
    if bits & Category.GENETICS:
        return GENETICS
    section = section.strip().upper()
    if section == "TRANSP":
        return goes_with or VISIT
    known = _BY_SECTION.get(section)
    if known:
        return known
    return AUXILIARY if _is_auxiliary(code_system, code, specialties) else VISIT


def _is_auxiliary(code_system: str, code: str, specialties: tuple[str, ...]) -> bool:
    """Tell whether care was given by a nurse, a physiotherapist or another auxiliary.

    The code decides where it is known. Of the specialties, the last given is the performer's.
    """
    known = act(code_system, code)
    if known is not None and known.system == "NGAP":
        return known.family in _AUXILIARY_FAMILIES
    performer = specialty(specialties[-1]) if specialties else None
    return performer is not None and performer.profession in _AUXILIARY_PROFESSIONS


def reasons(kind: str) -> tuple[tuple[str, str, str, str, str], ...]:
    """Return (system, key, category, reason, source) for the rows of one kind, to be read."""
    return tuple(
        (row["system"], row["key"], row["category"], row["reason"], row["source"])
        for row in tables.read(tables.SEED / "sensitive.csv")
        if row["kind"] == kind
    )
