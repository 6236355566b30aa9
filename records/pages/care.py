"""Doors to care: the last 24 months in three ways, and one event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.doors import FAMILY, READERS, door
from access.seeing import who_sees
from records.dossier.care import Asked, read_care, still_arriving
from records.dossier.care_event import read_event
from records.dossier.months import read_months
from records.dossier.sections import read_sections


if TYPE_CHECKING:
    import uuid

    from access.doors import BoundRequest


_LONGEST_PAGE = 5


def page_number(request: BoundRequest) -> int:
    """Return the page asked for; anything that isn't a number is the first."""
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _LONGEST_PAGE else 1


@require_safe
@door(READERS, nav="care")
def care(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The last 24 months, event by event."""
    asked = Asked(
        kind=request.GET.get("kind", ""),
        year=request.GET.get("year", ""),
        who=request.GET.get("who", ""),
        news=request.GET.get("news", "") == "1",
        page=page_number(request),
    )
    view = read_care(by=request.viewer, record_id=record_id, asked=asked)
    kept = {"kind": view.asked.kind, "year": view.asked.year, "who": view.asked.who}
    kept["news"] = "1" if view.asked.news else ""
    context = {
        "view": view,
        "dossier": view.dossier,
        "query": urlencode({name: value for name, value in kept.items() if value}),
    }
    return render(request, "records/care.html", context)


@require_safe
@door(READERS, nav="care")
def care_months(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """24 months at a glance: a picture, its table, what was done and given last."""
    asked = Asked(kind=request.GET.get("kind", ""), who=request.GET.get("who", ""))
    view = read_months(by=request.viewer, record_id=record_id, asked=asked)
    return render(request, "records/care_months.html", {"view": view, "dossier": view.dossier})


@require_safe
@door(READERS, nav="care")
def care_sections(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Line by line, in the eight sections of the national document."""
    view = read_sections(by=request.viewer, record_id=record_id)
    return render(request, "records/care_sections.html", {"view": view, "dossier": view.dossier})


@never_cache
@require_safe
@door(FAMILY, nav="care")
def care_arriving(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Are reimbursements still on their way? Asked again and again by the page that waits."""
    if still_arriving(by=request.viewer, record_id=record_id):
        return render(request, "records/_arriving.html", {"record_id": record_id})
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_safe
@door(READERS, nav="care")
def care_event(request: BoundRequest, record_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """One event and the lines it is made of."""
    view = read_event(by=request.viewer, record_id=record_id, line_id=line_id)
    people = []
    if view.dossier.may_decide:
        people = who_sees(by=request.viewer, record_id=record_id, element=view.line)
    episode = next(iter(view.line.episodes), None)
    context = {
        "view": view, "dossier": view.dossier, "people": people, "episode": episode,
        "element_id": view.line.id,
    }  # fmt: skip
    return render(request, "records/care_event.html", context)
