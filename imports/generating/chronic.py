"""Care that goes on: renewed prescriptions, monthly boxes, follow-up of conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imports.generating import catalogue
from imports.generating.life import YEARS


if TYPE_CHECKING:
    from imports.generating.conditions import Condition
    from imports.generating.ledger import Item, Prescription
    from imports.generating.life import Life

_MONTH: Final = 30
_MONTHS_A_PRESCRIPTION: Final = 3
_KEEPS_TO_IT: Final = 0.85
_OLD: Final = 75
_DIALYSED: Final = 0.05
# What is delivered for a month at most, or less (narcotics and the like).
_MONTHLY: Final = ("N07BC", "N05A", "N06BA")


def follow(life: Life) -> None:
    """Write the care of every condition the person lives with."""
    conditions = life.person.conditions
    if not conditions:
        return
    boxes = _boxes(life, conditions)
    for order in _renewals(life, boxes):
        _month_by_month(life, order, boxes)
        for condition in conditions:
            if condition.tests and life.random() < condition.tests_a_year / 4:
                life.sample(order, condition.tests)
    for condition in conditions:
        _specialist(life, condition)
        _devices(life, condition)
        if condition.nursing and life.person.age >= _OLD and life.random() < condition.nursing:
            _nursing(life)
        if condition.name == "kidney disease" and life.random() < _DIALYSED:
            _dialysis(life)


def _boxes(life: Life, conditions: tuple[Condition, ...]) -> list[tuple[Item, int]]:
    taken: dict[Item, int] = {}
    for condition in conditions:
        for treatment in condition.treatments:
            if life.random() < treatment.chance:
                box = life.usual_box(treatment.classes)
                if box is not None:
                    taken.setdefault(box, treatment.boxes)
    return list(taken.items())


def _renewals(life: Life, boxes: list[tuple[Item, int]]) -> list[Prescription]:
    """Write the visits that renew the treatment, every three months or every month."""
    if not boxes:
        return []
    monthly = any(item.atc.startswith(_MONTHLY) for item, _ in boxes)
    months = 1 if monthly else _MONTHS_A_PRESCRIPTION
    orders = []
    day = int(life.random() * _MONTH * months)
    while day <= life.calendar.last:
        orders.append(life.consult("1", life.calendar.open[day]))
        day += _MONTH * months - 3 + int(life.random() * 10)
    return orders


def _month_by_month(life: Life, order: Prescription, boxes: list[tuple[Item, int]]) -> None:
    monthly = any(item.atc.startswith(_MONTHLY) for item, _ in boxes)
    for month in range(1 if monthly else _MONTHS_A_PRESCRIPTION):
        day = order.day + month * _MONTH + int(life.random() * 3)
        if day > life.calendar.last:
            return
        kept = [one for one in boxes if life.random() < _KEEPS_TO_IT]
        life.dispense(order, life.calendar.open[day], kept)


def _specialist(life: Life, condition: Condition) -> None:
    if not condition.specialty:
        return
    for _ in range(life.happens(condition.visits * YEARS)):
        day = life.some_day()
        who = life.see(condition.specialty, day)
        if condition.acts and life.random() < 0.5:  # one visit of two
            act = condition.acts[int(life.random() * len(condition.acts))]
            item = catalogue.ccam(act)
            if item.section == "RADIO":
                life.picture(life.ledger.prescribe(day, who), act)
            else:
                life.ledger.line(item, day, who)


def _devices(life: Life, condition: Condition) -> None:
    if not condition.devices:
        return
    day = int(life.random() * _MONTH)
    who = life.area.supplier if condition.name == "sleep apnoea" else life.pharmacy
    by = life.specialist(condition.specialty) if condition.specialty else life.gp
    order = life.ledger.prescribe(day, by)
    while day <= life.calendar.last:
        for code in condition.devices:
            life.ledger.line(catalogue.device(code), life.calendar.open[day], who, order.columns)
        day += _MONTH - 1 + int(life.random() * 3)


def _nursing(life: Life) -> None:
    """Write a nurse's visits: every day for a third of these people, else three a week."""
    order = life.ledger.prescribe(0, life.gp)
    nurse = life.specialist("24")
    daily = life.random() < 0.34  # a third
    step = 1 if daily else 3
    item = catalogue.ngap("BSB" if daily else "AMI")
    day = int(life.random() * _MONTH)
    # Home care starts one day and stops another: half of the history on average.
    last = int(life.random() ** 2 * life.calendar.last)
    while day <= last:
        life.ledger.line(item, day, nurse, order.columns)
        day += step


def _dialysis(life: Life) -> None:
    """Write three sessions a week, each with its taxi, over part of the history."""
    order = life.ledger.prescribe(0, life.specialist("35"))
    session, taxi = catalogue.ngap("D11"), catalogue.ngap("TXI")
    day = int(life.random() * life.calendar.last)
    while day <= life.calendar.last:
        with life.ledger.one_care():
            life.ledger.line(session, day, life.area.hospital)
            life.ledger.line(taxi, day, life.area.taxi, order.columns, quantity=2)
        day += 2 if day % 7 < 4 else 3
