"""Forgetting, every night: sessions that are over, short codes that open nothing any more.

Knows no record.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.contrib.sessions.backends.db import SessionStore

from access.binding import now, use_case
from access.models import OneTimeCode


if TYPE_CHECKING:
    from access.viewer import Viewer

# Longer than any leaflet lives: whether a letter went with it is asked until then.
KEPT: Final = dt.timedelta(days=30)


@use_case
def tidy(*, by: Viewer) -> None:  # noqa: ARG001  # the clock, whoever winds it
    """Forget sessions past their end, and codes a month after theirs."""
    SessionStore.clear_expired()
    OneTimeCode.objects.filter(expires_at__lt=now() - KEPT).delete()
