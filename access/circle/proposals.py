"""The doctor the fund has on file: proposed to the holder as treating GP, never set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from access.binding import now, today, use_case
from access.circle.deciding import decide
from access.policy import NotVisible
from records.models import DoctorProposal


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.viewer import Viewer


def live_proposals(record_id: uuid.UUID) -> QuerySet[DoctorProposal]:
    """Return what the fund proposes and the holder hasn't put aside."""
    return DoctorProposal.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today()), record_id=record_id, dismissed_at=None
    )


@use_case
def dismiss_proposal(*, by: Viewer, record_id: uuid.UUID, proposal_id: uuid.UUID) -> None:
    """Put a proposal aside: it doesn't come back. No door changes: nothing is journalled.

    A child has none to put aside: it waits for the parent who chooses.
    """
    if decide(by=by, record_id=record_id).too_young:
        raise NotVisible
    proposals = DoctorProposal.objects.filter(record_id=record_id, id=proposal_id)
    if not proposals.exists():
        raise NotVisible
    proposals.filter(dismissed_at=None).update(dismissed_at=now())
