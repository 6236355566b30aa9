"""Writes one person's claim lines as text, with the fund's delays, corrections and totals.

Lines are built from parts rendered once: it is what makes millions of them affordable. It must
not know why a line is written.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from imports.generating.identifiers import TEST_SYSTEM


if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from imports.generating.days import Calendar


# The order of the columns of `lines`, as in the description of the claims files.
COLUMNS: Final = (
    "line_id", "scheme", "person_system", "person_value", "birth_date", "care_start", "care_end",
    "section", "code_system", "code", "label", "quantity", "unpacked", "prescribed_on",
    "prescription_ref", "prescriber_rpps", "prescriber_name", "prescriber_specialty",
    "prescriber_finess", "performer_kind", "performer_rpps", "performer_name",
    "performer_specialty", "performer_finess", "atc", "paid_cents", "base_cents",
    "reimbursed_cents", "rate_pct", "operation", "reverses_line_id", "flow_date",
)  # fmt: skip

FULL_RATE: Final = 100
# How many days the fund takes: most within a fortnight, 99 in 100 within six months.
_DELAYS: Final = (
    *(3 + n % 8 for n in range(700)),
    *(11 + n % 34 for n in range(250)),
    *(45 + n % 100 for n in range(38)),
    *(145 + n % 36 for n in range(4)),
    *(181 + n * 23 for n in range(8)),
)
_CORRECTED: Final = 0.004
_CANCELLED: Final = 0.002


class Item:
    """Something a fund pays for: its code and its price, rendered as the columns they fill."""

    __slots__ = ("atc", "base", "code", "head", "paid", "rate", "section", "system")

    def __init__(
        self, section: str, system: str, code: str, *, base: int, rate: int, atc: str = "",
        over: int = 0,
    ) -> None:  # fmt: skip
        self.section = section
        self.system = system
        self.code = code
        self.atc = atc
        self.base = base
        self.paid = base + over
        self.rate = rate
        self.head = f"{section};{system};{code};"


class Actor:
    """Who prescribes or performs, rendered once for each of the two roles."""

    __slots__ = ("finess", "name", "performer", "prescriber", "rpps", "specialty")

    def __init__(self, *, rpps: str, name: str, specialty: str, finess: str = "") -> None:
        self.rpps = rpps
        self.name = name
        self.specialty = specialty
        self.finess = finess
        kind = "person" if rpps else "structure"
        self.prescriber = f"{rpps};{name};{specialty};{finess}"
        self.performer = f"{kind};{rpps};{name};{specialty};{finess}"


NOBODY: Final = ";;;"


class Totals:
    """What the slip says: lines and cents by scheme and month of flow date."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.by_scheme: dict[str, list[list[int]]] = {}

    def of(self, scheme: str) -> list[list[int]]:
        """Return the totals of a scheme, by month: lines, paid, reimbursed."""
        if scheme not in self.by_scheme:
            self.by_scheme[scheme] = [[0, 0, 0] for _ in self.calendar.months]
        return self.by_scheme[scheme]

    def rows(self) -> list[str]:
        """Return the rows of the slip, in order."""
        return [
            f"{scheme};{month};{lines};{paid};{reimbursed}\n"
            for scheme in sorted(self.by_scheme)
            for month, (lines, paid, reimbursed) in zip(
                self.calendar.months, self.by_scheme[scheme], strict=True
            )
            if lines
        ]


class Prescription:
    """What ties an order to what follows it: its reference, its day, who wrote it."""

    __slots__ = ("columns", "day")

    def __init__(self, *, ref: str, day: int, iso: str, by: Actor) -> None:
        self.day = day
        self.columns = f"{iso};{ref};{by.prescriber}"


