"""Who stands for the holder of a record by law, today. Decides nothing: the gate does."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.binding import PARIS, bound
from access.circle.periods import last_day_of
from access.conditions import representing
from records.models import Ground, Representation
from records.traits import comes_of_age


if TYPE_CHECKING:
    from records.dossier.entrance import Dossier


@dataclass(frozen=True, slots=True)
class Representative:
    """Somebody who stands for the holder by law: a parent until 18, or a guardian."""

    name: str
    is_guardian: bool
    is_asker: bool
    since: dt.date
    # The last day that counts; None for a guardian whose decision names none.
    until: dt.date | None


def live_representations(dossier: Dossier) -> list[Representation]:
    """Return the live representations of a record, one a person: by the gate's own condition."""
    rows = (
        Representation.objects.filter(
            id__in=representing(bound().moment, record_ids=[dossier.record_id])
        )
        .select_related("person")
        .order_by("since", "id")
    )
    return list({row.person_id: row for row in rows}.values())


def representatives_of(dossier: Dossier) -> tuple[Representative, ...]:
    """Return who represents the holder now, since when and until when."""
    asker = dossier.standing.viewer.person_id
    eve = comes_of_age(dossier.born_on) - dt.timedelta(days=1)
    found = []
    for row in live_representations(dossier):
        ends = [last_day_of(row.until)]
        ends.append(None if dossier.standing.holder_is_adult else eve)
        days = [day for day in ends if day is not None]
        found.append(
            Representative(
                name=row.person.full_name,
                is_guardian=row.ground == Ground.GUARDIAN,
                is_asker=row.person_id == asker,
                since=row.since.astimezone(PARIS).date(),
                until=min(days) if days else None,
            )
        )
    return tuple(found)
