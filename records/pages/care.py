"""Doors to care: the last 24 months, and one event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.doors import READERS, door
from access.seeing import who_sees
from records.dossier.care import read_care
from records.dossier.care_event import read_event


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


def page_number(request: BoundRequest) -> int:
    """Return the page asked for; anything that isn't a number is the first."""
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


@require_safe
@door(READERS, nav="care")
def care(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The last 24 months, event by event."""
    view = read_care(
        by=request.viewer,
        record_id=record_id,
        kind=request.GET.get("kind", ""),
        year=request.GET.get("year", ""),
        page=page_number(request),
    )
    return render(request, "records/care.html", {"view": view, "dossier": view.dossier})


@require_safe
@door(READERS, nav="care")
def care_event(request: BoundRequest, record_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """One event and the lines it is made of."""
    view = read_event(by=request.viewer, record_id=record_id, line_id=line_id)
    people = []
    if view.dossier.may_decide:
        people = who_sees(by=request.viewer, record_id=record_id, element=view.line)
    context = {"view": view, "dossier": view.dossier, "people": people}
    return render(request, "records/care_event.html", context)
