"""The people around a record, as its holder or representative reads them: who, until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.binding import PARIS, now
from access.circle.blocks import blocks_known_to
from access.circle.deciding import Decider, may_decide
from access.circle.delegates import live_delegations, scope_of
from access.circle.directory import trade_of
from access.circle.knowing import answered_alone, live_periods_known_to
from access.circle.periods import last_day_of
from access.circle.proposals import live_proposals
from access.circle.reports import reports_holding
from access.circle.representing import Representative, representatives_of
from access.models import (
    Authorisation,
    AuthorisationKind,
    Block,
    GivenGround,
    Practice,
    Professional,
)
from records.models import Record


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Iterable

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


@dataclass(frozen=True, slots=True)
class Member:
    """A professional or a structure that holds a door, or waits for one."""

    authorisation_id: uuid.UUID
    professional_id: uuid.UUID | None
    structure_id: uuid.UUID | None
    name: str
    trade: str
    place: str
    since: dt.date
    until: dt.date | None
    in_presence: bool
    # They keep the door, which doesn't serve them meanwhile.
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    """A professional who is blocked; ``case_id``: by a report, whose page lets them in again."""

    professional_id: uuid.UUID
    name: str
    trade: str
    since: dt.date
    case_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A doctor the fund has on file as treating GP."""

    id: uuid.UUID
    professional_id: uuid.UUID
    name: str
    since: dt.date


@dataclass(frozen=True, slots=True)
class Relative:
    """A delegate: what they may see and until when."""

    person_id: uuid.UUID
    name: str
    everything: bool
    kinds: tuple[str, ...]
    until: dt.date


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody around a record; ``shown``: who holds a share, on a single element."""

    dossier: Dossier
    gp: Member | None
    waiting_gp: Member | None
    may_confirm_gp: bool
    members: tuple[Member, ...]
    waiting: tuple[Member, ...]
    shown: tuple[Member, ...]
    blocked: tuple[Blocked, ...]
    proposals: tuple[Proposal, ...]
    delegates: tuple[Relative, ...]
    representatives: tuple[Representative, ...]
    emergency_refused: bool | None
    regulation_refused: bool | None

    @property
    def gp_id(self) -> uuid.UUID | None:
        """The treating GP, declared and confirmed."""
        return self.gp.professional_id if self.gp else None

    @property
    def asks_something(self) -> bool:
        """Somebody waits for an answer: it comes before anything else on the page."""
        return bool(self.waiting or (self.waiting_gp and self.may_confirm_gp))

    def held_by(self, professional_id: uuid.UUID) -> bool:
        """Tell whether something was given to a professional in person: blocking ends it."""
        held = [self.gp, *self.members, *self.shown]
        return any(one is not None and one.professional_id == professional_id for one in held)

    def standing_of(self, professional_id: uuid.UUID) -> str:
        """Return what a professional is already: "gp", "member", "blocked" or nothing."""
        if professional_id == self.gp_id:
            return "gp"
        if any(one.professional_id == professional_id for one in self.blocked):
            return "blocked"
        if any(one.professional_id == professional_id for one in self.members):
            return "member"
        return ""


def read_team(*, by: Viewer, record_id: uuid.UUID) -> Team:
    """Return the people around a record. Raises ``Refused`` for a delegate or a professional.

    No clinical content: names, trades and dates. A representative is told nothing of what a minor
    decided alone.
    """
    decider = may_decide(by=by, record_id=record_id)
    periods = live_periods_known_to(decider.dossier.standing).order_by("since", "id")
    if decider.minor_alone:
        periods = periods.exclude(id__in=answered_alone(record_id))
    rows = list(periods.select_related("professional", "structure"))
    places = _places(row.professional_id for row in rows if row.professional_id)
    blocked = tuple(_blocked(decider))
    out = {one.professional_id for one in blocked}
    held: dict[AuthorisationKind, list[Member]] = {kind: [] for kind in AuthorisationKind}
    waits: dict[AuthorisationKind, list[Member]] = {kind: [] for kind in AuthorisationKind}
    for row in rows:
        to = waits if row.confirmed_at is None else held
        to[AuthorisationKind(row.kind)].append(_member(row, places, out))
    gp = held[AuthorisationKind.TREATING_GP]
    waiting_gp = waits[AuthorisationKind.TREATING_GP]
    record = Record.objects.get(id=record_id)
    family = decider.dossier.standing.speaks_for_minor
    return Team(
        dossier=decider.dossier,
        gp=gp[0] if gp else None,
        waiting_gp=waiting_gp[0] if waiting_gp else None,
        may_confirm_gp=decider.confirms_gp,
        members=_by_name(held[AuthorisationKind.CIRCLE]),
        waiting=_by_name(waits[AuthorisationKind.CIRCLE]),
        shown=_by_name(held[AuthorisationKind.SHARE]),
        blocked=blocked,
        proposals=tuple(_proposals(decider, gp[0] if gp else None)),
        delegates=tuple(_delegates(decider.dossier)),
        representatives=representatives_of(decider.dossier),
        emergency_refused=record.choice("emergency_refused", to_family=family),
        regulation_refused=record.choice("regulation_refused", to_family=family),
    )


def _by_name(members: list[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda one: (one.name.casefold(), str(one.authorisation_id))))


def _member(row: Authorisation, places: dict[uuid.UUID, str], out: set[uuid.UUID]) -> Member:
    professional, structure = row.professional, row.structure
    if professional is not None:
        name, trade = professional.display_name, trade_of(professional)
        place = places.get(professional.id, "")
    else:
        assert structure is not None  # noqa: S101  # the database says one of the two
        name, trade, place = structure.name, str(structure.get_kind_display()), structure.address
    return Member(
        authorisation_id=row.id,
        professional_id=row.professional_id,
        structure_id=row.structure_id,
        name=name,
        trade=trade,
        place=place,
        since=row.since.astimezone(PARIS).date(),
        until=last_day_of(row.until),
        in_presence=row.ground != GivenGround.HOLDER,
        paused=row.professional_id in out,
    )


def _places(professional_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Where each works today; the place they began in last where there are several."""
    rows = Practice.objects.filter(
        professional__in=list(professional_ids),
        since__lte=now(),
        until__isnull=True,
        structure__isnull=False,
    )
    found = rows.order_by("since", "id").values_list("professional_id", "structure__name")
    return dict(found)


