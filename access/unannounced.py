"""When what waits to be announced opens by itself. It must know no element."""

from __future__ import annotations

import datetime as dt


def release_day(deposited: dt.date) -> dt.date:
    """Return the day a not-announced element opens by itself: the same day of the next month.

    Its last day where that day is missing (CSP R1111-53, one month after deposit, at 00:00).
    """
    year, month = divmod(deposited.year * 12 + deposited.month, 12)
    following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(deposited.day, last))
