"""A mask on a line of the synthesis goes with what it says into the next versions.

Each version has lines of its own: without this, signing again would show what the holder hid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.masks.hiding import live_masks
from access.models import Mask, MaskTarget
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid


def cover_line(*, record_id: uuid.UUID, like: uuid.UUID, line_id: uuid.UUID) -> None:
    """Hide a line from whomever the masks on another one hide that from, as long as they do.

    It keeps the gesture of the first: what is shown again is shown in all its versions.
    """
    if like == line_id:
        return
    of_one = live_masks(record_id).filter(target=MaskTarget.ELEMENT)
    held = of_one.filter(target_id=line_id)
    known = {(mask.audience, mask.audience_id, mask.audience_profession) for mask in held}
    for mask in of_one.filter(target_id=like).order_by("id"):
        if (mask.audience, mask.audience_id, mask.audience_profession) not in known:
            Mask.objects.create(
                id=uuid7(), record_id=record_id, target=mask.target, target_id=line_id,
                audience=mask.audience, audience_id=mask.audience_id,
                audience_profession=mask.audience_profession,
                opens_in_emergency=mask.opens_in_emergency, gesture=mask.gesture,
                set_by=mask.set_by, set_by_kind=mask.set_by_kind, secret=mask.secret,
                since=mask.since, until=mask.until,
            )  # fmt: skip
