"""The 24 months of care a record shows, counted from a day; knows no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from records.days import same_day


if TYPE_CHECKING:
    from datetime import date


WINDOW_MONTHS: Final = 24


def window_start(day: date) -> date:
    """Return the first of the 24 months of days that end on a day: the same day, two years before.

    The last day of the month where there is no such day: 28 February for a 29 February.
    """
    return same_day(day, months=-WINDOW_MONTHS)
