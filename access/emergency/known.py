"""Which openings of a record somebody who decides for it may know of, and as what.

A representative never learns what a minor decided (line 5): one that the minor ended is to them
one that runs until its hour, or until they end it themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, Q, QuerySet, Subquery, When

from access.binding import now
from access.circle.openings import ends_told
from access.conditions import ended_alone
from access.journal import Action
from access.models import Opening


if TYPE_CHECKING:
    from access.standing import Standing


def openings_known_to(asker: Standing) -> QuerySet[Opening]:
    """Return the openings of a record with ``known_end``, when the asker knows that it stops."""
    of_record = Opening.objects.filter(record_id=asker.record_id)
    if asker.is_holder or asker.holder_is_adult:
        return of_record.annotate(known_end=F("ended_at"))
    told = Subquery(ends_told(asker.record_id).values("at")[:1])
    alone = When(ended_alone(Action.EMERGENCY_ENDED), then=told)
    return of_record.annotate(known_end=Case(alone, default=F("ended_at")))


def live_openings_known_to(asker: Standing) -> QuerySet[Opening]:
    """Return those that are live, as far as the asker knows."""
    at = now()
    running = Q(known_end=None) | Q(known_end__gt=at)
    return openings_known_to(asker).filter(running, since__lte=at, until__gt=at)
