"""Somebody else as the gate would meet them: their viewer in each practice, and their standing.

Nobody is signed in by this: it only lets the gate be asked what they would see.
"""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from access.binding import bound, now
from access.circle.blocks import blocks_known_as
from access.circle.knowing import live_periods_known_to, periods_gone_on
from access.emergency.known import live_openings_known_to
from access.models import AuthorisationKind, OpeningKind, Practice, User
from access.people import practice_facts
from access.standing import DOCTOR, Standing, read_standings_of
from access.viewer import PracticeFacts, Role, Viewer
from records.models import Record


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db.models import QuerySet

    from access.models import Authorisation


ASKED_AS = "asked as"  # stands for the second factor they would use: line 1 is theirs to pass
MOST_MEMBERS = 40
_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Held:
    """The doors a professional holds in person, by the periods: for one who has no account yet."""

    treating_gp: bool = False
    circle: bool = False
    shared: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Eyes:
    """One person's viewers, one per place they work in, and what their periods give them."""

    viewers: tuple[Viewer, ...]
    has_account: bool
    held: Held = field(default_factory=Held)


def _live_practices() -> Q:
    at = now()
    return Q(since__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))


def professionals_as_viewers(professional_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Eyes]:
    """Return the viewers of several professionals: three queries whatever their number."""
    practices: dict[uuid.UUID, list[Practice]] = {}
    rows = Practice.objects.filter(_live_practices(), professional__in=professional_ids)
    for row in rows.select_related("structure", "professional").order_by("since", "id"):
        practices.setdefault(row.professional_id, []).append(row)
    accounts = _accounts(professional_ids)
    return {
        key: Eyes(
            viewers=tuple(_as_professional(practice, accounts) for practice in held),
            has_account=key in accounts,
        )
        for key, held in practices.items()
    }


