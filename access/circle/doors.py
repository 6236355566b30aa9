"""Doors of the circle: a professional or a structure that may read a record until a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access.binding import now, use_case
from access.circle import directory
from access.circle.blocks import blocks_known_to, refuse_if_blocked
from access.circle.deciding import ENDED, Decider, decide, note_period
from access.circle.knowing import (
    answered_alone,
    comes_by_place,
    given_by_minor,
    live_periods_known_to,
    periods_known_to,
)
from access.circle.periods import close_periods, confirm_period, open_period, stop_after
from access.circle.treating_gp import end_treating_gp
from access.journal import Action
from access.models import Authorisation, AuthorisationKind, GivenGround
from access.notices import tell_new_door
from access.policy import NotVisible, Refused


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Viewer


@use_case
def authorise(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    professional_id: uuid.UUID | None = None,
    structure_id: uuid.UUID | None = None,
    until: dt.date | None = None,
) -> uuid.UUID:
    """Give a circle door to a professional or to a structure, and return the period's key.

    ``until`` is the last day that counts, to its end; None means without end. A door already held
    takes the new end. With the person there, by their card or a code they say, a professional
    opens one themself: ``access.circle.presence``.
    """
    decider = decide(by=by, record_id=record_id)
    if (professional_id is None) == (structure_id is None):
        raise NotVisible
    stops = stop_after(until)
    if professional_id is not None:
        professional = directory.professional(professional_id)
        refuse_if_blocked(decider, professional)
        if professional.registration_ended_at and professional.registration_ended_at <= now():
            raise Refused(_("Cette personne n'exerce plus. Choisissez quelqu'un d'autre."))
    elif structure_id is not None:
        directory.structure(structure_id)
    held = live_periods_known_to(decider.dossier.standing).filter(
        kind=AuthorisationKind.CIRCLE, professional=professional_id, structure=structure_id
    )
    held = held.order_by("id")
    if decider.minor_alone:  # what the family gave stays on their list, beside it
        held = held.filter(id__in=given_by_minor(record_id))
    same = held.filter(until=stops, confirmed_at__isnull=False, ground=GivenGround.HOLDER).first()
    if same is not None:
        return same.id  # pressed twice; a door ticked by somebody else may be without effect
    close_periods(held, by=by, removed_by_holder=False)
    period = open_period(
        by=by,
        record_id=record_id,
        kind=AuthorisationKind.CIRCLE,
        professional_id=professional_id,
        structure_id=structure_id,
        until=stops,
    )
    note_period(
        Action.CIRCLE_GIVEN, period, by=by, door=decider.dossier.door, secret=decider.minor_alone
    )
    tell_new_door(period, family=not decider.minor_alone)
    return period.id


def _period(decider: Decider, authorisation_id: uuid.UUID) -> Authorisation:
    found = periods_known_to(decider.dossier.standing).filter(id=authorisation_id).first()
    if found is None:
        raise NotVisible
    return found


def _is_over(decider: Decider, period: Authorisation) -> bool:
    known = live_periods_known_to(decider.dossier.standing)
    return not known.filter(id=period.id).exists()


@use_case
def end_authorisation(*, by: Viewer, record_id: uuid.UUID, authorisation_id: uuid.UUID) -> bool:
    """Take a door or a share back, at once. Whoever is removed returns by the holder's act only.

    Returns whether they come all the same, by a door of where they work.

    A representative's removal is the holder's: they speak for them. Taken back twice, it was
    taken back once. What a minor ends alone goes on, on the family's list, and the door that they
    refuse goes on waiting: the family is told of neither (line 5), and may end or refuse it too.
    """
    decider = decide(by=by, record_id=record_id)
    period = _period(decider, authorisation_id)
    if not _is_over(decider, period):
        _end(by, decider, period)
    return _comes_still(decider, period)


def _end(by: Viewer, decider: Decider, period: Authorisation) -> None:
    record_id = period.record_id
    if period.kind == AuthorisationKind.TREATING_GP and period.confirmed_at is not None:
        end_treating_gp(by=by, record_id=record_id)
        return
    beside = _waits_beside(decider, period)
    if beside:
        if answered_alone(record_id).filter(id=period.id).exists():
            return
    else:
        close_periods([period], by=by, removed_by_holder=True)
    note_period(
        ENDED[AuthorisationKind(period.kind)], period, by=by, door=decider.dossier.door,
        secret=decider.minor_alone, refused=beside,
    )  # fmt: skip


def _comes_still(decider: Decider, period: Authorisation) -> bool:
    """Whether who held it in person comes by where they work; of a share that isn't asked."""
    whose = period.professional_id
    if whose is None or period.kind == AuthorisationKind.SHARE:
        return False
    blocked = blocks_known_to(decider).filter(professional_id=whose)
    return comes_by_place(decider.dossier.standing, whose) and not blocked.exists()


def _waits_beside(decider: Decider, period: Authorisation) -> bool:
    """Whether a door waits on the family's list, whatever a minor answers alone."""
    return (
        decider.minor_alone
        and period.kind == AuthorisationKind.CIRCLE
        and period.confirmed_at is None
        and not given_by_minor(period.record_id).filter(id=period.id).exists()
    )


@use_case
def confirm_waiting_door(*, by: Viewer, record_id: uuid.UUID, authorisation_id: uuid.UUID) -> None:
    """Make a door asked for without proof of presence take effect. Confirmed twice is once.

    What a minor confirms alone stands beside: it goes on waiting on the family's list, who are
    told of neither (line 5) and may say yes or no to theirs.
    """
    decider = decide(by=by, record_id=record_id)
    period = _period(decider, authorisation_id)
    if period.kind != AuthorisationKind.CIRCLE or _is_over(decider, period):
        raise NotVisible
    if period.confirmed_at is not None:
        return
    if period.professional_id is not None:
        refuse_if_blocked(decider, directory.professional(period.professional_id))
    if _waits_beside(decider, period):
        if answered_alone(record_id).filter(id=period.id).exists():
            return
        period = open_period(
            by=by,
            record_id=record_id,
            kind=AuthorisationKind.CIRCLE,
            professional_id=period.professional_id,
            structure_id=period.structure_id,
            until=period.until,
        )
    else:
        confirm_period(period, by=by)
    note_period(
        Action.CIRCLE_GIVEN, period, by=by, door=decider.dossier.door, secret=decider.minor_alone
    )


@use_case
def refuse_waiting_door(*, by: Viewer, record_id: uuid.UUID, authorisation_id: uuid.UUID) -> None:
    """Say no to a door or a declaration that waits: it never was one, and is over."""
    end_authorisation(by=by, record_id=record_id, authorisation_id=authorisation_id)
