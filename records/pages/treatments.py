"""Doors to medicines: where each stands, « je ne le prends plus », the sheet for a trip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.doors import FAMILY, READERS, door, send_only
from records.dossier.treatments import read_travel_sheet, read_treatments
from records.stopping import stop_taking


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@require_safe
@door(READERS, nav="care")
def treatments(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Medicines in progress, maybe stopped and past."""
    view = read_treatments(by=request.viewer, record_id=record_id)
    return render(request, "records/treatments.html", {"view": view, "dossier": view.dossier})


@send_only
@door(FAMILY, nav="care")
def treatment_stop(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """« Je ne le prends plus »: which one is in the form, never in the address."""
    asked = request.POST.get("treatment", "")
    stop_taking(by=request.viewer, record_id=record_id, treatment=asked)
    messages.success(request, _("C'est noté dans le profil médical."))
    return redirect("records:treatments", record_id)


@require_safe
@door(FAMILY, nav="care")
def travel_sheet(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """One page in English to print before a trip."""
    sheet = read_travel_sheet(by=request.viewer, record_id=record_id)
    context = {"sheet": sheet, "dossier": sheet.dossier}
    return render(request, "records/travel_sheet.html", context)