def _blocked(decider: Decider) -> Iterable[Blocked]:
    known = blocks_known_to(decider).select_related("professional").order_by("since", "id")
    cases = reports_holding(decider, known)
    # Once each, whatever keeps them out: a minor's block beside the family's, a secret one.
    once: dict[uuid.UUID, Block] = {}
    for row in known:
        once.setdefault(row.professional_id, row)
    for row in once.values():
        yield Blocked(
            row.professional_id,
            row.professional.display_name,
            trade_of(row.professional),
            row.since.astimezone(PARIS).date(),
            cases.get(row.professional_id),
        )


def _proposals(decider: Decider, gp: Member | None) -> Iterable[Proposal]:
    """What the fund proposes to who chooses, but for the doctor who is the treating GP already.

    What it sent before they chose another says nothing that they didn't know.
    """
    found = live_proposals(decider.dossier.record_id)
    if gp is not None:
        found = found.filter(flow_date__gt=gp.since)
    rows = [] if decider.too_young else list(found.order_by("-since", "id"))
    keys = [row.professional_id for row in rows]
    doctors = {one.id: one for one in Professional.objects.filter(id__in=keys).order_by("id")}
    for row in rows:
        doctor = doctors.get(row.professional_id)
        if doctor is not None and (gp is None or row.professional_id != gp.professional_id):
            yield Proposal(row.id, doctor.id, doctor.display_name, row.since)


def _delegates(dossier: Dossier) -> Iterable[Relative]:
    adult = dossier.standing.holder_is_adult
    rows = live_delegations(dossier.record_id, adult=adult).select_related("person")
    for row in rows.order_by("since", "id"):
        scope = scope_of(row)
        yield Relative(
            row.person_id, row.person.full_name, scope.everything, scope.in_words, scope.last_day
        )
