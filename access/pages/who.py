"""Doors to seeing: who can see, in sentences; who has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from access import cases, circle, emergency, masks, reading_journal
from access.binding import today
from access.doors import FAMILY, door
from access.pages.leading import page_of
from access.pages.paging import page_number
from access.questions import waiting_questions


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from django.http import HttpResponse

    from access.cases import Mentioned
    from access.doors import BoundRequest
    from access.reading_journal import Visit


@require_safe
@door(FAMILY, nav="who")
def who_can_see(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Doors and rules in force as sentences, each taken back in one press."""
    team = circle.read_team(by=request.viewer, record_id=record_id)
    decided = masks.read_decided(by=request.viewer, record_id=record_id)
    show = reverse("access:show", args=[record_id])
    # What hides most is said first; among them, the latest.
    rules = sorted(decided.rules, key=lambda rule: not rule.words)
    context = {
        "team": team,
        "dossier": team.dossier,
        "running": emergency.still_open(dossier=team.dossier),
        "questions": waiting_questions(team.dossier),
        "rules": [(rule, f"{show}?{_undo(rule)}") for rule in rules],
        "shares": [
            (one, page_of(record_id, one.element.kind, one.element.id)) for one in decided.shares
        ],
    }
    return render(request, "access/who_can_see.html", context)


def _undo(rule: masks.Rule) -> str:
    return f"gesture={rule.gesture}" if rule.gesture else f"rule={rule.mask_id}"


@require_safe
@door(FAMILY, nav="looked")
def who_looked(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The journal in sentences, by visit."""
    page = page_number(request)
    view = reading_journal.read_journal(by=request.viewer, record_id=record_id, page=page)
    waiting = emergency.to_look_at(by=request.viewer, dossier=view.dossier) if page == 1 else ()
    known = cases.read_cases(by=request.viewer, record_id=record_id)
    # A visit is a person on a day; the latest case on it is the one that stands.
    on = {(one.professional_id, one.visit_on): one for one in reversed(known)}

    def with_cases(visits: Iterable[Visit]) -> list[tuple[Visit, Mentioned | None]]:
        keys = ((one, one.professional_id) for one in visits)
        return [(one, on.get((key, one.on)) if key else None) for one, key in keys]

    # What waits to be looked at is told where it can be ended, and nowhere else.
    emergencies = with_cases(view.emergencies)
    told = {event: row for row in emergencies for event in row[0].events}
    to_look_at: list[tuple[Any, ...]] = []
    for one in waiting:
        row = told.get(one.event_id) if one.event_id else None
        if row in emergencies:
            emergencies.remove(row)
            to_look_at.append((one, *row))
        else:
            to_look_at.append((one, None, on.get((one.professional_id, one.on))))
    context: dict[str, Any] = {
        "view": view,
        "dossier": view.dossier,
        "checked_on": today(),
        "to_look_at": to_look_at,
        "cases": known,
        "emergencies": emergencies,
        "visits": with_cases(view.visits),
    }
    return render(request, "access/who_looked.html", context)