def working_as(profession: str, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of these professionals, and structures, where a profession is at work now."""
    rows = Practice.objects.filter(_live_practices(), profession=profession).order_by()
    people = rows.filter(professional__in=ids).values_list("professional_id", flat=True)
    places = rows.filter(structure__in=ids).values_list("structure_id", flat=True)
    return {*people.distinct(), *filter(None, places.distinct())}


def members_as_viewers(
    structure_ids: Collection[uuid.UUID],
) -> dict[uuid.UUID, tuple[Viewer, ...]]:
    """Return one live member of each structure per profession: members differ by the matrix only.

    Who is blocked or named by a mask is told on their own line, not on the structure's.
    """
    rows = (
        Practice.objects.filter(_live_practices(), structure_id__in=structure_ids)
        .select_related("structure", "professional")
        .order_by("structure_id", "profession", "since", "id")
        .distinct("structure_id", "profession")
    )
    practices: dict[uuid.UUID, list[Practice]] = {}
    for row in rows if structure_ids else ():
        members = practices.setdefault(row.structure_id, [])  # type: ignore[arg-type]  # filtered
        if len(members) < MOST_MEMBERS:
            members.append(row)
    return {key: tuple(map(_as_any_member, held)) for key, held in practices.items()}


def _as_any_member(practice: Practice) -> Viewer:
    """Somebody who works there and is nobody in particular: neither named, blocked, nor shown."""
    facts = dataclasses.replace(practice_facts(practice), professional_id=_NOBODY)
    return _nobody_at(facts, practice.professional.full_name)


def _nobody_at(practice: PracticeFacts, name: str) -> Viewer:
    return Viewer(
        user_id=_NOBODY, role=Role.PROFESSIONAL, active=True, second_factor=ASKED_AS,
        practice=practice, name=name,
    )  # fmt: skip


def _accounts(professional_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, User]:
    users = User.objects.filter(professional__in=list(professional_ids), is_active=True)
    return {user.professional_id: user for user in users.order_by("-created_at", "id")}  # type: ignore[misc]  # filtered


def _as_professional(practice: Practice, accounts: dict[uuid.UUID, User]) -> Viewer:
    user = accounts.get(practice.professional_id)
    return Viewer(
        user_id=user.id if user else practice.professional_id,
        person_id=user.person_id if user else None,
        role=Role.PROFESSIONAL,
        active=True,
        second_factor=ASKED_AS,
        practice=practice_facts(practice),
        name=practice.professional.full_name,
    )


def as_family(person_id: uuid.UUID, role: Role, name: str = "") -> Viewer:
    """Return a delegate or a representative as the gate would meet them."""
    return Viewer(
        user_id=person_id, person_id=person_id, role=role, active=True, second_factor=ASKED_AS,
        name=name,
    )  # fmt: skip


def emergency_doctor(asker: Standing) -> Standing:
    """Return what an unknown doctor would be to the record, had they opened it in an emergency.

    By a refusal of the holder's they are nobody to it.
    """
    doctor = PracticeFacts(id=_NOBODY, professional_id=_NOBODY, profession=DOCTOR)
    viewer = _nobody_at(doctor, _("Un médecin, en urgence"))
    record = Record.objects.only("emergency_refused", "family_choices").get(id=asker.record_id)
    refused = record.choice("emergency_refused", to_family=asker.speaks_for_minor)
    standing = standing_of(viewer, asker)
    return dataclasses.replace(standing, practising=True, emergency=refused is not True)


def standing_of(viewer: Viewer, asker: Standing, eyes: Eyes | None = None) -> Standing:
    """Return what one person is to the asker's record: ``standings_of`` them alone."""
    [found] = standings_of([(viewer, eyes)], asker)
    return found


def standings_of(people: Sequence[tuple[Viewer, Eyes | None]], asker: Standing) -> list[Standing]:
    """Return what each is to the asker's record, knowing no more than the asker may know.

    A representative never learns of what the minor decided alone: it is left out of what they are
    told (policy section 7). Somebody without an account has no row of guardian's yet;
    their periods stand for it, since the row is written with the account. As many statements
    however many people are asked about.
    """
    viewers = [viewer for viewer, _eyes in people]
    found = read_standings_of(viewers, asker.record_id, bound().moment)
    if asker.is_representative and not asker.is_holder:
        known = _read_known(found, asker)
        found = [_as_known(standing, asker, known) for standing in found]
    return [_by_periods(one, eyes) for one, (_viewer, eyes) in zip(found, people, strict=True)]


def _by_periods(standing: Standing, eyes: Eyes | None) -> Standing:
    if eyes is None or eyes.has_account or not standing.practising:
        return standing
    return dataclasses.replace(
        standing,
        treating_gp=eyes.held.treating_gp,
        circle=standing.circle or eyes.held.circle,
        shared=eyes.held.shared,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What a representative may know: who is blocked, whose opening runs, which doors are held."""

    blocked: frozenset[uuid.UUID]
    running: frozenset[tuple[uuid.UUID, str]]
    held: frozenset[tuple[uuid.UUID | None, str, uuid.UUID | None]]
    gone_on: frozenset[tuple[uuid.UUID | None, str, uuid.UUID | None]]


def _read_known(standings: Sequence[Standing], asker: Standing) -> _Known:
    blocked: Any = blocks_known_as(asker).values_list("professional_id", flat=True)
    running: Any = live_openings_known_to(asker).filter(ended_at__lte=now())
    works = any(standing.viewer.practice for standing in standings)
    minor = works and asker.speaks_for_minor
    return _Known(
        blocked=frozenset(blocked if works else ()),
        running=frozenset(running.values_list("professional_id", "kind") if works else ()),
        held=_what_is_held(live_periods_known_to(asker)) if minor else frozenset(),
        gone_on=_what_is_held(periods_gone_on(asker)) if minor else frozenset(),
    )


def _what_is_held(
    periods: QuerySet[Authorisation],
) -> frozenset[tuple[uuid.UUID | None, str, uuid.UUID | None]]:
    columns = ("professional_id", "structure_id", "kind", "element_id")
    rows = periods.filter(confirmed_at__lte=now()).values_list(*columns)
    return frozenset((pro or structure, kind, element) for pro, structure, kind, element in rows)


def _as_known(standing: Standing, asker: Standing, known: _Known) -> Standing:
    """Leave out a minor's own masks, blocks, doors and shares, and that they ended others'."""
    viewer = standing.viewer
    practice = viewer.practice
    if practice is None:
        return dataclasses.replace(standing, secret_masks=False)
    me = practice.professional_id
    # By the rest of what the gate asks of an opening, and of a door.
    doctor = standing.practising and viewer.profession == DOCTOR
    opened = {kind for whose, kind in known.running if doctor and whose == me}
    standing = dataclasses.replace(
        standing,
        secret_masks=False,
        blocked=me in known.blocked,
        emergency=standing.emergency or OpeningKind.EMERGENCY in opened,
        regulation=standing.regulation or (viewer.at_samu and OpeningKind.REGULATION in opened),
    )
    if asker.holder_is_adult:
        return standing
    mine = {me, viewer.structure_id} - {None}
    held = {(kind, element) for whose, kind, element in known.held if whose in mine}
    # What the minor ended would still serve whoever is at work.
    gone_on = known.gone_on if standing.practising else ()
    on = {(kind, element) for whose, kind, element in gone_on if whose in mine}
    circle = (AuthorisationKind.CIRCLE, None)
    # Each once: that the minor showed it too is not to be told by how often it is there.
    shared = dict.fromkeys(
        key for key in standing.shared if (AuthorisationKind.SHARE, key) in held
    )
    ended = {key for kind, key in on if kind == AuthorisationKind.SHARE and key is not None}
    return dataclasses.replace(
        standing,
        circle=(standing.circle and circle in held) or circle in on,
        shared=(*shared, *sorted(ended.difference(shared))),
    )
