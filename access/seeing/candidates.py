"""Who might see an element: those with a door, a share or a pen, and the family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from access.binding import now
from access.circle.delegates import live_delegations
from access.circle.knowing import live_periods_known_to
from access.circle.representing import live_representations
from access.elements import key_of
from access.emergency.known import live_openings_known_to
from access.models import (
    Authorisation,
    AuthorisationKind,
    GivenGround,
    MaskAudience,
    Professional,
    Structure,
)
from records.models import Ground


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from records.dossier.entrance import Dossier
    from records.models import Element, Person


@dataclass(slots=True)
class Candidate:
    """One person or structure who might see, and what they hold."""

    kind: str  # an audience kind, or "representative"
    id: uuid.UUID
    name: str
    wrote: bool = False
    treating_gp: bool = False
    circle: bool = False
    since: dt.datetime | None = None  # of what lets them see: the right of the GP, else the door
    until: dt.datetime | None = None
    in_presence: bool = False
    emergency: bool = False
    regulation: bool = False
    shared: bool = False
    share_id: uuid.UUID | None = None
    shared_since: dt.datetime | None = None
    is_guardian: bool = False


def candidates_for(dossier: Dossier, element: Element | None = None) -> list[Candidate]:
    """Return the author, the treating GP, the circle, openings, shares, then the family.

    Of one element, or of the record: then nobody is its author, and any share counts.
    """
    professionals: dict[uuid.UUID, Candidate] = {}
    structures: dict[uuid.UUID, Candidate] = {}

    def professional(key: uuid.UUID) -> Candidate:
        return professionals.setdefault(key, Candidate(MaskAudience.PROFESSIONAL, key, ""))

    if element is not None and element.author_id is not None:
        professional(element.author_id).wrote = True
    periods = live_periods_known_to(dossier.standing).filter(confirmed_at__lte=now())
    if element is not None:
        periods = periods.filter(~Q(kind=AuthorisationKind.SHARE) | Q(element_id=key_of(element)))
    for period in periods.order_by("since", "id"):
        if period.structure_id is not None:
            one = structures.setdefault(
                period.structure_id, Candidate(MaskAudience.STRUCTURE, period.structure_id, "")
            )
            _hold(one, period)
        elif period.professional_id is not None:
            _hold(professional(period.professional_id), period)
    for opening in live_openings_known_to(dossier.standing).order_by("since", "id"):
        one = professional(opening.professional_id)
        one.emergency |= opening.kind == "emergency"
        one.regulation |= opening.kind == "regulation"
        one.since = one.since or opening.since
    for row in Professional.objects.filter(id__in=professionals).order_by("id"):
        professionals[row.id].name = row.display_name
    for place in Structure.objects.filter(id__in=structures).order_by("id"):
        structures[place.id].name = place.name
    found = [one for one in (*professionals.values(), *structures.values()) if one.name]
    found.sort(key=lambda one: (not one.wrote, not one.treating_gp, one.kind, one.name))
    return [*found, *_family(dossier)]


def _hold(one: Candidate, period: Authorisation) -> None:
    if period.kind == AuthorisationKind.TREATING_GP:
        one.treating_gp = True
        one.since = period.since
    elif period.kind == AuthorisationKind.CIRCLE:
        if not one.circle or period.until is None:
            one.until = period.until
        elif one.until is not None:  # of two doors, the one that ends last says until when
            one.until = max(one.until, period.until)
        one.circle = True
        one.since = one.since or period.since
        one.in_presence = period.ground != GivenGround.HOLDER
    else:
        one.shared = True
        one.share_id = period.id
        one.shared_since = period.since


def _family(dossier: Dossier) -> list[Candidate]:
    """Delegates and representatives; none is told of themselves."""
    asker = dossier.standing.viewer.person_id
    delegations = (
        live_delegations(dossier.record_id, adult=dossier.standing.holder_is_adult)
        .exclude(person=asker)
        .select_related("person")
        .order_by("since", "id")
    )
    found: dict[uuid.UUID, Candidate] = {}
    for row in delegations:
        one = found.setdefault(row.person_id, _relative(MaskAudience.DELEGATE, row.person))
        one.since, one.until = one.since or row.since, row.until
    for held in live_representations(dossier):
        if held.person_id == asker:
            continue
        one = _relative("representative", held.person)
        one.is_guardian = held.ground == Ground.GUARDIAN
        one.since = held.since
        found[held.person_id] = one
    return list(found.values())


def _relative(kind: str, person: Person) -> Candidate:
    return Candidate(kind, person.id, person.full_name)
