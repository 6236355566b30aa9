"""Makes identifiers that are well formed and that nobody real can have.

Numbers of persons use commune codes that don't exist (950 and above), numbers of professionals
and structures use ranges the national directories leave empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from datetime import date


# The national identity's system for tests: nothing made here may claim another.
TEST_SYSTEM: Final = "1.2.250.1.213.1.4.10"

DEPARTMENTS: Final = (
    *(f"{number:02d}" for number in range(1, 20)),
    "2A",
    "2B",
    *(f"{number:02d}" for number in range(21, 96)),
)
_FIRST_COMMUNE: Final = 950
_COMMUNES: Final = 50
_ORDERS: Final = 999
_PER_DEPARTMENT: Final = _COMMUNES * _ORDERS
# Months above 20 stand for civil records without a month: a second number for the same place.
_MONTH_STEP: Final = 20
_MONTH_CYCLES: Final = 5
MOST_PEOPLE: Final = len(DEPARTMENTS) * _PER_DEPARTMENT * _MONTH_CYCLES


def luhn_key(digits: str) -> str:
    """Return the Luhn key of ``digits`` (numbers of professionals and structures end with it)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # the sum of two digits
    return str(-total % 10)


def rpps(number: int) -> str:
    """Return the 11-digit number of the ``number``-th invented professional."""
    body = f"999{number:07d}"
    return body + luhn_key(body)


def finess(department: str, number: int) -> str:
    """Return the 9-character number of an invented structure; Corsica's key isn't computed."""
    body = f"{department}99{number:04d}"
    return body + (luhn_key(body) if body.isdigit() else "0")


def nir_key(thirteen: str) -> str:
    """Return the key of a national number: 97 less its remainder by 97; 2A is 19, 2B is 18."""
    number = thirteen
    if thirteen[6] in "AB":
        number = thirteen[:5] + ("19" if thirteen[6] == "A" else "18") + thirteen[7:]
    return f"{97 - int(number) % 97:02d}"


def nir(*, sex: int, born: date, place: str, order: int, cycle: int = 0) -> str:
    """Return the 15 characters of a national number; ``place`` is a commune's 5-character code."""
    month = born.month + (_MONTH_STEP * cycle if cycle else 0)
    body = f"{sex}{born.year % 100:02d}{month:02d}{place}{order:03d}"
    return body + nir_key(body)


def nth_nir(index: int, *, sex: int, born: date) -> str:
    """Return the number of the ``index``-th invented person: no two indexes give the same."""
    cycle, rest = divmod(index, len(DEPARTMENTS) * _PER_DEPARTMENT)
    # The department changes fastest, so that a small file already has a Corsican in it.
    rest, department = divmod(rest, len(DEPARTMENTS))
    order, commune = divmod(rest, _COMMUNES)
    place = f"{DEPARTMENTS[department]}{_FIRST_COMMUNE + commune}"
    return nir(sex=sex, born=born, place=place, order=order + 1, cycle=cycle)
