"""Contraception, pregnancy, screening, childhood and vaccines: care that follows age and sex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imports.generating import catalogue
from imports.generating.life import YEARS


if TYPE_CHECKING:
    from imports.generating.ledger import Prescription
    from imports.generating.life import Life

_QUARTER: Final = 91
_TERM: Final = 274
# Days of pregnancy: visits, ultrasounds, tests.
_VISITS: Final = (45, 80, 110, 140, 170, 200, 230, 255)
_ULTRASOUNDS: Final = ((84, "JQQM010"), (154, "JQQM018"), (224, "JQQM016"))
_FIRST_TESTS: Final = ("1140", "1420", "1773", "388", "1256", "4500", "1104", "552")
_MONTHLY_TESTS: Final = ("1420", "2004")
_SCREENED: Final = (50, 74)
_FLU_FROM: Final = 65
_CHILD_VACCINES: Final = (
    # months of age, ATC of the vaccine
    (2, "J07CA09"), (2, "J07AL02"), (4, "J07CA09"), (4, "J07AL02"), (5, "J07AH07"),
    (11, "J07CA09"), (11, "J07AL02"), (12, "J07BD52"), (12, "J07AH07"), (17, "J07BD52"),
    (72, "J07CA02"), (138, "J07CA02"), (140, "J07BM01"), (146, "J07BM01"),
)  # fmt: skip


def grow_and_protect(life: Life) -> None:
    """Write the care that comes with age: vaccines and check-ups, then what women need."""
    age = life.person.age
    if age < 15:
        _childhood(life)
    _vaccines(life)
    if life.is_woman and 14 < age < 52:  # ages of fertility
        _fertile_years(life)
    if life.is_woman and age >= 25:  # screening starts at 25
        _screening(life)


def _fertile_years(life: Life) -> None:
    age = life.person.age
    drawn = life.random()
    pregnant = 0.055 * YEARS if 22 <= age <= 38 else 0.008 * YEARS
    if drawn < pregnant:
        _pregnancy(life)
    elif drawn < pregnant + 0.014 * YEARS:
        with life.ledger.one_care():
            _abortion(life)
    elif drawn < pregnant + 0.02 * YEARS and age > 27:
        _fertility(life)
    elif drawn < 0.62 and age < 49:  # share of women under contraception
        _contraception(life)


def _contraception(life: Life) -> None:
    by = ("1", "70", "21")[int(life.random() * 3)]
    day = int(life.random() * _QUARTER)
    if life.random() < 0.25:  # a device, for years
        order = life.consult(by, life.calendar.open[day])
        later = life.soon(order.day + 3, 10)
        life.dispense(order, later, life.first_box("G02BA03"))
        who = life.gp if by == "1" else life.specialist(by)
        life.ledger.line(catalogue.ccam("JKLD001"), life.soon(later + 3, 12), who, order.columns)
        return
    box = life.usual_box(("G03AA07", "G03AC"))
    if box is None:
        return
    order = life.consult(by, life.calendar.open[day])
    for quarter in range(9):
        if day > life.calendar.last:
            return
        if quarter and quarter % 4 == 0:
            order = life.consult(by, life.calendar.open[day])
        life.dispense(order, life.calendar.open[day], [(box, 3)])
        day += _QUARTER - 4 + int(life.random() * 9)


def _pregnancy(life: Life) -> None:
    """Write a pregnancy that may have begun before the history or end after it."""
    began = int(life.random() * (life.calendar.last + _TERM)) - _TERM
    midwife = life.random() < 0.5
    code = "21" if midwife else "7"
    order: Prescription | None = None
    for number, after in enumerate(_VISITS):
        day = began + after
        if not 0 <= day <= life.calendar.last:
            continue
        order = life.consult(code, life.calendar.open[day])
        life.sample(order, _FIRST_TESTS if number == 0 else _MONTHLY_TESTS)
        if number == 0:
            boxes = life.first_box("B03BB01", 2) + life.first_box("B03A")
            life.dispense(order, life.soon(order.day, 2), boxes)
    for after, act in _ULTRASOUNDS:
        day = began + after
        if order and 0 <= day <= life.calendar.last:
            who = life.specialist("6")
            life.ledger.line(catalogue.ccam(act), life.calendar.open[day], who, order.columns)
    with life.ledger.one_care():
        _birth(life, began + _TERM)


def _birth(life: Life, day: int) -> None:
    last = life.calendar.last
    if not 0 <= day <= last - 4:
        return
    ledger, area = life.ledger, life.area
    nights = 3 + int(life.random() * 2)
    ledger.line(catalogue.ngap("FST"), day, area.hospital, end=min(day + nights, last))
    section = life.random() < 0.2  # one birth in five
    ledger.line(catalogue.ccam("JQGA003" if section else "JQGD010"), day, life.specialist("7"))
    ledger.line(catalogue.ccam("AFLB010"), day, life.specialist("2"))
    order = ledger.prescribe(min(day + nights, last), area.hospital_team)
    life.series(order, "SF", life.specialist("21"), first=day + nights + 1, count=4, every=3)
    life.series(order, "AMK", life.specialist("26"), first=day + 60, count=10, every=4)
    if life.random() < 0.4:  # breast pump
        ledger.line(catalogue.device("1129440"), order.day, life.pharmacy, order.columns)


def _abortion(life: Life) -> None:
    day = life.some_day()
    by = life.specialist("21" if life.random() < 0.5 else "7")
    order = life.ledger.prescribe(day, by)
    life.ledger.visit(catalogue.ngap("IC"), day, by, order)
    for letters in ("FPB", "IPE"):
        life.ledger.line(catalogue.ngap(letters), life.soon(day, 3), by, order.columns)
    later = life.soon(day + 4, 4)
    if life.random() < 0.75:  # three of four by medicines
        life.ledger.line(catalogue.ngap("FHV"), later, by, order.columns)
    else:
        life.ledger.line(catalogue.ngap("AMD"), later, life.area.hospital, order.columns)
        life.ledger.line(catalogue.ccam("JNJD002"), later, life.specialist("7"))
        life.ledger.line(catalogue.ngap("TXI"), later, life.area.taxi, order.columns)
    life.ledger.line(catalogue.ngap("IVE"), life.soon(later + 14, 6), by, order.columns)


def _fertility(life: Life) -> None:
    order = life.consult("70", life.some_day())
    life.sample(order, ("473", "330", "343", "1208"))
    for month in range(3):
        day = order.day + 30 * month + 5
        if day > life.calendar.last:
            return
        life.dispense(order, day, life.first_box("G03GB02"))
        who = life.specialist("6")
        life.ledger.line(catalogue.ccam("ZCQJ003"), life.soon(day + 6, 3), who, order.columns)


def _screening(life: Life) -> None:
    age = life.person.age
    first, last = _SCREENED
    if first <= age <= last and life.random() < 0.5:  # half take part
        life.ledger.line(catalogue.ccam("QEQK004"), life.some_day(), life.specialist("6"))
    if age < 66 and life.random() < 0.4:
        order = life.consult("70", life.some_day())
        who = life.specialist("70")
        life.ledger.line(catalogue.ccam("JKHD001"), order.day, who, order.columns)
        life.ledger.line(
            catalogue.ccam("JKQX347"), life.soon(order.day, 4), life.area.laboratory, order.columns
        )


def _vaccines(life: Life) -> None:
    age, calendar = life.person.age, life.calendar
    if age >= _FLU_FROM and life.random() < 0.6:
        for year in range(calendar.first.year, calendar.until.year + 1):
            day = calendar.offset(calendar.first.replace(year=year, month=10, day=15))
            day += int(life.random() * 45)
            if 0 <= day <= calendar.last:
                order = life.ledger.prescribe(day, life.gp)
                life.dispense(order, calendar.open[day], life.first_box("J07BB02"))
    if age in (25, 26, 45, 46, 65, 66) and life.random() < 0.5:
        order = life.consult("1", life.some_day())
        life.dispense(order, order.day, life.first_box("J07CA"))


def _childhood(life: Life) -> None:
    person, calendar = life.person, life.calendar
    born = calendar.offset(person.born)
    for months, atc in _CHILD_VACCINES:
        day = born + int(months * 30.44) + int(life.random() * 15)
        if 0 <= day <= calendar.last and life.random() < 0.92:
            order = life.ledger.prescribe(calendar.open[day], life.gp)
            life.ledger.visit(catalogue.ngap("COE"), order.day, life.gp, order)
            life.dispense(order, max(0, order.day - 1), life.first_box(atc))
    if 5 <= person.age <= 10 and life.random() < 0.09:  # speech therapy
        order = life.consult("1", life.some_day())
        life.series(
            order, "AMO", life.specialist("28"), first=order.day + 20,
            count=15 + int(life.random() * 25), every=7,
        )  # fmt: skip
    if 11 <= person.age <= 14 and life.random() < 0.25:  # braces
        item, who = catalogue.ngap("TO"), life.specialist("19")
        first = int(life.random() * 180)
        for day in range(first, calendar.last, 182):
            life.ledger.line(item, calendar.open[day], who)
