"""The invented professionals and structures of each area: who treats whom.

An area has some three thousand people, their doctors, pharmacies and laboratory; hospitals and
rare specialties serve several. Nobody in it is real.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from imports.generating.identifiers import DEPARTMENTS, finess, rpps
from imports.generating.ledger import Actor
from records import reference


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


PEOPLE_PER_AREA: Final = 3000
AREAS_PER_HOSPITAL: Final = 6

_GIVEN: Final = (
    "Adèle", "Agnès", "Alain", "Alban", "Amandine", "Antoine", "Armelle", "Aurélie", "Basile",
    "Bérénice", "Blandine", "Brice", "Camille", "Carole", "Cédric", "Clément", "Corentin",
    "Cyril", "Delphine", "Denis", "Edwige", "Élise", "Émilien", "Estelle", "Fabrice", "Flavie",
    "Florent", "Gaëlle", "Gauthier", "Hélène", "Hubert", "Ingrid", "Joël", "Judith", "Karine",
    "Laure", "Léonard", "Ludovic", "Maëlle", "Magali", "Marius", "Mathilde", "Noémie", "Odile",
    "Olivier", "Pascale", "Quentin", "Raphaël", "Rémi", "Salomé", "Sylvain", "Tanguy",
    "Thibault", "Ursule", "Valentin", "Victoire", "Xavier", "Yann", "Yvonne", "Zoé",
)  # fmt: skip
_FAMILY: Final = (
    "Abelard", "Amelot", "Arsenault", "Aubrière", "Bardenne", "Bellecour", "Berthenet",
    "Boissard", "Bourdelin", "Brévignon", "Cadoret", "Chambrun", "Chanterelle", "Clairvaux",
    "Cordelier", "Courtenay", "Daubigny", "Desforges", "Ducoudray", "Escoffier", "Estérel",
    "Fauvelle", "Fontanges", "Fromentin", "Gardelle", "Grandmaison", "Guillerand", "Hautecour",
    "Jolivet", "Kermadec", "Labruyère", "Lancelin", "Lavergne", "Lestrange", "Malvoisin",
    "Marcenay", "Mirebeau", "Montclair", "Nerval", "Ormesson", "Pernelle", "Pontcallec",
    "Quelven", "Ravenel", "Rochebrune", "Saintonge", "Sauveterre", "Taillefer", "Tréguier",
    "Valombreuse", "Vaucanson", "Verdelin", "Villedieu", "Vindry", "Ysengrin",
)  # fmt: skip
_PLACES: Final = (
    "des Tilleuls", "du Marché", "de la Gare", "des Halles", "du Pont", "de la Fontaine",
    "des Remparts", "du Moulin", "des Lilas", "de la Forêt", "du Canal", "des Écoles",
    "de l'Abbaye", "du Phare", "des Vergers", "de la Vallée", "du Beffroi", "des Collines",
)  # fmt: skip

# How many of each an area has, by code of specialty or trade.
_IN_AREA: Final = (
    ("1", 3), ("19", 2), ("21", 1), ("24", 3), ("26", 3), ("27", 1), ("28", 1), ("29", 1),
    ("3", 1), ("5", 1), ("6", 1), ("7", 1), ("15", 1), ("33", 1),
)  # fmt: skip
_AROUND_HOSPITAL: Final = (
    ("2", 3), ("4", 1), ("8", 2), ("11", 2), ("12", 2), ("13", 1), ("14", 2), ("16", 1),
    ("32", 2), ("35", 1), ("41", 2), ("42", 2), ("49", 2), ("70", 1), ("73", 2), ("78", 1),
    ("81", 1), ("83", 3),
)  # fmt: skip


def specialty_name(code: str) -> str:
    """Return the French name of a specialty, as the files bear it."""
    return reference.specialty_label(code)


class Area:
    """Who works in an area: professionals by specialty, and its structures."""

    __slots__ = (
        "ambulance", "by_specialty", "hospital", "hospital_team", "imaging", "laboratory",
        "optician", "pharmacies", "supplier", "taxi",
    )  # fmt: skip

    def __init__(self, number: int, around: Hospital) -> None:
        rng = Random(f"area {number}")
        department = DEPARTMENTS[number * 7 % len(DEPARTMENTS)]
        names = _names(rng)
        self.by_specialty = dict(around.by_specialty)
        serial = number * 100
        house = finess(department, number % 1000 * 8)
        for code, count in _IN_AREA:
            self.by_specialty[code] = [
                Actor(
                    rpps=rpps(serial + place), name=next(names),
                    specialty=specialty_name(code), finess=house if code == "1" else "",
                )
                for place in range(count)
            ]  # fmt: skip
            serial += count
        place = _PLACES[number % len(_PLACES)]
        other = _PLACES[(number + 7) % len(_PLACES)]
        structure = _structures(department, number)
        self.pharmacies = [
            structure(1, f"Pharmacie {place}", "50"),
            structure(2, f"Pharmacie {other}", "50"),
        ]
        self.laboratory = structure(3, f"Laboratoire {place}", "30")
        self.imaging = structure(4, f"Centre d'imagerie {place}", "6")
        self.taxi = structure(5, f"Taxi {other}", "56")
        self.ambulance = structure(6, f"Ambulances {place}", "55")
        self.supplier = structure(7, f"Santé à domicile {place}", "60")
        self.optician = structure(8, f"Optique {place}", "64")
        self.hospital = around.building
        self.hospital_team = around.team

    def one(self, code: str, choice: float) -> Actor:
        """Return one professional of a specialty; ``choice`` is from 0 to 1, 1 excluded."""
        found = self.by_specialty[code]
        return found[int(choice * len(found))]


class Hospital:
    """A hospital, the team that prescribes in its name, the specialists who work around it."""

    __slots__ = ("building", "by_specialty", "team")

    def __init__(self, number: int) -> None:
        rng = Random(f"hospital {number}")
        department = DEPARTMENTS[number * 42 % len(DEPARTMENTS)]
        names = _names(rng)
        serial = 9_000_000 - number * 100
        self.by_specialty: dict[str, list[Actor]] = {}
        for code, count in _AROUND_HOSPITAL:
            self.by_specialty[code] = [
                Actor(rpps=rpps(serial - place), name=next(names), specialty=specialty_name(code))
                for place in range(count)
            ]
            serial -= count
        number_of_it = finess(department, 9900 + number % 100)
        name = f"Centre hospitalier {_PLACES[number % len(_PLACES)]}"
        self.building = Actor(rpps="", name=name, specialty="", finess=number_of_it)
        # Hospital prescriptions often name the hospital only.
        self.team = Actor(rpps="", name="", specialty=specialty_name("99"), finess=number_of_it)


class Directory:
    """Every area, made when someone lives there."""

    def __init__(self, people: int) -> None:
        self.size = max(1, -(-people // PEOPLE_PER_AREA))
        self._areas: dict[int, Area] = {}
        self._hospitals: dict[int, Hospital] = {}

    def area(self, number: int) -> Area:
        """Return an area by its number, from 0 to `size`, excluded."""
        if number not in self._areas:
            around = number // AREAS_PER_HOSPITAL
            if around not in self._hospitals:
                self._hospitals[around] = Hospital(around)
            self._areas[number] = Area(number, self._hospitals[around])
        return self._areas[number]


def _names(rng: Random) -> Iterator[str]:
    while True:
        yield f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"


def _structures(department: str, number: int) -> Callable[[int, str, str], Actor]:
    def make(place: int, name: str, code: str) -> Actor:
        return Actor(
            rpps="", name=name, specialty=specialty_name(code),
            finess=finess(department, 1000 + (number * 9 + place) % 8900),
        )  # fmt: skip

    return make
