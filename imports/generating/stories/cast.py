"""Who the stories are about: people, professionals, structures, cards. Facts, nothing else.

Nobody is real: people were born in communes too small for the number they have, professionals and
structures have numbers the national directories leave empty, contacts lead nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from imports.generating.identifiers import TEST_SYSTEM, finess, nir, rpps


MAN, WOMAN = "M", "F"
_DEPARTMENT: Final = "35"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person: the five traits, the number, who follows them, what the demonstration does.

    ``opened`` tells whether the demonstration starts with a record for them; the others are
    opened at the counter.
    """

    key: str
    family: str
    """Family name at birth."""
    used_family: str = ""
    """Name used in life, where it is another."""
    given: tuple[str, ...]
    sex: str
    born: date
    birthplace: str
    """INSEE code of the commune of birth."""
    ins: str
    system: str = TEST_SYSTEM
    treating_gp: str = ""
    opened: bool = True
    phone: str = ""
    email: str = ""
    language: str = "fr"

    @property
    def name(self) -> str:
        """The name people use."""
        return f"{self.given[0]} {self.used_family or self.family}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A place of care. ``kind`` is for reading: practice, pharmacy, hospital, samu..."""

    key: str
    name: str
    finess: str
    kind: str
    specialty: str = ""
    """Code of its trade in the national claims base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """A professional: codes of profession and specialty, and where they work."""

    key: str
    title: str
    given: str
    family: str
    rpps: str
    profession: str
    specialty: str
    structures: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name with its title."""
        return " ".join(part for part in (self.title, self.given, self.family) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A health insurance card: its serial number, its holder, those it covers, in its order."""

    serial: str
    holder: str
    beneficiaries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """A parent who represents a minor."""

    representative: str
    minor: str


def _person(
    key: str, family: str, given: tuple[str, ...], sex: str, born: date, *, at: str, order: int,
    **more: object,
) -> Person:  # fmt: skip
    number = nir(sex=1 if sex == MAN else 2, born=born, place=at, order=order)
    return Person(
        key=key, family=family, given=given, sex=sex, born=born, birthplace=at,
        ins=number, **more,  # type: ignore[arg-type]
    )  # fmt: skip


# Ouessant 29155, Bréhat 22016, Sein 29083, Hoëdic 56085, Groix 56069, Molène 29084,
# Bonifacio 2A041: no month ever saw as many births there as these orders claim.
PEOPLE: Final = (
    _person(
        "jeanne", "MOREL", ("Jeanne", "Marie", "Louise"), WOMAN,
        date(1955, 3, 14), at="29155", order=951,
        treating_gp="petit", phone="0199000001", email="jeanne.morel@demo.example",
    ),
    _person(
        "salome", "KERAVAL", ("Salomé", "Anne"), WOMAN,
        date(1995, 6, 2), at="22016", order=952,
        treating_gp="petit", phone="0199000002", email="salome.keraval@demo.example",
    ),
    _person(
        "thomas", "KERBRAT", ("Thomas", "Louis"), MAN,
        date(1988, 11, 30), at="29083", order=953,
        treating_gp="petit", phone="0199000003", email="thomas.kerbrat@demo.example",
    ),
    _person(
        "lina", "FERRAND", ("Lina", "Rose"), WOMAN,
        date(2010, 5, 21), at="56069", order=954,
        treating_gp="petit", phone="0199000004", email="lina.ferrand@demo.example",
    ),
    _person(
        "nadia", "LE BIHAN", ("Nadia", "Claude"), WOMAN,
        date(1983, 9, 8), at="29155", order=955,
        used_family="FERRAND", treating_gp="petit", phone="0199000005",
        email="nadia.ferrand@demo.example",
    ),
    _person(
        "noe", "FERRAND", ("Noé", "Ewen"), MAN,
        date(2017, 2, 11), at="56069", order=956,
        treating_gp="petit",
    ),
    _person(
        "emile", "CASTAING", ("Émile", "Robin"), MAN,
        date(1999, 7, 19), at="29084", order=957,
        phone="0199000006", email="emile.castaing@demo.example", language="en",
    ),
    _person(
        "marcel", "AUBERTIN", ("Marcel", "Henri"), MAN,
        date(1947, 1, 5), at="56085", order=958,
        treating_gp="petit", phone="0199000007",
    ),
    _person(
        "angele", "PAOLETTI", ("Angèle", "Marie"), WOMAN,
        date(1974, 8, 27), at="2A041", order=959,
        treating_gp="petit", opened=False, phone="0199000008",
        email="angele.paoletti@demo.example",
    ),
    _person(
        "elodie", "GUILLOU", ("Élodie", "Soizic"), WOMAN,
        date(1988, 4, 3), at="22016", order=960,
        used_family="TANGUY", treating_gp="martin", opened=False, phone="0199000009",
        email="elodie.tanguy@demo.example",
    ),
    _person(
        "jules", "TANGUY", ("Jules", "Malo"), MAN,
        date(2018, 10, 12), at="29084", order=961,
        treating_gp="martin", opened=False,
    ),
    _person(
        "rose", "TANGUY", ("Rose", "Maï"), WOMAN,
        date(2022, 12, 1), at="29084", order=962,
        treating_gp="martin", opened=False,
    ),
)  # fmt: skip


def _place(key: str, name: str, number: int, kind: str, specialty: str = "") -> Structure:
    number_of_it = finess(_DEPARTMENT, 9000 + number)
    return Structure(key=key, name=name, finess=number_of_it, kind=kind, specialty=specialty)


STRUCTURES: Final = (
    _place("msp_port", "Maison de santé du Port", 1, "practice"),
    _place("cabinet_lices", "Cabinet médical des Lices", 2, "practice"),
    _place("cabinet_garnier", "Cabinet de psychiatrie du Mail", 3, "practice"),
    _place("clinique_lices", "Clinique des Lices", 4, "hospital"),
    _place("hopital", "Centre hospitalier de la Rance", 5, "hospital"),
    _place("samu", "SAMU 35", 6, "samu"),
    _place("pharmacie_port", "Pharmacie du Port", 7, "pharmacy", "50"),
    _place("pharmacie_remparts", "Pharmacie des Remparts", 8, "pharmacy", "50"),
    _place("laboratoire_port", "Laboratoire du Port", 9, "laboratory", "30"),
    _place("imagerie_lices", "Imagerie des Lices", 10, "imaging", "6"),
    _place("taxi", "Taxi de la Rance", 11, "transport", "56"),
    _place("ambulances", "Ambulances de la Côte", 12, "transport", "55"),
    _place("cabinet_infirmier", "Cabinet infirmier du Port", 13, "practice"),
    _place("cabinet_dentaire", "Cabinet dentaire du Môle", 14, "practice"),
    _place("optique", "Optique du Port", 15, "optician", "64"),
)


# The order in this list is the number: new ones go to its end.
_TEAM: Final = (
    ("petit", "Dr", "Claire", "Petit", "10", "1", ("msp_port",)),
    ("martin", "Dr", "Paul", "Martin", "10", "1", ("cabinet_lices",)),
    ("garnier", "Dr", "Hélène", "Garnier", "10", "33", ("cabinet_garnier",)),
    ("roux", "Dr", "Antoine", "Roux", "10", "3", ("clinique_lices",)),
    ("quere", "", "Maëlle", "Quéré", "60", "24", ("cabinet_infirmier",)),
    ("salaun", "Dr", "Bruno", "Salaün", "40", "19", ("cabinet_dentaire",)),
    ("morvan", "", "Katell", "Morvan", "50", "21", ("msp_port",)),
    ("delmas", "", "Sophie", "Delmas", "21", "50", ("pharmacie_port",)),
    ("benali", "Dr", "Karim", "Benali", "10", "83", ("samu", "hopital")),
    ("vallon", "Dr", "Irène", "Vallon", "10", "6", ("imagerie_lices",)),
    ("cadiou", "Dr", "Iris", "Cadiou", "10", "38", ("laboratoire_port",)),
    ("marchand", "Dr", "Luc", "Marchand", "10", "35", ("hopital",)),
    ("renaud", "Dr", "Alice", "Renaud", "10", "15", ("clinique_lices",)),
    ("perrin", "", "Hugo", "Perrin", "70", "26", ("msp_port",)),
    ("lesage", "Dr", "Odile", "Lesage", "10", "1", ("msp_port",)),
)
PROFESSIONALS: Final = tuple(
    Professional(
        key=key, title=title, given=given, family=family, rpps=rpps(9_900_000 + number),
        profession=profession, specialty=specialty, structures=structures,
    )
    for number, (key, title, given, family, profession, specialty, structures) in enumerate(_TEAM)
)  # fmt: skip

CARDS: Final = (
    Card(serial="8025000000000000001", holder="jeanne", beneficiaries=("jeanne",)),
    Card(serial="8025000000000000002", holder="salome", beneficiaries=("salome",)),
    Card(serial="8025000000000000003", holder="thomas", beneficiaries=("thomas",)),
    Card(serial="8025000000000000004", holder="nadia", beneficiaries=("nadia", "lina", "noe")),
    Card(serial="8025000000000000005", holder="emile", beneficiaries=("emile",)),
    Card(serial="8025000000000000006", holder="marcel", beneficiaries=("marcel",)),
    Card(serial="8025000000000000007", holder="angele", beneficiaries=("angele",)),
    Card(serial="8025000000000000008", holder="elodie", beneficiaries=("elodie", "jules", "rose")),
)

REPRESENTATIONS: Final = (
    Representation(representative="nadia", minor="lina"),
    Representation(representative="nadia", minor="noe"),
    Representation(representative="elodie", minor="jules"),
    Representation(representative="elodie", minor="rose"),
)


@cache
def person(key: str) -> Person:
    """Return a person by their key."""
    return next(it for it in PEOPLE if it.key == key)


@cache
def professional(key: str) -> Professional:
    """Return a professional by their key."""
    return next(it for it in PROFESSIONALS if it.key == key)


@cache
def structure(key: str) -> Structure:
    """Return a structure by its key."""
    return next(it for it in STRUCTURES if it.key == key)
