"""Of what was just shown again, what another rule hides from the same people all the same.

Several masks add up, also of one gesture made in two tabs: « de nouveau montré » would be untrue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from access import policy
from access.binding import now
from access.circle.deciding import may_decide
from access.elements import KINDS
from access.masks.hiding import live_masks_known_to, masks_known_to
from access.models import Mask, MaskAudience


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


def still_hidden(*, by: Viewer, record_id: uuid.UUID) -> int:
    """Return how many elements shown again at this instant another rule still hides from them.

    Rules the asker may know of, elements they see: no number tells of what they don't.
    """
    standing = may_decide(by=by, record_id=record_id).dossier.standing
    # Of what a minor had lifted before, who lifts it again moves its day (``hiding``).
    at_once = Q(ended_at=now()) | Q(until=now())
    lifted = masks_known_to(standing, Mask.objects.filter(at_once, record_id=record_id))
    live = live_masks_known_to(standing)
    shown: dict[Q, list[Any]] = {}
    for mask in lifted:
        shown.setdefault(_same_people(mask), []).append(mask.target_id)
    still = 0
    for people, keys in shown.items():
        for model in KINDS.values():
            rows: Any = policy.reached_by(model, standing, live.filter(people))
            still += rows.filter(id__in=keys).count()
    return still


def _same_people(mask: Mask) -> Q:
    """Masks aimed at the same people, by name or among every professional."""
    same = Q(
        audience=mask.audience, audience_id=mask.audience_id,
        audience_profession=mask.audience_profession,
    )  # fmt: skip
    if mask.audience == MaskAudience.DELEGATE:
        return same
    return same | Q(audience=MaskAudience.EVERYONE)
