"""The 24 months of care a record shows, counted from a day; knows no clock."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Final


WINDOW_MONTHS: Final = 24


def window_start(day: date) -> date:
    """Return the first of the 24 months of days that end on a day: the same day, two years before.

    The last day of the month where there is no such day: 28 February for a 29 February.
    """
    year, month = day.year - WINDOW_MONTHS // 12, day.month
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
