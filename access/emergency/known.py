"""Which openings of a record somebody who decides for it may know of, and as what.

A representative never learns what a minor decided (line 5): one that the minor ended is to them
one that runs until its hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from access.binding import now
from access.journal import Action
from access.models import JournalEvent, Opening


if TYPE_CHECKING:
    from access.standing import Standing


def openings_known_to(asker: Standing) -> QuerySet[Opening]:
    """Return the openings of a record with ``known_end``, when the asker knows that it stops."""
    of_record = Opening.objects.filter(record_id=asker.record_id)
    if asker.is_holder or asker.holder_is_adult:
        return of_record.annotate(known_end=F("ended_at"))
    by_minor = JournalEvent.objects.filter(
        record_id=asker.record_id, act=Action.EMERGENCY_ENDED.value, rests_on_secret=True,
        element_id=OuterRef("professional_id"), at=OuterRef("ended_at"),
    )  # fmt: skip
    return of_record.annotate(
        known_end=Case(When(Exists(by_minor), then=Value(None)), default=F("ended_at"))
    )


def live_openings_known_to(asker: Standing) -> QuerySet[Opening]:
    """Return those that are live, as far as the asker knows."""
    at = now()
    running = Q(known_end=None) | Q(known_end__gt=at)
    return openings_known_to(asker).filter(running, since__lte=at, until__gt=at)
