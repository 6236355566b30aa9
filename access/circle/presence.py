"""A door ticked by a professional: at once with proof that the person is there, else it waits.

The proof is the page's to have seen (a card read in this session, a code the holder said). What
the holder decided before stands: whoever they removed waits for them, whoever they blocked gets
nothing, and neither is told.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from access.binding import now, today, use_case
from access.circle.deciding import lock, note_period
from access.circle.knowing import went_on
from access.circle.periods import end_of_day, open_period
from access.journal import Action
from access.models import Authorisation, AuthorisationKind, GivenGround
from access.models.periods import live
from access.notices import tell_new_door
from access.policy import Refused, standing_on
from records.days import same_day
from records.models import RecordStatus


if TYPE_CHECKING:
    import uuid

    from access.standing import Standing
    from access.viewer import Viewer


A_DAY: Final = dt.timedelta(hours=24)
A_YEAR: Final = 12  # months
#: A second press of one button, by an impatient hand or from another tab.
PRESSED_AGAIN_WITHIN: Final = dt.timedelta(minutes=10)


@use_case
def open_in_presence(
    *, by: Viewer, record_id: uuid.UUID, proved: bool, year: bool,
    said_by: uuid.UUID | None = None,
) -> None:  # fmt: skip
    """Open 24 hours for a professional whose patient is there, or ask the holder for a door.

    ``year`` asks the holder for a year too; a minor alone where to their family the door never
    ended. ``said_by`` is the account of a minor who gave the code themselves: the door is theirs,
    and no representative knows of it (line 5). Pressed twice, it is opened once. Returns nothing:
    the answer is the same whatever the holder decided.
    """
    lock(record_id)
    standing = standing_on(record_id)
    _check(by, standing)
    if not _may_come(standing):
        return
    removed = _was_removed(by, record_id)
    if proved and not removed:
        _open(by, record_id, said_by)
    if year or removed or not proved:
        _ask(by, record_id, said_by)


def _check(by: Viewer, standing: Standing) -> None:
    if not by.is_professional or not standing.practising:
        raise Refused(_("Seul un soignant, là où il travaille, ouvre un accès ainsi."))
    if standing.is_holder or standing.is_representative:
        raise Refused(_("Ce dossier est le vôtre, ou celui de quelqu'un que vous représentez."))


def _may_come(standing: Standing) -> bool:
    """Nothing is written for who was blocked, nor for a parent suspended: they aren't told."""
    opened = standing.status == RecordStatus.OPEN and not standing.died
    kept_out = standing.blocked or standing.representation == "suspended" or standing.treating_gp
    return opened and not kept_out


def _was_removed(by: Viewer, record_id: uuid.UUID) -> bool:
    """Tell whether the holder removed them, and hasn't let them in again by their own act.

    From their circle or as their treating GP: whoever was shown out doesn't come back by a card.
    Whom they didn't take as treating GP, named by somebody at a counter, was shown out of nothing.
    """
    was_gp = Q(kind=AuthorisationKind.TREATING_GP, confirmed_at__isnull=False)
    held = Authorisation.objects.filter(
        Q(kind=AuthorisationKind.CIRCLE) | was_gp,
        record_id=record_id, professional=by.professional_id,
    )  # fmt: skip
    last = held.filter(removed_by_holder=True, ended_at__lte=now()).order_by("-ended_at").first()
    if last is None:
        return False
    again = held.filter(
        ground=GivenGround.HOLDER, given_at__gte=last.ended_at, confirmed_at__isnull=False
    )
    return not again.exists()


def _open(by: Viewer, record_id: uuid.UUID, said_by: uuid.UUID | None) -> None:
    until = now() + A_DAY
    held = _held(by, record_id, waiting=False)
    enough = until - PRESSED_AGAIN_WITHIN
    if any(period.until is None or period.until >= enough for period in held):
        return
    period = open_period(
        by=by, record_id=record_id, kind=AuthorisationKind.CIRCLE,
        professional_id=by.professional_id, ground=GivenGround.PRESENCE, until=until,
        given_by=said_by,
    )  # fmt: skip
    _tell(Action.CIRCLE_GIVEN, period, by, said_by)


def _ask(by: Viewer, record_id: uuid.UUID, said_by: uuid.UUID | None) -> None:
    until = end_of_day(same_day(today(), months=A_YEAR))
    if _held(by, record_id, waiting=True):
        return
    if any(period.until is None for period in _held(by, record_id, waiting=False)):
        return
    said_by = said_by or _ended_by(by, record_id)
    period = open_period(
        by=by, record_id=record_id, kind=AuthorisationKind.CIRCLE,
        professional_id=by.professional_id, ground=GivenGround.PRESENCE, until=until,
        confirmed=False, given_by=said_by,
    )  # fmt: skip
    _tell(Action.CIRCLE_ASKED, period, by, said_by)


def _ended_by(by: Viewer, record_id: uuid.UUID) -> uuid.UUID | None:
    """Return the account of the minor who ended their door without end: it goes on to the family.

    Nobody asks for what they have: a request that the family read would tell them (line 5).
    """
    of_family = Authorisation.objects.filter(
        went_on(), record_id=record_id, kind=AuthorisationKind.CIRCLE,
        professional=by.professional_id, until=None, confirmed_at__isnull=False,
    )  # fmt: skip
    return of_family.order_by("-ended_at").values_list("ended_by", flat=True).first()


def _held(by: Viewer, record_id: uuid.UUID, *, waiting: bool) -> list[Authorisation]:
    return list(
        Authorisation.objects.filter(
            live(now()), record_id=record_id, kind=AuthorisationKind.CIRCLE,
            professional=by.professional_id, confirmed_at__isnull=waiting,
        ).order_by("id")
    )  # fmt: skip


def _tell(action: Action, period: Authorisation, by: Viewer, said_by: uuid.UUID | None) -> None:
    alone = said_by is not None
    note_period(action, period, by=by, door="presence", secret=alone)
    tell_new_door(period, family=not alone)
