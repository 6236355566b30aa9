"""Delegates: adults the holder chose, what each may see, whether they may write, until when.

A delegation is a period: it is changed by ending one and beginning another. Decides nothing of
what is seen: the gate does. Must not know screens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from access.binding import note, now, today, use_case
from access.circle.deciding import Decider, decide, lock, may_decide
from access.circle.periods import end_of_day, last_day_of
from access.circle.representing import Representative, representatives_of
from access.journal import Action
from access.models import CareKind, Delegation, Invitation
from access.models.periods import live
from access.notices import tell_delegate
from access.policy import NotVisible, Refused
from records.days import same_day


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from django.db.models import QuerySet

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


MONTHS_AT_MOST: Final = 12
MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Scope:
    """What a delegate may see and do. No kind of care means everything."""

    kinds: tuple[str, ...]
    can_write: bool
    last_day: dt.date

    @property
    def everything(self) -> bool:
        """The whole record, but for what no delegate ever sees."""
        return not self.kinds

    @property
    def in_words(self) -> tuple[str, ...]:
        """The kinds of care, as a page says them."""
        return tuple(str(CareKind(kind).label) for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody who helps the holder now."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    scope: Scope
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was invited and hasn't answered; ``expired`` when they no longer can."""

    id: uuid.UUID
    name: str
    scope: Scope
    expires_at: dt.datetime
    expired: bool


@dataclass(frozen=True, slots=True)
class Relatives:
    """Who helps and who represents the holder, and who was invited to help."""

    dossier: Dossier
    delegates: tuple[Delegate, ...]
    invited: tuple[Invited, ...]
    representatives: tuple[Representative, ...]
    may_name: bool


def live_delegations(record_id: uuid.UUID, *, adult: bool) -> QuerySet[Delegation]:
    """Return the delegations in force; those a parent gave end when the holder comes of age."""
    rows = Delegation.objects.filter(live(now()), record_id=record_id)
    return rows.exclude(named_by_representative=True) if adult else rows


def scope_of(row: Delegation | Invitation) -> Scope:
    """Read what a row lets somebody see."""
    kinds = () if row.everything else tuple(row.kinds)
    return Scope(kinds, row.can_write, last_day_of(row.until) or row.until.date())


def waiting_invitations(record_id: uuid.UUID, *, adult: bool) -> QuerySet[Invitation]:
    """Return the invitations that were neither taken nor withdrawn, expired ones too.

    Those a parent sent end when the holder comes of age.
    """
    rows = Invitation.objects.filter(record_id=record_id, accepted_at=None, ended_at=None)
    return rows.exclude(named_by_representative=True) if adult else rows


def can_be_taken() -> Q:
    """The condition under which an invitation that waits still opens something."""
    return Q(expires_at__gt=now(), until__gt=now(), tries_left__gt=0)


def may_name_delegates(*, by: Viewer, record_id: uuid.UUID) -> Decider:
    """Return who names delegates. A minor's are named by who represents them.

    Raises ``Refused`` for a minor: what they would choose alone, no representative may know of,
    and somebody who acts for them is answered for by who represents them.
    """
    decider = may_decide(by=by, record_id=record_id)
    if decider.minor_alone:
        raise Refused(
            _("Jusqu'à vos 18 ans, c'est votre représentant légal qui choisit un aidant.")
        )
    return decider


def decide_on_delegates(*, by: Viewer, record_id: uuid.UUID) -> Decider:
    """Return who names delegates, the record locked."""
    lock(record_id)
    return may_name_delegates(by=by, record_id=record_id)


def check_scope(scope: Scope) -> None:
    """Refuse a kind of care that isn't one, and an end that has passed or is too far."""
    if not set(scope.kinds) <= set(CareKind.values):
        raise Refused(_("Choisissez ce que cette personne peut voir dans la liste."))
    if scope.last_day < today():
        raise Refused(_("Cette date est passée. Choisissez aujourd'hui ou un jour à venir."))
    if scope.last_day > same_day(today(), months=MONTHS_AT_MOST):
        raise Refused(_("Un aidant est choisi pour 1 an au plus. Choisissez un jour plus proche."))


def read_relatives(*, by: Viewer, record_id: uuid.UUID) -> Relatives:
    """Return who helps and who represents the holder. ``Refused`` for who doesn't decide here."""
    decider = may_decide(by=by, record_id=record_id)
    dossier = decider.dossier
    rows = live_delegations(record_id, adult=decider.of_an_adult)
    invited = waiting_invitations(record_id, adult=decider.of_an_adult)
    usable = set(invited.filter(can_be_taken()).values_list("id", flat=True))
    return Relatives(
        dossier=dossier,
        delegates=tuple(
            Delegate(row.id, row.person_id, row.person.full_name, scope_of(row), row.since)
            for row in rows.select_related("person").order_by("since", "id")
        ),
        invited=tuple(
            Invited(row.id, row.name, scope_of(row), row.expires_at, expired=row.id not in usable)
            for row in invited.order_by("made_at", "id")
        ),
        representatives=representatives_of(dossier),
        may_name=not decider.minor_alone,
    )


def _held(decider: Decider, delegation_id: uuid.UUID) -> Delegation:
    rows = live_delegations(decider.dossier.record_id, adult=decider.of_an_adult)
    found = rows.filter(id=delegation_id).first()
    if found is None:
        raise NotVisible
    return found


@use_case
def change_delegate(
    *, by: Viewer, record_id: uuid.UUID, delegation_id: uuid.UUID, scope: Scope
) -> None:
    """Give a delegate another scope or end, from now on. The same again changes nothing."""
    decider = decide_on_delegates(by=by, record_id=record_id)
    check_scope(scope)
    held = _held(decider, delegation_id)
    if scope_of(held) == scope:
        return
    begin(decider_named=held.named_by_representative, record_id=record_id,
          person_id=held.person_id, scope=scope)  # fmt: skip
    _note(Action.DELEGATE_CHANGED, decider, by, held.person_id)


@use_case
def end_delegate(*, by: Viewer, record_id: uuid.UUID, delegation_id: uuid.UUID) -> None:
    """Take a delegate's access back, at once: their next request finds nothing.

    A minor may, alone. Taken back twice, it was taken back once.
    """
    decider = decide(by=by, record_id=record_id)
    known = Delegation.objects.filter(record_id=record_id, id=delegation_id).first()
    if known is None:
        raise NotVisible
    if end_delegations(Delegation.objects.filter(id=known.id)):
        _note(Action.DELEGATE_ENDED, decider, by, known.person_id)


def begin(
    *, decider_named: bool, record_id: uuid.UUID, person_id: uuid.UUID, scope: Scope
) -> None:
    """Write a delegation that begins now; one that the same person held ends."""
    end_delegations(Delegation.objects.filter(record_id=record_id, person_id=person_id))
    Delegation.objects.create(
        record_id=record_id,
        person_id=person_id,
        everything=scope.everything,
        kinds=list(scope.kinds),
        can_write=scope.can_write,
        named_by_representative=decider_named,
        since=now(),
        until=end_of_day(scope.last_day),
    )


def end_delegations(rows: QuerySet[Delegation]) -> int:
    """End now those of these delegations that are in force; return how many were."""
    return rows.filter(Q(ended_at=None) | Q(ended_at__gt=now()), until__gt=now()).update(
        ended_at=now()
    )


def _note(action: Action, decider: Decider, by: Viewer, person_id: uuid.UUID) -> None:
    record_id = decider.dossier.record_id
    note(action, record_id, by=by, door=decider.dossier.door, reason=f"delegate:{person_id}")
    tell_delegate(record_id)
