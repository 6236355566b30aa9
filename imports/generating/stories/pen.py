"""The pen the stories are written with: one person's care, in days before the last."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from imports.generating import catalogue
from imports.generating.days import months_before
from imports.generating.files import illness_row
from imports.generating.ledger import Actor, Ledger
from imports.generating.stories.cast import PROFESSIONALS, professional, structure
from records import reference


if TYPE_CHECKING:
    from imports.generating.days import Calendar
    from imports.generating.ledger import Item, Prescription, Totals
    from imports.generating.stories.cast import Person

_PEOPLE_OF_CARE: Final = frozenset(it.key for it in PROFESSIONALS)
_CCAM_LENGTH: Final = 7
_HISTORY: Final = 3  # years, begun ones counted


def practitioner(key: str) -> Actor:
    """Return a professional as who prescribes or performs."""
    who = professional(key)
    return Actor(
        rpps=who.rpps, name=who.name, specialty=reference.specialty_label(who.specialty),
        finess=structure(who.structures[0]).finess,
    )  # fmt: skip


def place(key: str) -> Actor:
    """Return a structure as who performs."""
    where = structure(key)
    specialty = reference.specialty_label(where.specialty) if where.specialty else ""
    return Actor(rpps="", name=where.name, specialty=specialty, finess=where.finess)


class Story:
    """Writes one person's care; days are counted back from the last."""

    def __init__(self, person: Person, calendar: Calendar, totals: Totals) -> None:
        self.person = person
        self.calendar = calendar
        self.ledger = Ledger(
            key=f"S-{person.key}", scheme="general", nir=person.ins,
            birth=person.born.isoformat(), calendar=calendar, totals=totals,
            rng=Random(0), steady=True,
        )  # fmt: skip
        self.illnesses: list[str] = []

    def day(self, ago: int) -> int:
        """Return the day so many days ago."""
        return self.calendar.last - ago

    def visit(self, who: str, ago: int, letters: str = "G") -> Prescription:
        """Write a visit and return what it prescribes."""
        actor = practitioner(who)
        order = self.ledger.prescribe(self.day(ago), actor)
        self.ledger.visit(catalogue.ngap(letters), self.day(ago), actor, order)
        return order

    def pharmacy(
        self, order: Prescription, ago: int, *boxes: str, where: str = "pharmacie_port"
    ) -> None:
        """Write boxes given on a prescription, by CIP13 or by ATC class."""
        for code in boxes:
            item = catalogue.box(code) if code.isdigit() else self._usual(code)
            self.ledger.line(item, self.day(ago), place(where), order.columns)

    def _usual(self, atc: str) -> Item:
        """Return the most prescribed box of a class for the person's age."""
        last = self.calendar.until.year - self.person.born.year
        return catalogue.boxes(atc, max(0, last - _HISTORY), last)[0]

    def laboratory(self, order: Prescription, ago: int, *codes: str) -> None:
        """Write laboratory acts ordered at a visit."""
        for item in catalogue.tests(*codes):
            self.ledger.line(item, self.day(ago), place("laboratoire_port"), order.columns)

    def act(
        self, code: str, ago: int, who: str, order: Prescription | None = None, times: int = 1
    ) -> None:
        """Write an act of the CCAM (7 characters) or the NGAP, by a professional or a place."""
        item = catalogue.ccam(code) if len(code) == _CCAM_LENGTH else catalogue.ngap(code)
        actor = practitioner(who) if who in _PEOPLE_OF_CARE else place(who)
        day = self.day(ago)
        if order is None:
            self.ledger.line(item, day, actor, quantity=times)
        else:
            self.ledger.line(item, day, actor, order.columns, quantity=times)

    def device(self, code: str, ago: int, where: str, order: Prescription) -> None:
        """Write a device given on a prescription."""
        self.ledger.line(catalogue.device(code), self.day(ago), place(where), order.columns)

    def stay(self, ghs: str, ago: int, nights: int, where: str = "clinique_lices") -> None:
        """Write a hospital stay that began so many days ago."""
        start = self.day(ago)
        self.ledger.line(catalogue.stay(ghs), start, place(where), end=start + nights)

    def illness(self, icd10: str, months: int) -> None:
        """Write a long-term illness recognised so many months ago; care is covered in full."""
        self.ledger.full = True
        since = months_before(self.calendar.until, months)
        flow = self.calendar.iso[0]
        self.illnesses.append(illness_row(self.person.ins, icd10, since, None, flow))
