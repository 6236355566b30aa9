"""How an opening stops before its hour: the row, its event. Who may is the use cases' to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from access.binding import note, now
from access.conditions import ended_alone
from access.journal import Action
from access.models import JournalEvent, Opening


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.viewer import Viewer


def close_openings(
    *, by: Viewer, record_id: uuid.UUID, door: str, secret: bool, **which: uuid.UUID | str
) -> None:
    """End those of a record's openings that run, each with its event; ended ones stay as they are.

    ``secret`` keeps the event, and so the end, from representatives. To them one that a minor
    ended alone still runs: ended once more, it stops for them too.
    """
    lasting = Opening.objects.filter(record_id=record_id, until__gt=now(), **which)
    running = lasting.filter(Q(ended_at=None) | Q(ended_at__gt=now()))
    again = lasting.filter(ended_at__lte=now())
    stopped = again.filter(ended_alone(Action.EMERGENCY_ENDED), ~Exists(ends_told(record_id)))
    told_again = [] if secret else list(stopped.order_by("id"))
    for opening in running.order_by("id"):
        opening.ended_at = now()
        opening.save(update_fields=["ended_at"])
        note(
            Action.EMERGENCY_ENDED, record_id, by=by, door=door, element_kind="professional",
            element_id=opening.professional_id, rests_on_secret=secret,
        )  # fmt: skip
    for opening in told_again:
        note(
            Action.EMERGENCY_ENDED, record_id, by=by, door=door, element_kind="professional",
            element_id=opening.professional_id, reason=str(opening.id),
        )  # fmt: skip


def ends_told(record_id: uuid.UUID) -> QuerySet[JournalEvent]:
    """Return the event by which somebody else ended what a minor had ended alone."""
    return JournalEvent.objects.filter(
        record_id=record_id, act=Action.EMERGENCY_ENDED.value, rests_on_secret=False,
        reason=Cast(OuterRef("id"), CharField()),
    ).order_by("seq")  # fmt: skip
