"""Writes made-up claims as the fund's files: same people, seed and day, same bytes.

One person at a time: a country's worth of lines needs no more memory than a village's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final, TextIO

from imports.generating import acute, chronic, family, hospital, senses
from imports.generating.days import Calendar, months_before
from imports.generating.directory import Directory
from imports.generating.identifiers import MOST_PEOPLE, TEST_SYSTEM
from imports.generating.ledger import COLUMNS, Ledger, Totals
from imports.generating.life import Life
from imports.generating.people import draw
from records import reference


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from imports.generating.people import Person

HEADERS: Final = {
    "lines": ";".join(COLUMNS) + "\n",
    "illnesses": "person_system;person_value;icd10;label;since;until;flow_date\n",
    "declared_doctors": "person_system;person_value;rpps;since;until;flow_date\n",
    "slip": "scheme;period;lines;paid_cents;reimbursed_cents\n",
}
_DECLARES: Final = 0.88
_ADULT: Final = 16
# The widest spread of Python's generator seeds keeps two people of two seeds apart.
_SEEDS_APART: Final = 1 << 32
_AT_ONCE: Final = 500


class TooManyPeopleError(ValueError):
    """More people were asked for than there are numbers to give them."""


@dataclass(slots=True)
class Claims:
    """The rows of one person in each file, each row with its line end."""

    lines: list[str] = field(default_factory=list)
    illnesses: list[str] = field(default_factory=list)
    declared_doctors: list[str] = field(default_factory=list)
    # Which care each line is of, by its number: in no file, for those who measure.
    cares: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written."""

    people: int
    lines: int
    illnesses: int
    declared_doctors: int


def generate(
    *, people: int, seed: int, calendar: Calendar, totals: Totals, first: int = 0,
    truth: bool = False,
) -> Iterator[Claims]:  # fmt: skip
    """Return the claims of people ``first`` to ``first + people``, adding to ``totals``.

    ``truth`` tells beside them which lines are of one care: what no file says.
    """
    if first + people > MOST_PEOPLE:
        raise TooManyPeopleError(
            f"{first + people} people were asked for: at most {MOST_PEOPLE} have a number."
        )
    directory = Directory(first + people)
    for index in range(first, first + people):
        rng = Random(seed * _SEEDS_APART + index)
        person = draw(index, rng, calendar, directory.size)
        ledger = Ledger(
            key=f"G{seed}-{index}", scheme=person.scheme, nir=person.nir,
            birth=person.born.isoformat(), calendar=calendar, totals=totals, rng=rng,
            born=calendar.offset(person.born), truth=truth,
        )  # fmt: skip
        life = Life(person, directory.area(person.area), ledger, calendar, rng)
        family.grow_and_protect(life)
        chronic.follow(life)
        acute.fall_ill(life)
        senses.look_after_senses(life)
        hospital.stay_in_hospital(life)
        rows = _illnesses(person, life), _doctors(person, life)
        yield Claims(ledger.lines, *rows, ledger.cares or {})


def _illnesses(person: Person, life: Life) -> list[str]:
    rows = []
    for condition in person.covered:
        months = 30 + int(life.random() * 90)
        since = max(months_before(life.calendar.until, months), person.born)
        rows.append(illness_row(person.nir, condition.icd10, since, None, life.calendar.iso[0]))
    return rows


def _doctors(person: Person, life: Life) -> list[str]:
    if person.age < _ADULT or life.random() > _DECLARES:
        return []
    since = months_before(life.calendar.until, 3 + int(life.random() * 120))
    flow = max(since, life.calendar.first)
    return [doctor_row(person.nir, life.gp.rpps, since, flow)]


def illness_row(nir: str, icd10: str, since: date, until: date | None, flow: str) -> str:
    """Return a row of `illnesses`, named in French by the reference."""
    label = reference.label("CIM10", icd10)
    end = until.isoformat() if until else ""
    return f"{TEST_SYSTEM};{nir};{icd10};{label};{since.isoformat()};{end};{flow}\n"


def doctor_row(nir: str, rpps: str, since: date, flow: date) -> str:
    """Return a row of `declared_doctors`, still in force."""
    return f"{TEST_SYSTEM};{nir};{rpps};{since.isoformat()};;{flow.isoformat()}\n"


def write(folder: Path, claims: Iterable[Claims], totals: Totals) -> Written:
    """Write the four files of ``folder`` from the claims, and the slip from their totals."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = [0, 0, 0, 0]
    with (
        _open(folder, "lines") as lines,
        _open(folder, "illnesses") as illnesses,
        _open(folder, "declared_doctors") as doctors,
        _open(folder, "slip") as slip,
    ):
        waiting: list[str] = []
        for number, one in enumerate(claims, 1):
            waiting += one.lines
            if number % _AT_ONCE == 0:
                lines.write("".join(waiting))
                waiting.clear()
            illnesses.writelines(one.illnesses)
            doctors.writelines(one.declared_doctors)
            counts[0] += 1
            counts[1] += len(one.lines)
            counts[2] += len(one.illnesses)
            counts[3] += len(one.declared_doctors)
        lines.write("".join(waiting))
        slip.writelines(totals.rows())
    return Written(*counts)


def _open(folder: Path, name: str) -> TextIO:
    file = (folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
    file.write(HEADERS[name])
    return file
