"""The five traits of an identity: how they are compared, and what a national number says of them.

Pure: no database, no screen. Knows what a person is called, never who may know it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from records.days import age_on, same_day
from records.identifiers import is_nir, normalise_nir


if TYPE_CHECKING:
    import datetime as dt


MAJORITY = 18
NIR_LENGTH = 15
_BODY = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}", re.ASCII)
_KEYED_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Traits:
    """Birth name, given names, sex, day and place of birth; and the name a person uses."""

    birth_name: str
    given_names: str
    sex: str
    born_on: dt.date
    birthplace: str
    used_name: str = ""

    @property
    def first_given(self) -> str:
        """The first of the given names, with its hyphen: « Jean-Marc »."""
        return self.given_names.split()[0] if self.given_names.split() else ""

    @property
    def family_name(self) -> str:
        """The name they use, else the name of birth."""
        return self.used_name or self.birth_name

    @property
    def full_name(self) -> str:
        """First given name and the name they use."""
        return f"{self.first_given} {self.family_name}"

    def age_on(self, day: dt.date) -> int:
        """Return the age in whole years on a day."""
        return age_on(self.born_on, day)

    def is_minor_on(self, day: dt.date) -> bool:
        """Tell whether the person is under 18 on a day."""
        return self.age_on(day) < MAJORITY


def comes_of_age(born_on: dt.date) -> dt.date:
    """Return the day of the eighteenth birthday."""
    return same_day(born_on, months=12 * MAJORITY)


def folded(name: str) -> str:
    """Return a name without what spellings differ by: accents, capitals, hyphens, spaces.

    The national identity is written in capitals without accents, documents and cards are not.
    """
    bare = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(letters.casefold().split())


def same_person(one: Traits, other: Traits) -> bool:
    """Tell whether the five traits are identical; the name somebody uses is not one of them."""
    return (
        folded(one.birth_name) == folded(other.birth_name)
        and folded(one.given_names) == folded(other.given_names)
        and one.sex == other.sex
        and one.born_on == other.born_on
        and one.birthplace.upper() == other.birthplace.upper()
    )


def nir_problem(value: str) -> str:
    """Return what is wrong with a national number: "", "short", "long", "shape" or "key".

    No correction is proposed: a wrong key means a wrong digit somewhere, and nobody may guess it.
    """
    nir = normalise_nir(value)
    if len(nir) < NIR_LENGTH:
        return "short"
    if len(nir) > NIR_LENGTH:
        return "long"
    if not _BODY.fullmatch(nir[:13]) or not (nir[13:].isascii() and nir[13:].isdigit()):
        return "shape"
    return "" if is_nir(nir) else "key"


def nir_contradicts_birth(nir: str, born_on: dt.date) -> str:
    """Return what a right number says otherwise of a birth: "", "year" or "month".

    Months above 12 mean that it is not known.
    """
    nir = normalise_nir(nir)
    if int(nir[1:3]) != born_on.year % 100:
        return "year"
    month = int(nir[3:5])
    return "month" if month in _KEYED_MONTHS and month != born_on.month else ""


def sex_of(nir: str) -> str:
    """Return the sex a right number says: "F" or "M"."""
    return "M" if int(normalise_nir(nir)[0]) % 2 == 1 else "F"


def nir_contradicts(nir: str, traits: Traits) -> str:
    """Return the trait that a right number contradicts: "", "sex", "year" or "month".

    The number holds the sex, the year and the month of birth. The place is left aside: communes
    change their code, the number doesn't.
    """
    if traits.sex in {"F", "M"} and sex_of(nir) != traits.sex:
        return "sex"
    return nir_contradicts_birth(nir, traits.born_on)
