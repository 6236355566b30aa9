"""What a rule would change: the gate asked as each person it aims at, without it and under it.

There is no second body of the rule here: the rule is written, asked about, and undone. What is
told is what the asker sees too (policy section 7). Knows no screen.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from access import naming, policy
from access.binding import now
from access.circle.knowing import live_periods_known_to
from access.elements import KINDS
from access.models import AuthorisationKind, Mask, MaskAudience
from access.seeing.asking import standings_as
from access.seeing.candidates import candidates_for
from access.seeing.viewers import working_as


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Iterator, Sequence

    from access.circle.deciding import Decider
    from access.masks.aims import Audience, Target
    from access.seeing.candidates import Candidate
    from access.standing import Standing


MOST_PEOPLE = 12
_PROFESSIONALS = (MaskAudience.PROFESSIONAL, MaskAudience.STRUCTURE)


@dataclass(frozen=True, slots=True)
class Reach:
    """One person the rule aims at: how many elements they see today, and would see under it.

    Of those it covers, how many they would keep, as author or by a share, and how many they don't
    see today either: without these two, the difference isn't what the rule is said to cover.
    """

    name: str
    today: int
    after: int
    kept: int
    already: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a rule covers of what the asker sees, and what it changes for each person."""

    covered: frozenset[uuid.UUID]
    people: tuple[Reach, ...]
    unnamed: int  # how many more people there are than are told


def difference(decider: Decider, target: Target, audience: Audience) -> Difference:
    """Return what the rule would change today. Nothing stays written."""
    asker = decider.dossier.standing
    people = aimed_at(decider, audience)
    told = people[:MOST_PEOPLE]
    asked = standings_under(decider, audience, told)
    known = seen_by(asker)
    before = [_seen_in(standings) & known for standings in asked]
    with _supposed(decider, target, audience) as masks:
        after = [_seen_in(standings) & known for standings in asked]
        covered = _keys(policy.reached_by(model, asker, masks) for model in KINDS.values())
    reaches = [
        Reach(
            name=naming.sentence_start(one.name),
            today=len(saw),
            after=len(sees),
            kept=len(covered & sees),
            already=len(covered - saw),
        )
        for one, saw, sees in zip(told, before, after, strict=True)
    ]
    return Difference(covered, tuple(reaches), len(people) - len(told))


def aimed_at(decider: Decider, audience: Audience) -> list[Candidate]:
    """Return who a rule aims at today: only those who have a way to the record.

    The treating GP keeps seeing everything and isn't among them.
    """
    held = candidates_for(decider.dossier)
    if audience.id is not None:
        # Whoever isn't known to have a way is asked nothing of: a representative would learn of
        # a door that the minor gave alone.
        return [one for one in held if (one.kind, one.id) == (audience.kind, audience.id)]
    chosen = [one for one in held if one.kind in _PROFESSIONALS and not one.treating_gp]
    if audience.kind is not MaskAudience.PROFESSION:
        return chosen
    working = working_as(audience.profession, [one.id for one in chosen])
    return [one for one in chosen if one.id in working]


def standings_under(
    decider: Decider, audience: Audience, people: Sequence[Candidate]
) -> list[list[Standing]]:
    """Return what each of these people is to the record in each place they work, as aimed at."""
    some = any(one.kind == MaskAudience.PROFESSIONAL for one in people)
    shared = {key: tuple(keys) for key, keys in _shares(decider).items()} if some else {}
    found = standings_as(people, decider.dossier.standing, shared)
    if audience.kind is MaskAudience.PROFESSION:
        found = [[s for s in each if s.viewer.profession == audience.profession] for each in found]
    return found


def _shares(decider: Decider) -> dict[uuid.UUID, list[uuid.UUID]]:
    """What was shown to each on purpose: for those who have no account yet."""
    rows = live_periods_known_to(decider.dossier.standing).filter(
        kind=AuthorisationKind.SHARE, confirmed_at__lte=now()
    )
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    pairs: Any = rows.values_list("professional_id", "element_id")
    for professional, element in pairs:
        found.setdefault(professional, []).append(element)
    return found


def seen_by(standing: Standing) -> frozenset[uuid.UUID]:
    """Return the keys of all that somebody sees of the record, in one query."""
    return _keys(policy.visible(model, standing) for model in KINDS.values())


def _keys(kinds: Iterable[Any]) -> frozenset[uuid.UUID]:
    first, *rest = [rows.values_list("id", flat=True) for rows in kinds]
    return frozenset(first.union(*rest, all=True))


def _seen_in(standings: list[Standing]) -> frozenset[uuid.UUID]:
    return frozenset().union(*map(seen_by, standings))


@contextmanager
def _supposed(decider: Decider, target: Target, audience: Audience) -> Iterator[Any]:
    """Have the rule in force while something is asked, and never after."""
    undone = transaction.savepoint()
    try:
        mask = Mask.objects.create(
            record_id=decider.dossier.record_id, target=target.kind, target_id=target.id,
            target_categories=target.categories, audience=audience.kind,
            audience_id=audience.id, audience_profession=audience.profession,
            since=decider.dossier.standing.moment.at,
        )  # fmt: skip
        yield Mask.objects.filter(id=mask.id)
    finally:
        transaction.savepoint_rollback(undone)
