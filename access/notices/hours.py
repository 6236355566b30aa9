"""When a notice leaves: at once, or in the next of two rounds, so that its hour tells nothing.

Pure. A round is never at night; what waits to be tried again isn't sent by SMS at night either.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from access.binding import PARIS


ROUNDS: Final = (dt.time(9), dt.time(18))
NIGHT: Final = (dt.time(21), dt.time(8))
#: After each try that failed, how long the next one waits; then there is none.
PAUSES: Final = tuple(dt.timedelta(minutes=wait) for wait in (1, 5, 30, 120, 720))


def next_round(at: dt.datetime) -> dt.datetime:
    """Return the first round after an instant: what happened at ten or at noon leaves together."""
    day = at.astimezone(PARIS).date()
    hours = [
        dt.datetime.combine(day + dt.timedelta(days=later), hour, tzinfo=PARIS)
        for later in (0, 1)
        for hour in ROUNDS
    ]
    return next(hour for hour in hours if hour > at)


def is_night(at: dt.datetime) -> bool:
    """Tell whether people in Paris may be asleep."""
    hour = at.astimezone(PARIS).time()
    begins, ends = NIGHT
    return hour >= begins or hour < ends
