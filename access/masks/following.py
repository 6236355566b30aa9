"""A mask on a line of the synthesis goes with what it says into the next versions.

Each version has lines of its own: without this, signing again would show what the holder hid.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from access.masks.hiding import live_masks
from access.models import Mask, MaskTarget


if TYPE_CHECKING:
    import uuid


# Two masks that differ in one of these hide otherwise, or end otherwise: each is followed.
SAID = (
    "record_id", "audience", "audience_id", "audience_profession", "opens_in_emergency",
    "gesture", "set_by", "set_by_kind", "secret", "since", "until",
)  # fmt: skip


def cover_line(*, record_id: uuid.UUID, like: uuid.UUID, line_id: uuid.UUID) -> None:
    """Hide a line from whomever the masks on another one hide that from, as long as they do.

    It keeps the gesture of the first: what is shown again is shown in all its versions.
    """
    if like == line_id:
        return
    of_one = live_masks(record_id).filter(target=MaskTarget.ELEMENT)
    held = of_one.filter(target_id=line_id)
    said = attrgetter(*SAID)
    known = {said(mask) for mask in held}
    for mask in of_one.filter(target_id=like):
        if said(mask) not in known:
            put_under(mask, line_id)


def put_under(mask: Mask, element_id: uuid.UUID) -> None:
    """Put another element under a mask: a mask of its own that says the same, of one gesture."""
    same = {name: getattr(mask, name) for name in SAID}
    Mask.objects.create(target=MaskTarget.ELEMENT, target_id=element_id, **same)
