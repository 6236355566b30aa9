"""Which events a reader of the journal may know of, and those of one visit. Has no words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from access.binding import PARIS
from access.circle.knowing import given_by_minor
from access.elements import visible_models
from access.journal import Action
from access.models import Authorisation, JournalEvent
from access.policy import NotVisible
from access.viewer import Role


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.standing import Standing
    from records.dossier.entrance import Dossier


#: What an event may be about beside an element.
PEOPLE = ("professional", "structure")
#: The doors that somebody gives, one by one; the treating GP's is no secret.
_GIVEN_DOORS = ("circle", "share")
_THE_HOLDERS = (Action.EMERGENCY_REFUSED.value, Action.FILLED.value)
_SILENT = {Action.JOURNAL_READ.value}  # reading one's own journal is kept, and isn't news


def known_to(dossier: Dossier) -> QuerySet[JournalEvent]:
    """Return the events a reader may know of. Nothing after this may change their number."""
    return known_as(dossier.standing)


def known_as(standing: Standing) -> QuerySet[JournalEvent]:
    """Return the events that somebody who decides for a record may know of.

    A representative sees no line that rests on a secret, nor about an element they don't see
    (it may have become secret since), nor what a minor read or decided, nor who came by a door
    that a minor gave alone, nor the refusal of an emergency access, of which the holder alone is
    told, nor that reimbursements came: they may be of nothing but a secret care.
    """
    events = JournalEvent.objects.filter(record_id=standing.record_id).exclude(act__in=_SILENT)
    if standing.is_holder:
        return events
    seen = Q(element_id=None) | Q(element_kind__in=PEOPLE)
    for rows in visible_models(standing):
        seen |= Q(element_id__in=rows.values("id"))
    events = events.filter(seen, rests_on_secret=False)
    events = events.exclude(act__in=_THE_HOLDERS)
    if not standing.holder_is_adult:
        events = events.exclude(actor_role=Role.PATIENT.value)
        alone = Q(id__in=given_by_minor(standing.record_id))
        events = events.exclude(_came_by(alone), ~_came_by(~alone), door__in=_GIVEN_DOORS)
    return events


def _came_by(doors: Q) -> Exists:
    """Whether one of these doors was live for who came when they came, or for where they work."""
    at, who, where = (
        OuterRef("at"),
        OuterRef("actor_professional_id"),
        OuterRef("actor_structure_id"),
    )
    return Exists(
        Authorisation.objects.filter(
            doors,
            Q(professional_id=who) | Q(structure_id=where),
            Q(until=None) | Q(until__gt=at),
            Q(ended_at=None) | Q(ended_at__gte=at),
            record_id=OuterRef("record_id"),
            confirmed_at__lte=at,
            since__lte=at,
        )
    )


def visit_of(dossier: Dossier, event_id: uuid.UUID) -> list[JournalEvent]:
    """Return what the reader may know of one visit by somebody else: who it was, on that day.

    Raises ``NotVisible`` for an event they may not know of, as for none.
    """
    known = known_to(dossier).exclude(actor_person_id=dossier.standing.viewer.person_id)
    one = known.filter(id=event_id).first()
    if one is None:
        raise NotVisible
    midnight = dt.datetime.combine(one.at.astimezone(PARIS).date(), dt.time(), PARIS)
    following = dt.datetime.combine(midnight.date() + dt.timedelta(days=1), dt.time(), PARIS)
    same = known.filter(at__gte=midnight, at__lt=following).order_by("at", "seq")
    return [event for event in same if who_came(event) == who_came(one)]


def who_came(event: JournalEvent) -> tuple[object, ...]:
    """Return what makes two events of one day one visit: who, in which role, from where."""
    who = event.actor_professional_id or event.actor_person_id or event.actor_user_id
    return who, event.actor_role, event.actor_structure_id
