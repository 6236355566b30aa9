"""Shares: « celui-ci peut voir ceci », stronger than a mask, for one viewer and one element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.binding import now, use_case
from access.circle import directory
from access.circle.blocks import refuse_if_blocked
from access.circle.deciding import decide, note_period
from access.circle.doors import end_authorisation
from access.circle.periods import live, open_period, stop_after
from access.elements import find_visible
from access.journal import Action
from access.models import Authorisation, AuthorisationKind
from access.notices import tell_new_door


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Viewer


@use_case
def share(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    element_id: uuid.UUID,
    professional_id: uuid.UUID,
    until: dt.date | None = None,
) -> uuid.UUID:
    """Let one professional see one element that the holder sees, and return the period's key.

    It passes masks and the matrix, never a block (lines 7 and 10). Given twice, it is given once.
    """
    decider = decide(by=by, record_id=record_id)
    find_visible(decider.dossier.standing, [element_id])
    refuse_if_blocked(decider, directory.professional(professional_id))
    stops = stop_after(until)
    held = Authorisation.objects.filter(
        live(now()),
        record_id=record_id,
        kind=AuthorisationKind.SHARE,
        professional_id=professional_id,
        element_id=element_id,
        until=stops,
    ).first()
    if held is not None:
        return held.id
    period = open_period(
        by=by,
        record_id=record_id,
        kind=AuthorisationKind.SHARE,
        professional_id=professional_id,
        element_id=element_id,
        until=stops,
    )
    note_period(
        Action.SHARED, period, by=by, door=decider.dossier.door, secret=decider.minor_alone
    )
    tell_new_door(period, family=not decider.minor_alone)
    return period.id


@use_case
def end_share(*, by: Viewer, record_id: uuid.UUID, authorisation_id: uuid.UUID) -> None:
    """Take a share back, at once."""
    end_authorisation(by=by, record_id=record_id, authorisation_id=authorisation_id)
