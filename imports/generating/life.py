"""The care one person gets over the months: what is common to all the reasons for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imports.generating import catalogue
from imports.generating.people import WOMAN


if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from imports.generating.days import Calendar
    from imports.generating.directory import Area
    from imports.generating.ledger import Actor, Item, Ledger, Prescription
    from imports.generating.people import Person

YEARS: Final = 26 / 12
_LETTERS: Final = {"1": "G", "33": "CNP", "32": "CNP", "3": "CSC"}
_CHOICE: Final = 5
# Years, begun ones counted: the history is of 26 months.
_HISTORY: Final = 3


class Life:
    """A person, who treats them, and the ledger their care is written in."""

    __slots__ = (
        "area", "calendar", "choices", "gp", "ledger", "person", "pharmacy", "random", "rng",
        "seen",
    )  # fmt: skip

    def __init__(
        self, person: Person, area: Area, ledger: Ledger, calendar: Calendar, rng: Random
    ) -> None:
        self.person = person
        self.area = area
        self.ledger = ledger
        self.calendar = calendar
        self.rng = rng
        self.random = rng.random
        self.gp = area.one("1", rng.random())
        self.pharmacy = area.pharmacies[0 if rng.random() < 0.75 else 1]
        self.choices: dict[str, Item | None] = {}
        # A person keeps their specialists.
        self.seen: dict[str, Actor] = {}
        ledger.full = bool(person.covered)

    @property
    def is_woman(self) -> bool:
        """Tell whether the person is a woman."""
        return self.person.sex == WOMAN

    def happens(self, mean: float) -> int:
        """Return how many times something of that mean happens: its whole part, or one more."""
        whole = int(mean)
        return whole + (self.random() < mean - whole)

    def some_day(self) -> int:
        """Return a day of the history on which practices are open."""
        return self.calendar.open[int(self.random() * (self.calendar.last + 1))]

    def soon(self, day: int, spread: int) -> int:
        """Return an open day within ``spread`` days; the last of the history at most."""
        later = day + int(self.random() * (spread + 1))
        return self.calendar.open[min(later, self.calendar.last)]

    def specialist(self, code: str) -> Actor:
        """Return the specialist this person goes to."""
        if code not in self.seen:
            self.seen[code] = self.area.one(code, self.random())
        return self.seen[code]

    def boxes(self, atc: str) -> tuple[Item, ...]:
        """Return the boxes of a class that suit this person all along the history."""
        age = self.person.age
        return catalogue.boxes(atc, max(0, age - _HISTORY), age)

    def first_box(self, atc: str, quantity: int = 1) -> list[tuple[Item, int]]:
        """Return the most prescribed box of a class, as ``dispense`` takes it; nothing if none."""
        return [(item, quantity) for item in self.boxes(atc)[:1]]

    def usual_box(self, classes: tuple[str, ...]) -> Item | None:
        """Return the box this person takes of one of these classes: always the same."""
        key = "/".join(classes)
        if key not in self.choices:
            found = self.boxes(classes[int(self.random() * len(classes))])
            # Cheap boxes are the most prescribed.
            place = int(self.random() ** 2 * min(len(found), _CHOICE))
            self.choices[key] = found[place] if found else None
        return self.choices[key]

    def see(self, code: str, day: int, order: Prescription | None = None) -> Actor:
        """Write a visit to a specialty (the GP for ``1``)."""
        who = self.gp if code == "1" else self.specialist(code)
        self.ledger.visit(catalogue.ngap(_LETTERS.get(code, "CS")), day, who, order)
        return who

    def consult(self, code: str, day: int) -> Prescription:
        """Write a visit that ends with a prescription, and return it."""
        who = self.gp if code == "1" else self.specialist(code)
        order = self.ledger.prescribe(day, who)
        self.ledger.visit(catalogue.ngap(_LETTERS.get(code, "CS")), day, who, order)
        return order

    def dispense(self, order: Prescription, day: int, boxes: Iterable[tuple[Item, int]]) -> None:
        """Write boxes given at the pharmacy on a prescription."""
        for item, quantity in boxes:
            self.ledger.line(item, day, self.pharmacy, order.columns, quantity=quantity)

    def sample(self, order: Prescription, codes: tuple[str, ...]) -> None:
        """Write laboratory acts ordered at a visit, a few days later."""
        day = self.soon(order.day + 1, 6)
        for item in catalogue.tests(*codes):
            self.ledger.line(item, day, self.area.laboratory, order.columns)

    def picture(self, order: Prescription, code: str, days: int = 12) -> int:
        """Write imaging ordered at a visit; return its day. Scanners have a technical fee."""
        day = self.soon(order.day + 1, days)
        radiologist = self.specialist("6")
        self.ledger.line(catalogue.ccam(code), day, radiologist, order.columns)
        if code in _WITH_FEE:
            self.ledger.line(catalogue.ngap("FTN"), day, self.area.imaging, order.columns)
        return day

    def series(
        self, order: Prescription, letters: str, who: Actor, *, first: int, count: int, every: int
    ) -> None:
        """Write ``count`` sessions, ``every`` so many days."""
        item = catalogue.ngap(letters)
        day = first
        for _ in range(count):
            if day > self.calendar.last:
                return
            self.ledger.line(item, self.calendar.open[day], who, order.columns)
            day += every


_WITH_FEE: Final = frozenset(
    {
        "ACQK001", "ACQH003", "ZBQK001", "ZBQH001", "ZCQH001", "ZCQH002", "ZCQK004", "ZCQK005",
        "LHQK001", "ACQN001", "ACQJ002", "LHQN001", "LHQJ001", "NZQN001", "MZQN001", "ZZQL016",
    },
)  # fmt: skip
