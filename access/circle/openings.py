"""How an opening stops before its hour: the row, its event. Who may is the use cases' to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from access.binding import note, now
from access.journal import Action
from access.models import Opening


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


def close_openings(
    *, by: Viewer, record_id: uuid.UUID, door: str, secret: bool, **which: uuid.UUID | str
) -> None:
    """End those of a record's openings that run, each with its event; ended ones stay as they are.

    ``secret`` keeps the event, and so the end, from representatives.
    """
    running = Opening.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=now()), record_id=record_id, until__gt=now(), **which
    )
    for opening in running.order_by("id"):
        opening.ended_at = now()
        opening.save(update_fields=["ended_at"])
        note(
            Action.EMERGENCY_ENDED, record_id, by=by, door=door, element_kind="professional",
            element_id=opening.professional_id, rests_on_secret=secret,
        )  # fmt: skip
