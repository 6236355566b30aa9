"""Which doors and shares of a record somebody who decides for it may know of. Decides nothing.

A representative never learns what a minor decided alone (policy, line 5): what the minor gave
isn't there, and what the minor ended goes on, until its day or until they end it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from access.binding import now
from access.conditions import accounts_of_holder, ended_alone
from access.journal import Action
from access.models import Authorisation, AuthorisationKind, JournalEvent, Practice
from access.models.periods import begun, live


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.standing import Standing


_ENDED = (Action.CIRCLE_ENDED, Action.SHARE_ENDED)


def periods_known_to(asker: Standing) -> QuerySet[Authorisation]:
    """Return the periods of a record, over or not, but those that a minor gave alone."""
    periods = Authorisation.objects.filter(record_id=asker.record_id)
    if asker.speaks_for_minor:
        periods = periods.exclude(id__in=given_by_minor(asker.record_id))
    return periods


def live_periods_known_to(asker: Standing) -> QuerySet[Authorisation]:
    """Return those that are live, confirmed or not, as far as the asker knows."""
    if asker.speaks_for_minor:
        return periods_known_to(asker).filter(live(now()) | went_on())
    return periods_known_to(asker).filter(live(now()))


def periods_gone_on(asker: Standing) -> QuerySet[Authorisation]:
    """Return those that are live to the asker alone: a minor ended them, and they aren't told."""
    if asker.speaks_for_minor:
        return periods_known_to(asker).filter(went_on())
    return Authorisation.objects.none()


def comes_by_place(asker: Standing, professional_id: uuid.UUID) -> bool:
    """Tell whether a door of where somebody works serves them, as far as the asker knows."""
    places = Practice.objects.filter(begun(now()), professional_id=professional_id)
    held = live_periods_known_to(asker).filter(
        kind=AuthorisationKind.CIRCLE, structure_id__in=places.values("structure_id"),
        confirmed_at__lte=now(),
    )  # fmt: skip
    return held.exists()


def periods_to_end(asker: Standing) -> QuerySet[Authorisation]:
    """Return all that an act of the asker's ends: what is live, and what is to them."""
    on = Q(id__in=periods_gone_on(asker).values("id"))
    return Authorisation.objects.filter(live(now()) | on, record_id=asker.record_id)


def went_on() -> Q:
    """Return the condition under which a period that a minor ended is live to their family."""
    return begun(now()) & Q(ended_alone(*_ENDED, actor_user_id=OuterRef("ended_by")))


def given_by_minor(record_id: uuid.UUID) -> QuerySet[Authorisation, uuid.UUID]:
    """Return the doors that the holder of a record gave with their own sign-in.

    The treating GP isn't one of them: whose patient a child is, is no secret.
    """
    given = Authorisation.objects.filter(
        record_id=record_id, given_by__in=accounts_of_holder(record_id)
    )
    return given.exclude(kind=AuthorisationKind.TREATING_GP).values_list("id", flat=True)


def unknown_to(asker: Standing) -> set[uuid.UUID]:
    """Return the doors and shares that a minor gave alone, where the asker speaks for them.

    An act of the asker's may end one with others: the event of that is the minor's to read.
    """
    return set(given_by_minor(asker.record_id)) if asker.speaks_for_minor else set()


def answered_alone(record_id: uuid.UUID) -> QuerySet[Authorisation, uuid.UUID]:
    """Return the doors that wait on the family's list and that the minor answered, beside them.

    Given, by a door of its own; refused, by the event alone.
    """
    given = Authorisation.objects.filter(
        live(now()), Q(professional=OuterRef("professional")) | Q(structure=OuterRef("structure")),
        id__in=given_by_minor(record_id), kind=OuterRef("kind"), until=OuterRef("until"),
        confirmed_at__isnull=False,
    )  # fmt: skip
    refused = JournalEvent.objects.filter(
        record_id=record_id, act=Action.CIRCLE_ENDED.value, rests_on_secret=True,
        reason=Cast(OuterRef("id"), CharField()),
    )  # fmt: skip
    waiting = Authorisation.objects.filter(record_id=record_id, confirmed_at=None)
    return waiting.filter(Exists(given) | Exists(refused)).values_list("id", flat=True)
