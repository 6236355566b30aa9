"""Doors to a professional's own list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from access.doors import PROFESSIONALS, door
from access.pages.leading import page_of
from access.pages.paging import page_number
from access.worklist import read_worklist


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest


@require_safe
@door(PROFESSIONALS, nav="patients")
def patients(request: BoundRequest) -> HttpResponse:
    """Whose records this professional may come to; and single elements they may open."""
    page = page_number(request)
    view = read_worklist(by=request.viewer, search=request.GET.get("q", "").strip(), page=page)
    context = {
        "view": view,
        "shared": [(one, page_of(one.record_id, one.kind, one.element_id)) for one in view.shared],
        "deposits": [
            (one, page_of(one.record_id, one.kind, one.element_id)) for one in view.deposits
        ],
    }
    return render(request, "access/patients.html", context)


@require_safe
@door(PROFESSIONALS, nav="patients")
def next_draft(request: BoundRequest) -> HttpResponse:
    """Lead to the next draft that is ready, or to the list; its address names nobody."""
    first = read_worklist(by=request.viewer).first
    if first is None:
        return redirect("access:patients")
    return redirect("records:synthesis_draft", first.record_id)
