"""The moments an auditor's row speaks of: every row is asked on 15 June 2026, at noon."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


PARIS = ZoneInfo("Europe/Paris")
NOON = dt.datetime(2026, 6, 15, 12, tzinfo=PARIS)
MIDNIGHT = dt.datetime(2026, 6, 15, tzinfo=PARIS)
LONG_AGO = NOON - dt.timedelta(days=400)
YESTERDAY = NOON - dt.timedelta(days=1)
TOMORROW = NOON + dt.timedelta(days=1)
ENDED = MIDNIGHT
END_OF_TODAY = MIDNIGHT + dt.timedelta(days=1)
