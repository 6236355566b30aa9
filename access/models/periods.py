"""When a period counts: one condition for whatever has a beginning and ends. Knows no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q


if TYPE_CHECKING:
    import datetime as dt


def begun(at: dt.datetime) -> Q:
    """Return the condition under which an instant lies in what was given, whoever ended it."""
    return Q(since__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))


def live(at: dt.datetime) -> Q:
    """Return the condition under which a period is live at an instant, confirmed or not."""
    return begun(at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))


def in_force(at: dt.datetime) -> Q:
    """Return the same of what is given no last day: it holds until somebody ends it."""
    return Q(since__lte=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))
