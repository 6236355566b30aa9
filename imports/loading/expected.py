"""Files that should have come: each scheme loaded of late sends last month's by the fifth."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from imports.loading import wording
from imports.models import Load, LoadState
from imports.parsing import Kind


_MONTHS: Final = 3
_DUE_DAY: Final = 5


@dataclass(frozen=True, slots=True)
class Expected:
    """A file that has not come: whose, of which month, by when."""

    scheme: str
    month: dt.date
    due: dt.date
    late: bool

    @property
    def name(self) -> str:
        """The scheme as the screen says it."""
        return wording.schemes(self.scheme)


def expected(today: dt.date) -> list[Expected]:
    """Return what is missing today, in the order of the schemes."""
    this_month = today.replace(day=1)
    month = _months_before(this_month, 1)
    due = today.replace(day=_DUE_DAY)
    loads = Load.objects.filter(
        file_kind=Kind.LINES, state=LoadState.DONE,
        finished_at__date__gte=_months_before(this_month, _MONTHS),
    )  # fmt: skip
    seen: set[str] = set()
    received: set[str] = set()
    for totals in loads.values_list("totals", flat=True):
        seen |= {total["scheme"] for total in totals}
        received |= {total["scheme"] for total in totals if total["period"] == f"{month:%Y-%m}"}
    return [Expected(scheme, month, due, late=today > due) for scheme in sorted(seen - received)]


def _months_before(first: dt.date, months: int) -> dt.date:
    number = first.year * 12 + first.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)
