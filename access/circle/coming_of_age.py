"""The day the holder comes of age: who lost effect that minute, and a review shown once.

The gate ends representatives and their delegates by its clock; here nothing is ended, and what is
shown is for the new adult alone. No clinical content: people and numbers of rules.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from access.binding import PARIS, note, now, use_case
from access.circle.deciding import may_decide
from access.circle.team import Team, read_team
from access.journal import Action
from access.models import Delegation, JournalEvent, Mask
from access.models.periods import live
from access.policy import NotVisible
from records.models import Representation
from records.traits import comes_of_age


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


#: Who came of age longer ago than this, before they ever came, is an adult like any other.
LATEST_AGE: Final = 25


@dataclass(frozen=True, slots=True)
class ComingOfAge:
    """Who no longer reads the record since the birthday, and who and what is still in force."""

    team: Team
    since: dt.date
    representatives: tuple[str, ...]
    delegates: tuple[str, ...]
    masks: int


def has_come_of_age(dossier: Dossier) -> bool:
    """Tell whether the review is still to be shown: to the new adult, until they say it's done."""
    adult = dossier.standing.holder_is_adult
    if not (dossier.by_holder and adult and dossier.age < LATEST_AGE):
        return False
    if not _of_childhood(dossier).exists():
        return False
    done = JournalEvent.objects.filter(
        record_id=dossier.record_id, act=Action.CAME_OF_AGE.value,
        actor_person_id=dossier.standing.viewer.person_id,
    )  # fmt: skip
    return not done.exists()


def _birthday(dossier: Dossier) -> dt.datetime:
    return dt.datetime.combine(comes_of_age(dossier.born_on), dt.time(), tzinfo=PARIS)


def _of_childhood(dossier: Dossier) -> QuerySet[Representation]:
    """What the birthday ended: not what had ended before."""
    birthday = _birthday(dossier)
    return Representation.objects.filter(
        Q(until=None) | Q(until__gte=birthday), record_id=dossier.record_id, since__lt=birthday
    )


def read_coming_of_age(*, by: Viewer, record_id: uuid.UUID) -> ComingOfAge:
    """Return the review. Raises ``NotVisible`` where there is none, or none any more."""
    team = read_team(by=by, record_id=record_id)
    dossier = team.dossier
    if not has_come_of_age(dossier):
        raise NotVisible
    birthday = _birthday(dossier)
    held = _of_childhood(dossier).select_related("person").order_by("since", "id")
    helped = Delegation.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=birthday), record_id=record_id,
        named_by_representative=True, until__gte=birthday,
    )  # fmt: skip
    masks = Mask.objects.filter(live(now()), record_id=record_id)
    return ComingOfAge(
        team=team,
        since=birthday.date(),
        representatives=_once(row.person.full_name for row in held),
        delegates=_once(
            row.person.full_name for row in helped.select_related("person").order_by("since", "id")
        ),
        masks=masks.values("gesture").distinct().count(),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@use_case
def review_coming_of_age(*, by: Viewer, record_id: uuid.UUID) -> None:
    """Say that everything was looked at: the review is shown no more. Said twice is once."""
    dossier = may_decide(by=by, record_id=record_id).dossier
    if has_come_of_age(dossier):
        note(Action.CAME_OF_AGE, record_id, by=by, door=dossier.door)
