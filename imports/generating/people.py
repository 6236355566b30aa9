"""Draws people: sex, age, where they live, what they live with. Shares are those of France."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from imports.generating.conditions import CONDITIONS
from imports.generating.identifiers import nth_nir


if TYPE_CHECKING:
    from random import Random

    from imports.generating.conditions import Condition
    from imports.generating.days import Calendar

MAN, WOMAN = 1, 2
_DAYS_A_YEAR: Final = 365.25
# Share of the population in each band of five years from birth, then 95 and over (Insee).
_BANDS: Final = (
    51, 57, 61, 63, 58, 55, 57, 60, 62, 60, 66, 66, 64, 61, 59, 44, 30, 24, 14, 6,
)  # fmt: skip
_CUMULATED: Final = list(accumulate(_BANDS))
_SCHEMES: Final = (("general", 0.87), ("agricultural", 0.94), ("civil", 0.98), ("military", 1.0))


@dataclass(frozen=True, slots=True)
class Person:
    """Someone invented. ``frailty`` multiplies how often they fall ill; its mean is about 1."""

    index: int
    sex: int
    born: date
    age: int
    nir: str
    scheme: str
    area: int
    frailty: float
    conditions: tuple[Condition, ...] = field(default=())
    covered: tuple[Condition, ...] = field(default=())
    """The conditions recognised as long-term illnesses."""


def draw(index: int, rng: Random, calendar: Calendar, areas: int) -> Person:
    """Return the ``index``-th person; the same index and generator give the same person."""
    random = rng.random
    age = _age(random())
    sex = WOMAN if random() < 0.517 + max(0, age - 65) * 0.004 else MAN
    born = calendar.until - timedelta(days=int((age + random()) * _DAYS_A_YEAR) + 1)
    frailty = min(rng.lognormvariate(-0.18, 0.6), 6.0)
    # Illness is unevenly shared; mild conditions are often left untreated.
    having = tuple(
        it
        for it in CONDITIONS
        if random() < it.chance(age, sex) * (0.5 + 0.5 * frailty) * (1.0 if it.icd10 else 0.45)
    )
    return Person(
        index=index,
        sex=sex,
        born=born,
        age=age,
        nir=nth_nir(index, sex=sex, born=born),
        scheme=_scheme(random()),
        area=index % areas,
        frailty=frailty,
        conditions=having,
        covered=tuple(it for it in having if it.icd10 and random() < it.covered),
    )


def _age(drawn: float) -> int:
    place = drawn * _CUMULATED[-1]
    before = 0
    for band, upto in enumerate(_CUMULATED):
        if place < upto:
            return band * 5 + int((place - before) / (upto - before) * 5)
        before = upto
    return len(_BANDS) * 5


def _scheme(drawn: float) -> str:
    return next(name for name, upto in _SCHEMES if drawn < upto)
