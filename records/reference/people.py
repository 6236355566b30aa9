"""Professions and specialties: their codes in the national lists and their names."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from records.reference import tables


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty or a trade, under its code in the national claims base.

    ``profession`` is the code of the profession that exercises it, ``national`` the code of the
    ordinal specialty (SM42, SCD01); either may be empty.
    """

    code: str
    profession: str
    national: str
    fr: str
    en: str


def plain(text: str) -> str:
    """Return ``text`` in capitals, without accents or punctuation, to compare names."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    letters = (c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join("".join(letters).upper().split())


def profession_label(code: str, lang: str = "fr") -> str:
    """Return the name of a profession from its code (``10`` or ``G15_10``), or nothing."""
    row = tables.rows("professions").get(code.strip().removeprefix("G15_"))
    return tables.name(row, lang) if row else ""


@tables.remembered
def professions() -> tuple[str, ...]:
    """Return the codes of the professions, in the order of the national lists."""
    return tuple(tables.rows("professions"))


@tables.remembered
def _specialties() -> dict[str, Specialty]:
    """Return the specialties by each of the ways in which a file may name them."""
    found: dict[str, Specialty] = {}
    for row in tables.rows("specialties").values():
        it = Specialty(row["code"], row["profession"], row["national"], row["fr"], row["en"])
        for key in (it.code, it.national, plain(it.fr), plain(it.en)):
            if key:
                found.setdefault(key, it)
    return found


@tables.remembered
def specialty(value: str) -> Specialty | None:
    """Return a specialty from its code (33, 033, SM42, G15_10/SM42) or its name."""
    value = value.strip()
    code = value.rpartition("/")[2]
    key = str(int(code)) if code.isascii() and code.isdigit() else code
    known = _specialties()
    return known.get(key) or known.get(plain(value))


def specialty_label(value: str, lang: str = "fr") -> str:
    """Return the name of a specialty; one that isn't known, given in words, is its own name."""
    it = specialty(value)
    if it is None:
        return "" if value.strip().isdigit() else value.strip()
    return it.en if lang == "en" else it.fr
