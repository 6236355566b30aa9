"""Doors to the leaflet of the record just opened: as a page to print, and as a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.binding import today
from access.doors import COUNTER, door
from records import leaflets
from records.opening import printed_code
from records.pages import drafts
from records.pages.counter_steps import DRAFT


if TYPE_CHECKING:
    from access.doors import BoundRequest
    from records.leaflets import Leaflet
    from records.pages.drafts import Opening


def _leaflet(request: BoundRequest, draft: Opening) -> Leaflet:
    practice = request.viewer.practice
    return leaflets.leaflet_for(
        draft.person.traits,
        code=printed_code(draft.attempt) if draft.has_code else "",
        receipt=draft.receipt,
        day=today(),
        where=practice.structure_name if practice else "",
        site=request.build_absolute_uri("/").rstrip("/"),
        path=reverse("access:activate"),
        letter=draft.letter,
    )


@never_cache
@require_safe
@door(COUNTER, nav="counter")
def leaflet(request: BoundRequest) -> HttpResponse:
    """The leaflet as a page that the browser prints."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or not draft.done:
        return redirect("records:counter")
    return render(request, "records/leaflet.html", {"leaflet": _leaflet(request, draft)})


@never_cache
@require_safe
@door(COUNTER, nav="counter")
def leaflet_pdf(request: BoundRequest) -> HttpResponse:
    """The same as a PDF, never kept by anything between here and the printer."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or not draft.done:
        return redirect("records:counter")
    if not leaflets.pdf_is_possible():
        return redirect("records:leaflet")
    context = {"leaflet": _leaflet(request, draft)}
    page = render_to_string("records/leaflet.html", context, request)
    response = HttpResponse(leaflets.pdf_of(page), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="feuille.pdf"'
    return response
