"""Medicines, acts, devices, stays and illnesses: what a code of a claim line is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from records.reference import tables
from records.reference.documents import document_type_label


# The tables where the code of a system is looked for.
_TABLES: Final = {
    "NGAP": "ngap",
    "CCAM": "ccam",
    "NABM": "laboratory",
    "LPP": "devices",
    "GHS": "stays",
}
_CCAM_LENGTH: Final = 7
_FAMILY_LENGTH: Final = 3
_MEDICINES: Final = frozenset({"CIP13", "CIP"})
_ILLNESSES: Final = frozenset({"CIM10", "CIM-10", "ICD10", "ICD-10"})
_DOCUMENTS: Final = frozenset({"LOINC", "A05"})


@dataclass(frozen=True, slots=True)
class Medicine:
    """A box of a medicine. ``price_cents`` is None where none is published.

    ``units`` is how many tablets or capsules it holds, 0 for what isn't counted so.
    """

    cip13: str
    name: str
    substance: str
    atc: str
    price_cents: int | None
    rate_pct: int
    units: int


@dataclass(frozen=True, slots=True)
class Act:
    """An act, a test, a device or a stay; ``family`` groups those of one kind of care."""

    system: str
    code: str
    family: str
    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Illness:
    """A long-term illness: ``group`` is its number among the thirty."""

    icd10: str
    group: str
    fr: str
    en: str


def normal_code(system: str, code: str) -> str:
    """Return a code as the tables write it.

    A laboratory act or a stay loses its leading zeros, an NGAP act its coefficient, a CCAM act
    its activity and phase, an ICD-10 code its dot.
    """
    code = code.strip().upper()
    if system in {"NABM", "GHS"}:
        return code.lstrip("0") or "0"
    if system == "NGAP":
        return code.split(" ", 1)[0]
    if system == "CCAM":
        return code[:_CCAM_LENGTH]
    if system in _ILLNESSES:
        return code.replace(".", "")
    return code


@tables.remembered
def medicine(cip13: str) -> Medicine | None:
    """Return a medicine by its CIP13 code."""
    row = tables.rows("medicines", "cip13").get(cip13.strip())
    if row is None:
        return None
    return Medicine(
        cip13=row["cip13"],
        name=row["name"],
        substance=row["substance"],
        atc=row["atc"],
        price_cents=int(row["price_cents"]) if row["price_cents"] else None,
        rate_pct=int(row["rate_pct"] or 0),
        # A table loaded before packs were counted has no such column.
        units=int(row.get("units") or 0),
    )


@tables.remembered
def class_of_medicine(system: str, code: str, said: str) -> str:
    """Return the ATC class of a medicine: what was said of it, or what the tables know better.

    Funds may leave it out, or give a class above its substance.
    """
    box = medicine(code) if system in _MEDICINES else None
    return box.atc if box and box.atc.startswith(said) else said


@tables.remembered
def medicines() -> tuple[Medicine, ...]:
    """Return the medicines of the tables, in their order (by ATC code in the seed)."""
    found = (medicine(code) for code in tables.rows("medicines", "cip13"))
    return tuple(it for it in found if it is not None)


@tables.remembered
def act(system: str, code: str) -> Act | None:
    """Return an act by its system (NGAP, CCAM, NABM, LPP, GHS) and code."""
    system = system.strip().upper()
    table = _TABLES.get(system)
    if table is None:
        return None
    row = tables.rows(table).get(normal_code(system, code))
    if row is None:
        return None
    return Act(system, row["code"], row["family"], row["fr"], row["en"])


@tables.remembered
def acts(system: str) -> tuple[Act, ...]:
    """Return every act of a system, in the order of its table."""
    found = (act(system, code) for code in tables.rows(_TABLES[system]))
    return tuple(it for it in found if it is not None)


def coefficient(nabm: str) -> int:
    """Return the coefficient of a laboratory act (B letters), 0 where it isn't known."""
    row = tables.rows("laboratory").get(normal_code("NABM", nabm))
    return int(row["coefficient"] or 0) if row else 0


@tables.remembered
def illness(icd10: str) -> Illness | None:
    """Return a long-term illness by its ICD-10 code, or by the category the code is in."""
    code = normal_code("CIM10", icd10)
    table = tables.rows("illnesses")
    for length in range(len(code), 2, -1):
        row = table.get(code[:length])
        if row:
            return Illness(row["code"], row["group"], row["fr"], row["en"])
    return None


def illnesses() -> tuple[Illness, ...]:
    """Return every long-term illness, in the order of their groups."""
    found = (illness(code) for code in tables.rows("illnesses"))
    return tuple(it for it in found if it is not None)


@tables.remembered
def atc_label(code: str, lang: str = "fr") -> str:
    """Return the name of an ATC class of any level; that of the class above where unknown."""
    table = tables.rows("atc")
    code = code.strip().upper()
    # The levels of the ATC classification have 7, 5, 4, 3 and 1 characters.
    for length in (7, 5, 4, 3, 1):
        row = table.get(code[:length]) if len(code) >= length else None
        if row:
            return tables.name(row, lang)
    return ""


@tables.remembered
def plain_family(code: str, lang: str = "fr") -> str:
    """Return what the family of a medicine is for, in plain words; empty where nobody wrote it."""
    row = tables.rows("medicine_families").get(code.strip().upper()[:_FAMILY_LENGTH])
    return tables.name(row, lang) if row else ""


@tables.remembered
def label(system: str, code: str, lang: str = "fr") -> str:
    """Return the name of a code of any system, or an empty string.

    The names of medicines and those that have no English are given in French.
    """
    system = system.strip().upper()
    if system in _MEDICINES:
        box = medicine(code)
        return box.name if box else ""
    if system == "ATC":
        return atc_label(code, lang)
    if system in _ILLNESSES:
        ill = illness(code)
        return (ill.en if lang == "en" else ill.fr) if ill else ""
    if system in _DOCUMENTS:
        return document_type_label(code, lang)
    it = act(system, code)
    if it is None:
        return ""
    return it.en if lang == "en" and it.en else it.fr
