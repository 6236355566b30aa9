"""How many records a place has opened today: a number for its own counter, never whose.

How many were activated since is no number of a counter's: one that moves between two looks
tells of the person who was last there, however large the group and however it is rounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from access.binding import PARIS, now, use_case
from access.journal import Action
from access.models import JournalEvent
from records.models import Record
from records.opening.checking import may_open


if TYPE_CHECKING:
    from access.viewer import Viewer


@use_case
def opened_today(*, by: Viewer) -> int:
    """Return how many records this place, or who works nowhere, opened since midnight."""
    may_open(by)
    midnight = now().astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    opening = JournalEvent.objects.filter(record_id=OuterRef("id"), act=Action.OPENED)
    if by.structure_id is not None:
        mine = opening.filter(actor_structure_id=by.structure_id)
    else:
        mine = opening.filter(actor_user_id=by.user_id)
    day = Record.objects.filter(opened_at__gte=midnight)
    return day.filter(Exists(mine)).count()