class Ledger:
    """The claim lines of one person, in the order they happened."""

    __slots__ = (
        "born", "calendar", "cares", "count", "full", "head", "key", "lines", "prescriptions",
        "rng", "steady", "totals", "within",
    )  # fmt: skip

    def __init__(
        self, *, key: str, scheme: str, nir: str, birth: str, calendar: Calendar, totals: Totals,
        rng: Random, steady: bool = False, born: int = 0, truth: bool = False,
    ) -> None:  # fmt: skip
        self.key = key
        # The offset of the day of birth: nobody is treated before it.
        self.born = max(born, 0)
        self.calendar = calendar
        self.totals = totals.of(scheme)
        self.rng = rng.random
        # A steady fund takes a fixed time and never corrects itself: for the told stories.
        self.steady = steady
        self.head = f"{scheme};{TEST_SYSTEM};{nir};{birth};"
        self.lines: list[str] = []
        self.count = 0
        self.prescriptions = 0
        # Long-term illnesses: care is covered in full.
        self.full = False
        # What no file says: which care each line is of. Kept for those who measure.
        self.cares: dict[str, str] | None = {} if truth else None
        self.within = ""

    @contextmanager
    def one_care(self) -> Iterator[None]:
        """What is written inside is all of one care: a stay and its taxi, an illness."""
        self.within, outer = self.within or f"{self.key}|{self.count}", self.within
        try:
            yield
        finally:
            self.within = outer

    def _care_of(self, ordered: str, by: Actor, day: int) -> str:
        """Return the care a line is of: else what somebody decided for the person on a day."""
        on, _ref, _rpps, name, *_where = ordered.split(";")
        return self.within or (f"{name}|{on}" if name else f"{by.name}|{self.calendar.iso[day]}")

    def prescribe(self, day: int, by: Actor) -> Prescription:
        """Return a new prescription of that day."""
        self.prescriptions += 1
        ref = f"{self.key}-P{self.prescriptions}"
        return Prescription(ref=ref, day=day, iso=self.calendar.iso[day], by=by)

    def visit(self, item: Item, day: int, by: Actor, order: Prescription | None = None) -> None:
        """Write a visit; it bears the reference of what was prescribed there."""
        ref = order.columns.split(";", 2)[1] if order else ""
        self.line(item, day, by, f";{ref};{NOBODY}")

    def line(
        self, item: Item, day: int, by: Actor, ordered: str = f";;{NOBODY}", *, quantity: int = 1,
        end: int | None = None,
    ) -> None:  # fmt: skip
        """Write a line of care given on ``day`` (until ``end``), once the fund has processed it.

        Care of after the last day, or whose processing would be, isn't in the file yet.
        """
        calendar = self.calendar
        random = self.rng
        flow = day if end is None else end
        flow += 2 if self.steady else _DELAYS[int(random() * 1000)]
        if flow > calendar.last or day < self.born:
            return
        paid, base = item.paid * quantity, item.base * quantity
        rate = FULL_RATE if self.full and item.rate else item.rate
        reimbursed = base * rate // 100
        iso = calendar.iso
        self.count += 1
        line_id = f"{self.key}-{self.count}"
        if self.cares is not None:
            self.cares[line_id] = self._care_of(ordered, by, day)
        care = f"{self.head}{iso[day]};{'' if end is None else iso[end]};{item.head};"
        who = f";0;{ordered};{by.performer};{item.atc};"
        self._write(
            f"{line_id};{care}{quantity}{who}{paid};{base};{reimbursed};{rate};UPSERT;;{iso[flow]}\n",
            flow, paid, reimbursed,
        )  # fmt: skip
        if self.steady:
            return
        fate = random()
        if fate < _CORRECTED + _CANCELLED:
            self._regularise(
                line_id, flow, care, who, (quantity, paid, base, reimbursed, rate),
                cancelled=fate < _CANCELLED,
            )  # fmt: skip

    def _regularise(
        self, line_id: str, flow: int, care: str, who: str, amounts: tuple[int, ...], *,
        cancelled: bool,
    ) -> None:  # fmt: skip
        """Take a line back, later: cancelled, or netted by its opposite and sent again."""
        flow += 5 + int(self.rng() * 55)
        if flow > self.calendar.last:
            return
        quantity, paid, base, reimbursed, rate = amounts
        operation = "CANCEL" if cancelled else "UPSERT"
        day = self.calendar.iso[flow]
        self.count += 1
        self._write(
            f"{self.key}-{self.count};{care}{-quantity}{who}{-paid};{-base};{-reimbursed};{rate}"
            f";{operation};{line_id};{day}\n",
            flow, -paid, -reimbursed,
        )  # fmt: skip
        if not cancelled:
            self.count += 1
            again = base * FULL_RATE // 100 if rate else 0
            self._write(
                f"{self.key}-{self.count};{care}{quantity}{who}{paid};{base};{again}"
                f";{FULL_RATE if rate else 0};UPSERT;;{day}\n",
                flow, paid, again,
            )  # fmt: skip

    def _write(self, text: str, flow: int, paid: int, reimbursed: int) -> None:
        self.lines.append(text)
        totals = self.totals[self.calendar.month[flow]]
        totals[0] += 1
        totals[1] += paid
        totals[2] += reimbursed
