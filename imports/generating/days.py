"""The days of a made-up history, as offsets from its first; must not know what happens on them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final


MONTHS: Final = 26
_DECEMBER: Final = 12
_SUNDAY = 6
_LAST_SAFE_DAY: Final = 28


def months_before(day: date, months: int) -> date:
    """Return the same day some months before; the 28th where that month is shorter."""
    total = day.year * _DECEMBER + day.month - 1 - months
    return date(total // _DECEMBER, total % _DECEMBER + 1, min(day.day, _LAST_SAFE_DAY))


class Calendar:
    """The days from ``until`` back over `MONTHS`, each known by its offset, `last` included."""

    __slots__ = ("first", "iso", "last", "month", "months", "open", "until", "weekday")

    def __init__(self, until: date) -> None:
        self.until = until
        self.first = months_before(until, MONTHS)
        self.last = (until - self.first).days
        days = [self.first + timedelta(days=offset) for offset in range(self.last + 1)]
        self.iso = [day.isoformat() for day in days]
        self.months = sorted({day.isoformat()[:7] for day in days})
        place = {month: index for index, month in enumerate(self.months)}
        self.month = [place[day.isoformat()[:7]] for day in days]
        self.weekday = [day.weekday() for day in days]
        # Practices are closed on Sundays: the next day they open, within the history.
        self.open = [
            offset + 1 if day == _SUNDAY and offset < self.last else offset
            for offset, day in enumerate(self.weekday)
        ]

    def offset(self, day: date) -> int:
        """Return the offset of a day; negative before the first."""
        return (day - self.first).days

    def day(self, offset: int) -> date:
        """Return the day at an offset, within the history or not."""
        return self.first + timedelta(days=offset)
