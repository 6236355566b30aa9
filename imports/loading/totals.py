"""The sums of a file beside what the fund's slip announces, to the cent. Must not know pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from dmp.templatetags.wording import euros
from imports.loading import wording
from imports.models import ControlTotal
from imports.parsing import ADDED, column_name


if TYPE_CHECKING:
    from collections.abc import Callable

    from imports.models import Load


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of one scheme and month beside the fund's slip; None while no slip came."""

    scheme: str
    period: str
    lines: int
    paid_cents: int
    reimbursed_cents: int
    slip: ControlTotal | None

    @property
    def agrees(self) -> bool:
        """Whether the file holds what the slip announces, to the cent."""
        found = (self.lines, self.paid_cents, self.reimbursed_cents)
        slip = self.slip
        return slip is not None and found == (slip.lines, slip.paid_cents, slip.reimbursed_cents)

    @property
    def month(self) -> dt.date:
        """The first day of the month."""
        return dt.date.fromisoformat(f"{self.period}-01")

    @property
    def counted(self) -> str:
        """The lines of the file."""
        return wording.number(self.lines)

    @property
    def announced(self) -> str:
        """The lines of the slip."""
        return wording.number(self.slip.lines) if self.slip else ""

    @property
    def gap(self) -> tuple[str, str, str]:
        """How much more the file holds than the slip announces: lines, paid, paid back."""
        slip = self.slip
        if slip is None:
            return "", "", ""
        return (
            _signed(self.lines - slip.lines, wording.number),
            _signed(self.paid_cents - slip.paid_cents, euros),
            _signed(self.reimbursed_cents - slip.reimbursed_cents, euros),
        )


def _signed(value: int, said: Callable[[int], str]) -> str:
    return f"+{said(value)}" if value > 0 else said(value)


@dataclass(frozen=True, slots=True)
class SchemeTotals:
    """The months of one scheme in a file: their sums, and those a reader must look at."""

    scheme: str
    months: list[Total]

    @property
    def counted(self) -> str:
        """The lines of all its months."""
        return wording.number(sum(month.lines for month in self.months))

    @property
    def paid_cents(self) -> int:
        """What was paid in all its months."""
        return sum(month.paid_cents for month in self.months)

    @property
    def reimbursed_cents(self) -> int:
        """What was reimbursed in all its months."""
        return sum(month.reimbursed_cents for month in self.months)

    @property
    def slips(self) -> int:
        """How many of its months have their slip."""
        return sum(month.slip is not None for month in self.months)

    @property
    def different(self) -> list[Total]:
        """The months whose slip announces something else."""
        return [month for month in self.months if month.slip and not month.agrees]


def by_scheme(totals: list[Total]) -> list[SchemeTotals]:
    """Return the sums of a file scheme by scheme: two years of four schemes are a hundred."""
    return [
        SchemeTotals(scheme, list(months))
        for scheme, months in groupby(totals, key=lambda total: total.scheme)
    ]


def totals_of(load: Load) -> list[Total]:
    """Return the sums of a file, each beside its slip."""
    periods = {total["period"] for total in load.totals}
    slips = {
        (slip.scheme, slip.period): slip
        for slip in ControlTotal.objects.filter(period__in=periods).order_by("pk")
    }
    return [
        Total(
            **(total | {"scheme": wording.schemes(total["scheme"])}),
            slip=slips.get((total["scheme"], total["period"])),
        )
        for total in load.totals
    ]


def differs(load: Load) -> bool:
    """Tell whether a slip announces something else than the file holds.

    The corrected rows of another file are the rest of it: no slip announces them by themselves.
    They are known by our columns; whatever else comes in their place is a file like any other.
    """
    columns = {column_name(name) for name in load.recognised.get("columns", ())}
    if load.corrects and columns.issuperset(ADDED):
        return False
    return any(total.slip and not total.agrees for total in totals_of(load))


def unexplained(load: Load) -> bool:
    """Tell whether a slip differs and nobody has said why."""
    return not load.totals_reason and differs(load)
