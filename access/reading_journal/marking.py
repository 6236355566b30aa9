"""Which events of a reader's page are unusual, from what that reader may know of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Min

from access.models import Rush
from access.notices.hours import is_night
from access.reading_journal.known import known_to
from access.reading_journal.rules import FAMILY_DOORS, READS, Unusual
from access.viewer import Role


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Iterable, Mapping

    from access.models import JournalEvent
    from records.dossier.entrance import Dossier


def marked(dossier: Dossier, events: list[JournalEvent]) -> Mapping[uuid.UUID, set[Unusual]]:
    """Return the rules that each event breaks. Two statements, whatever the page holds."""
    looks = [event for event in events if _is_look(event)]
    first = _first_looks(dossier, {event.actor_structure_id for event in looks} - {None})
    rushed = _rushes(filter(None, {event.actor_professional_id for event in looks}))
    found: dict[uuid.UUID, set[Unusual]] = defaultdict(set)
    for event in looks:
        if event.at == first.get(event.actor_structure_id):
            found[event.id].add(Unusual.FIRST)
        if is_night(event.at):
            found[event.id].add(Unusual.NIGHT)
        if any(r.since <= event.at <= r.until for r in rushed[event.actor_professional_id]):
            found[event.id].add(Unusual.RUSH)
    return found


def _is_look(event: JournalEvent) -> bool:
    return (
        event.actor_role == Role.PROFESSIONAL.value
        and event.act in READS
        and event.door not in FAMILY_DOORS
    )


def _first_looks(
    dossier: Dossier, places: set[uuid.UUID | None]
) -> dict[uuid.UUID | None, dt.datetime]:
    """When somebody of each place first looked, as far as the reader may know."""
    looks = known_to(dossier).filter(
        actor_structure_id__in=places, act__in=READS, actor_role=Role.PROFESSIONAL.value
    )
    looks = looks.exclude(door__in=FAMILY_DOORS).order_by()
    rows = looks.values_list("actor_structure_id").annotate(first=Min("at"))
    return dict(rows)


def _rushes(people: Iterable[uuid.UUID]) -> dict[uuid.UUID | None, list[Rush]]:
    found: dict[uuid.UUID | None, list[Rush]] = defaultdict(list)
    for rush in Rush.objects.filter(professional_id__in=list(people)).order_by("since", "id"):
        found[rush.professional_id].append(rush)
    return found
