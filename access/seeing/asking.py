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
    standing_of,
)
from access.viewer import Role


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from access.seeing.candidates import Candidate
    from access.standing import Standing
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
    working = professionals_as_viewers(
        [one.id for one in found if one.kind == MaskAudience.PROFESSIONAL]
    )
    answers = []
    for one in found:
        shared = (key_of(element),) if one.shared else ()
        standings = standings_as(one, asker, working.get(one.id), shared)
        decided = [_decide(standing, element) for standing in standings]
        sees, rule = max(decided, default=(False, NO_DOOR), key=lambda answer: answer[0])
        answers.append(Asked(one, sees, rule))
    return answers


def standings_as(
    one: Candidate, asker: Standing, eyes: Eyes | None, shared: tuple[uuid.UUID, ...] = ()
) -> list[Standing]:
    """Return what a candidate is to the asker's record, in each place they work in.

    ``eyes`` are a professional's; ``shared`` what their periods share with them.
    """
    if one.kind == MaskAudience.STRUCTURE:
        return [standing_of(viewer, asker) for viewer in members_as_viewers(one.id)]
    if one.kind == MaskAudience.DELEGATE:
        return [standing_of(as_family(one.id, Role.DELEGATE, one.name), asker)]
    if one.kind == "representative":
        return [standing_of(as_family(one.id, Role.REPRESENTATIVE, one.name), asker)]
    if eyes is None:
        return []
    eyes = Eyes(eyes.viewers, eyes.has_account, Held(one.treating_gp, one.circle, shared))
    return [standing_of(viewer, asker, eyes) for viewer in eyes.viewers]


def _decide(standing: Standing, element: Element) -> tuple[bool, str]:
    [decision] = policy.decisions(type(element), standing, element_id=key_of(element))
    return decision.sees, decision.rule
