"""Doors to the first page of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.doors import READERS, door
from records.dossier.home import read_home


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@require_safe
@door(READERS, nav="home")
def home(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """One record, as the family or as a professional comes to it."""
    view = read_home(by=request.viewer, record_id=record_id)
    template = "records/home_family.html" if view.dossier.by_family else "records/home_care.html"
    return render(request, template, {"view": view, "dossier": view.dossier})
