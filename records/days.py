"""Days counted in months and years, as the law and the database count them. Knows no clock."""

from __future__ import annotations

import calendar
import datetime as dt


def same_day(day: dt.date, *, months: int) -> dt.date:
    """Return the same day some months later, or the last of that month where it is missing."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Return the age in whole years on a day. Who was born on 29 February ages on the 28th."""
    years = day.year - born_on.year
    return years - (day < same_day(born_on, months=12 * years))
