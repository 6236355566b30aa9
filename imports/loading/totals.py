"""The sums of a file beside what the fund's slip announces, to the cent. Must not know pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from dmp.templatetags.wording import euros
from imports.loading import corrections, wording
from imports.models import ControlTotal


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imports.loading.corrections import Sums
    from imports.models import Load


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of one scheme and month beside the fund's slip; None while no slip came.

    ``rest`` is what the other part of the same rows holds of it: those that were refused and came
    back corrected, or the file they were of. The slip announces both together.
    """

    scheme: str
    period: str
    lines: int
    paid_cents: int
    reimbursed_cents: int
    slip: ControlTotal | None
    rest: Sums | None

    @property
    def whole(self) -> Sums:
        """Its sums, the rest of the same rows included."""
        own = (self.lines, self.paid_cents, self.reimbursed_cents)
        rest = self.rest or (0, 0, 0)
        return own[0] + rest[0], own[1] + rest[1], own[2] + rest[2]

    @property
    def agrees(self) -> bool:
        """Whether the rows are what the slip announces, to the cent."""
        slip = self.slip
        announced = slip and (slip.lines, slip.paid_cents, slip.reimbursed_cents)
        return self.whole == announced

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
        """How much more the rows hold than the slip announces: lines, paid, paid back."""
        slip = self.slip
        if slip is None:
            return "", "", ""
        lines, paid, reimbursed = self.whole
        return (
            _signed(lines - slip.lines, wording.number),
            _signed(paid - slip.paid_cents, euros),
            _signed(reimbursed - slip.reimbursed_cents, euros),
        )


def _signed(value: int, said: Callable[[int], str]) -> str:
    # A minus, which stays with its number at the end of a line; a hyphen doesn't. Before a "€",
    # as in English, neither does without being told.
    words = f"+{said(value)}" if value > 0 else said(value).replace("-", "\N{MINUS SIGN}")
    return f"{words[0]}\N{WORD JOINER}{words[1:]}" if words[1:2] == "€" else words


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
    rest = corrections.rest_of(load) if slips else {}
    found = []
    for total in load.totals:
        which = total["scheme"], total["period"]
        named = total | {"scheme": wording.schemes(total["scheme"])}
        found.append(Total(**named, slip=slips.get(which), rest=rest.get(which)))
    return found


def differs(load: Load, held: Sequence[Total] | None = None) -> bool:
    """Tell whether a slip announces something else than the file holds; `held` if it was read.

    The corrected rows of another file are the rest of it: no slip announces them by themselves.
    """
    if corrections.is_correction(load):
        return False
    held = totals_of(load) if held is None else held
    return any(total.slip and not total.agrees for total in held)


def unexplained(load: Load) -> bool:
    """Tell whether a slip differs and nobody has said why."""
    return not load.totals_reason and differs(load)
