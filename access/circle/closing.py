"""What a record's closing ends: every door, share, delegate, opening. Masks and blocks stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from access.binding import now
from access.circle.knowing import went_on
from access.circle.periods import close_periods
from access.models import Authorisation, Delegation, Invitation, Opening


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


def end_every_door(*, by: Viewer, record_id: uuid.UUID) -> None:
    """End all that lets somebody in, so that a reopened record begins with nobody.

    Nobody counts as removed by the holder: whoever they see again may be let in again.
    """
    periods = Authorisation.objects.filter(Q(ended_at=None) | went_on(), record_id=record_id)
    close_periods(periods.order_by("id"), by=by, removed_by_holder=False)
    for model in (Delegation, Invitation, Opening):
        model.objects.filter(record_id=record_id, ended_at=None).update(ended_at=now())
