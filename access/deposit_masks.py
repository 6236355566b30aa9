"""The mask a professional sets at deposit on the holder's behalf. Knows no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.binding import note, now, use_case
from access.journal import Action
from access.models import Mask, MaskAudience, MaskTarget


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


def is_masked_at_deposit(by: Viewer, element_id: uuid.UUID) -> bool:
    """Tell whether this depositor hid an element as they deposited it."""
    return Mask.objects.filter(
        target=MaskTarget.ELEMENT, target_id=element_id, set_by=by.user_id,
        set_by_kind="professional",
    ).exists()  # fmt: skip


@use_case
def mask_at_deposit(*, by: Viewer, record_id: uuid.UUID, element_id: uuid.UUID) -> None:
    """Hide an element from every professional, as its depositor was asked (CSP R1111-49)."""
    Mask.objects.create(
        record_id=record_id,
        target=MaskTarget.ELEMENT,
        target_id=element_id,
        audience=MaskAudience.EVERYONE,
        set_by=by.user_id,
        set_by_kind="professional",
        since=now(),
    )
    note(Action.MASKED, record_id, by=by, door="deposit", element_id=element_id)
