"""Who stands for the holder of a record by law, today. Decides nothing: the gate does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from access.binding import now
from records.models import Ground, Representation


if TYPE_CHECKING:
    from records.dossier.entrance import Dossier


def live_representations(dossier: Dossier) -> list[Representation]:
    """Return the live representations of a record, one a person; a parent's ends at 18."""
    at = now()
    rows = (
        Representation.objects.filter(
            Q(until__isnull=True) | Q(until__gt=at), record_id=dossier.record_id, since__lte=at
        )
        .filter(Q(suspended_at__isnull=True) | Q(suspended_at__gt=at))
        .select_related("person")
        .order_by("since", "id")
    )
    adult = dossier.standing.holder_is_adult
    live = [row for row in rows if not (row.ground == Ground.PARENT and adult)]
    return list({row.person_id: row for row in live}.values())
