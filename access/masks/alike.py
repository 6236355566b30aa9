"""Hiding what is said of hidden care, never more visible than that care. Knows no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from access.binding import note, use_case
from access.journal import Action
from access.masks.aims import Audience
from access.masks.following import put_under
from access.masks.hiding import live_masks
from access.models import MaskTarget


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from access.viewer import Viewer


@use_case
def hide_alike(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    element_id: uuid.UUID,
    elements: Collection[uuid.UUID],
    people: Collection[uuid.UUID],
) -> None:
    """Put an element under each live mask of the elements it speaks of, or of who gave them.

    Rules on a care or a category reach it by its own facts. The new masks belong to the gesture
    of the old ones: shown again together. Nothing is answered: who writes may know of no mask.
    """
    named = Q(target=MaskTarget.ELEMENT, target_id__in=elements)
    named |= Q(target=MaskTarget.PROFESSIONAL, target_id__in=people)
    done = set()
    for mask in live_masks(record_id).filter(named).order_by("since", "id"):
        to_whom = Audience.of(mask), mask.gesture
        if to_whom in done:
            continue
        done.add(to_whom)
        put_under(mask, element_id)
        note(
            Action.MASKED, record_id, by=by, door="alike", element_kind="entry",
            element_id=element_id, rests_on_secret=mask.secret,
        )  # fmt: skip
