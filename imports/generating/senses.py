"""Teeth, eyes and ears: the care that people get from dentists, opticians and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imports.generating import catalogue
from imports.generating.life import YEARS


if TYPE_CHECKING:
    from imports.generating.life import Life

_DENTIST: Final = "19"
_FILLINGS: Final = ("HBMD053", "HBMD049", "HBMD038", "HBMD058", "HBMD050")
_ROOTS: Final = ("HBFD008", "HBFD033", "HBFD021")
_CROWNS: Final = ("HBLD634", "HBLD350", "HBLD038")


def look_after_senses(life: Life) -> None:
    """Write dental care, glasses and, with age, hearing aids and feet."""
    age = life.person.age
    if age > 2:
        for _ in range(life.happens(0.55 * YEARS)):
            _dentist(life)
        if life.random() < (0.42 if age > 42 else 0.22):
            _glasses(life)
    if age > 66 and life.random() < 0.05:
        who = life.specialist("11")
        life.ledger.line(catalogue.ccam("CDQP012"), life.some_day(), who)
        life.ledger.line(catalogue.device("2312927"), life.some_day(), life.area.supplier)
    if age > 66 and life.random() < 0.06:
        order = life.ledger.prescribe(life.some_day(), life.gp)
        life.series(order, "AMP", life.specialist("27"), first=order.day, count=5, every=60)


def _dentist(life: Life) -> None:
    random, ledger = life.random, life.ledger
    day = life.some_day()
    order = life.consult(_DENTIST, day)
    who = life.specialist(_DENTIST)
    if life.person.age in (6, 9, 12, 15, 18, 21, 24):
        ledger.line(catalogue.ngap("BDC"), day, who)
    if random() < 0.6:
        ledger.line(catalogue.ccam("HBJD001"), day, who)
    if random() < 0.3:
        ledger.line(catalogue.ccam("HBQK389"), day, who)
    later = life.soon(day + 5, 25)
    for _ in range(int(random() * 2.6)):
        ledger.line(catalogue.ccam(_FILLINGS[int(random() * len(_FILLINGS))]), later, who)
    if life.person.age > 25 and random() < 0.13:
        ledger.line(catalogue.ccam(_ROOTS[int(random() * len(_ROOTS))]), later, who)
        ledger.line(
            catalogue.ccam(_CROWNS[int(random() * len(_CROWNS))]), life.soon(later + 10, 30), who
        )
    if random() < 0.12:
        boxes = life.first_box("J01CA04") + life.first_box("N02BE01")
        life.dispense(order, life.soon(day, 1), boxes)


def _glasses(life: Life) -> None:
    day = life.some_day()
    order = life.consult("15", day)
    life.ledger.line(catalogue.ccam("BLQP010"), day, life.specialist("15"), order.columns)
    later = life.soon(day + 5, 30)
    adult = life.person.age > 17
    frame = "2222124" if adult else "2254242"
    lens = "2201754" if life.person.age > 45 else "2200335"
    optician = life.area.optician
    life.ledger.line(catalogue.device(frame), later, optician, order.columns)
    life.ledger.line(catalogue.device(lens), later, optician, order.columns, quantity=2)
