"""The gate asked as somebody else about one element: do they see it, and by which line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access import policy
from access.elements import key_of
from access.models import MaskAudience
from access.seeing.viewers import (
    Eyes,
    Held,
    as_family,
    members_as_viewers,
    professionals_as_viewers,
    standings_of,
)
from access.viewer import Role


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from access.seeing.candidates import Candidate
    from access.standing import Standing
    from access.viewer import Viewer
    from records.models import Element


NO_DOOR = "11"


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer for one candidate, the best of their places, and the line that decided."""

    candidate: Candidate
    sees: bool
    rule: str


def ask(asker: Standing, element: Element, candidates: Iterable[Candidate]) -> list[Asked]:
    """Ask the gate as each candidate. Whoever works nowhere has no line but the eleventh."""
    found = list(candidates)
    shared = {one.id: (key_of(element),) for one in found if one.shared}
    asked = standings_as(found, asker, shared)
    every = [standing for standings in asked for standing in standings]
    decided = iter(policy.decisions_of(type(element), every, key_of(element)))
    answers = []
    for one, standings in zip(found, asked, strict=True):
        each = [next(decided) for _standing in standings]
        sees, rule = max(each, default=(False, NO_DOOR), key=lambda answer: answer[0])
        answers.append(Asked(one, sees, rule))
    return answers


def standings_as(
    candidates: Sequence[Candidate],
    asker: Standing,
    shared: Mapping[uuid.UUID, tuple[uuid.UUID, ...]],
) -> list[list[Standing]]:
    """Return what each candidate is to the asker's record, in each place they work in.

    As many statements however many they are. ``shared`` is what a professional's periods share
    with them.
    """
    working = professionals_as_viewers(
        [one.id for one in candidates if one.kind == MaskAudience.PROFESSIONAL]
    )
    members = members_as_viewers(
        [one.id for one in candidates if one.kind == MaskAudience.STRUCTURE]
    )
    asked = [_people(one, working, members, shared.get(one.id, ())) for one in candidates]
    found = iter(standings_of([each for people in asked for each in people], asker))
    return [[next(found) for _each in people] for people in asked]


def _people(
    one: Candidate,
    working: Mapping[uuid.UUID, Eyes],
    members: Mapping[uuid.UUID, tuple[Viewer, ...]],
    shared: tuple[uuid.UUID, ...],
) -> list[tuple[Viewer, Eyes | None]]:
    """Return the viewers a candidate is asked as."""
    if one.kind == MaskAudience.STRUCTURE:
        return [(viewer, None) for viewer in members.get(one.id, ())]
    if one.kind == MaskAudience.DELEGATE:
        return [(as_family(one.id, Role.DELEGATE, one.name), None)]
    if one.kind == "representative":
        return [(as_family(one.id, Role.REPRESENTATIVE, one.name), None)]
    if one.id not in working:
        return []
    eyes = working[one.id]
    eyes = Eyes(eyes.viewers, eyes.has_account, Held(one.treating_gp, one.circle, shared))
    return [(viewer, eyes) for viewer in eyes.viewers]
