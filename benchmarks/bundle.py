"""`bundle`: what hiding one line proposes to hide with it, against the care the generator meant.

Of made-up people, where the truth is known. ``found`` is the share of the care's other lines that
the bundle holds, ``right`` the share of the bundle that is of the care; their floor is 100.
"""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from benchmarks.results import Row, row
from imports.generating import files
from imports.generating.days import Calendar
from imports.generating.ledger import COLUMNS, Totals
from records import reference
from records.care.bundle import bundle_of
from records.care.lines import CareLine


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


MOST_PEOPLE: Final = 500
CHOSEN: Final = 6  # lines hidden, of each person
UNTIL: Final = dt.date(2026, 11, 23)
SEED: Final = 41  # not the one on which the rules were mended


@dataclass
class Score:
    """Elements counted over every line chosen."""

    chosen: int = 0
    of_care: int = 0
    proposed: int = 0
    both: int = 0

    def count(self, of_care: set[uuid.UUID], proposed: set[uuid.UUID]) -> None:
        """Count one line chosen: what goes with it, and what is proposed."""
        self.chosen += 1
        self.of_care += len(of_care)
        self.proposed += len(proposed)
        self.both += len(of_care & proposed)


def measure(_here: Machine, sizes: Sizes) -> list[Row]:
    """Return what the bundle finds, and how much of it is right, as files name care and less."""
    people = min(MOST_PEOPLE, sizes.large)
    scores = {name: Score() for name in (*_FILES, "sensitive")}
    calendar = Calendar(UNTIL)
    made = files.generate(
        people=people, seed=SEED, calendar=calendar, totals=Totals(calendar), truth=True
    )
    lines = 0
    for number, claims in enumerate(made):
        read = dict(_lines(claims))
        lines += len(read)
        chosen = Random(number).sample(sorted(read), min(CHOSEN, len(read)))  # noqa: S311
        for name, told in _FILES.items():
            given = {key: told(line) for key, (line, _care) in read.items()}
            for key in chosen:
                of_care, proposed = _pair(key, read, given)
                scores[name].count(of_care, proposed)
                if name == "whole" and given[key].categories:
                    scores["sensitive"].count(of_care, proposed)
    sizes_of = {"people": people, "lines": lines}
    return [
        row(f"bundle.{name}.{what}", 100 * score.both / of, 100, unit="%", n=score.chosen,
            sizes=sizes_of)
        for name, score in scores.items()
        for what, of in (("found", score.of_care), ("right", score.proposed))
        if of
    ]  # fmt: skip


def _pair(
    key: uuid.UUID,
    read: dict[uuid.UUID, tuple[CareLine, str]],
    given: dict[uuid.UUID, CareLine],
) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    care = read[key][1]
    of_care = {other for other, (_line, its) in read.items() if its == care} - {key}
    return of_care, {item.id for item in bundle_of(key, given.values(), ())}


def _lines(claims: files.Claims) -> Iterator[tuple[uuid.UUID, tuple[CareLine, str]]]:
    """The lines of one person that stand, with the care they are of; nothing of corrections."""
    rows = list(csv.DictReader(claims.lines, COLUMNS, delimiter=";"))
    gone = {row["reverses_line_id"] for row in rows if row["operation"] == "CANCEL"}
    for each in rows:
        care = claims.cares.get(each["line_id"])
        if care is not None and each["line_id"] not in gone:
            line = _line(each)
            yield line.id, (line, care)


def _line(each: dict[str, str]) -> CareLine:
    begun = dt.date.fromisoformat(each["care_start"])
    ordered = each["prescribed_on"]
    specialties = (each["prescriber_specialty"], each["performer_specialty"])
    return CareLine(
        id=uuid.uuid5(uuid.NAMESPACE_OID, each["line_id"]),
        section=each["section"],
        care_start=begun,
        care_end=dt.date.fromisoformat(each["care_end"]) if each["care_end"] else begun,
        code_system=each["code_system"],
        code=each["code"],
        label=each["label"],
        quantity=int(each["quantity"]),
        unpacked=False,
        atc=each["atc"],
        prescribed_on=dt.date.fromisoformat(ordered) if ordered else None,
        prescription_ref=each["prescription_ref"],
        prescriber_key=_key(each["prescriber_rpps"]),
        prescriber_name=each["prescriber_name"],
        prescriber_specialty=each["prescriber_specialty"],
        prescriber_finess=each["prescriber_finess"],
        performer_kind=each["performer_kind"],
        performer_key=_key(each["performer_rpps"]),
        performer_name=each["performer_name"],
        performer_specialty=each["performer_specialty"],
        performer_finess=each["performer_finess"],
        paid_cents=None,
        base_cents=None,
        reimbursed_cents=None,
        rate_pct=None,
        episodes=(),
        categories=reference.sensitive_categories(
            code_system=each["code_system"], code=each["code"], atc=each["atc"],
            specialty=specialties,
        ),
    )  # fmt: skip


def _key(rpps: str) -> uuid.UUID | None:
    return uuid.uuid5(uuid.NAMESPACE_OID, rpps) if rpps else None


def _without_reference(line: CareLine) -> CareLine:
    return line._replace(prescription_ref="")


def _reference_alone(line: CareLine) -> CareLine:
    return line._replace(
        prescribed_on=None, prescriber_key=None, prescriber_name="", prescriber_finess=""
    )


# How much a file says: all, no reference of prescriptions, nothing of who prescribed but it.
_FILES: Final[dict[str, Callable[[CareLine], CareLine]]] = {
    "whole": lambda line: line,
    "no_reference": _without_reference,
    "reference_alone": _reference_alone,
}
