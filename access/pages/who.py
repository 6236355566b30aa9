"""Doors to seeing: who can see, in sentences; who has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from access import circle, masks, reading_journal
from access.binding import today
from access.doors import FAMILY, door
from access.pages.paging import page_number


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@require_safe
@door(FAMILY, nav="who")
def who_can_see(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Doors and rules in force as sentences, each taken back in one press."""
    team = circle.read_team(by=request.viewer, record_id=record_id)
    rules = masks.read_rules(by=request.viewer, record_id=record_id)
    show = reverse("access:show", args=[record_id])
    context = {
        "team": team,
        "dossier": team.dossier,
        "rules": [(rule, f"{show}?{_undo(rule)}") for rule in rules],
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
    context: dict[str, Any] = {"view": view, "dossier": view.dossier, "checked_on": today()}
    return render(request, "access/who_looked.html", context)
