"""Whose records a person may come to for somebody else, by the gate's own conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.circle.delegates import scope_of
from access.conditions import representing
from access.models import Delegation
from access.models.periods import live
from records.models import Representation
from records.traits import comes_of_age


if TYPE_CHECKING:
    import uuid

    from access.circle.delegates import Scope
    from access.viewer import Moment


Whose = tuple["uuid.UUID", str]


def represented_by(person_id: uuid.UUID, moment: Moment) -> list[Whose]:
    """Return the records somebody represents now and whose they are: not suspended, not ended."""
    rows = (
        Representation.objects.filter(id__in=representing(moment, person_id=person_id))
        .select_related("record__holder")
        .order_by("since", "id")
    )
    return [(row.record_id, row.record.holder.full_name) for row in rows]


def helped_by(person_id: uuid.UUID, moment: Moment) -> list[tuple[Whose, Scope]]:
    """Return the records somebody helps with now, whose they are, and what they may see."""
    rows = (
        Delegation.objects.filter(live(moment.at), person_id=person_id)
        .select_related("record__holder")
        .order_by("since", "id")
    )
    found = []
    for row in rows:
        holder = row.record.holder
        # What a parent gave ends when the holder comes of age.
        if not (row.named_by_representative and comes_of_age(holder.born_on) <= moment.today):
            found.append(((row.record_id, holder.full_name), scope_of(row)))
    return found
