"""Doors to the frame « see as »: whose eyes, opening it, leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import see_as as frame
from access.doors import SIGNED_IN, door
from access.pages.going_back import back_to
from access.policy import Refused
from access.seeing.looking import whom_to_look_as
from access.viewer import Role


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


DECIDERS = frozenset({Role.PATIENT, Role.REPRESENTATIVE})


@require_http_methods(["GET", "HEAD", "POST"])
@door(DECIDERS, nav="who")
def see_as(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Everybody one may look as; pressing a name opens the frame on the page one came from."""
    page = reverse("records:home", args=[record_id])
    if request.method == "POST":
        if frame.start(request, record_id, request.POST.get("who", "")[:80]) is None:
            raise Refused(
                _("Cette personne n'a plus accès à votre dossier : elle n'en voit rien.")
            )
        asked = back_to(request)
        return redirect(asked if asked.startswith(page) else page)
    looks = whom_to_look_as(by=request.viewer, record_id=record_id)
    asked = request.GET.get("next", "")
    context = {
        "looks": looks,
        "dossier": looks.dossier,
        "next_url": asked if asked.startswith(page) else page,
    }
    return render(request, "access/see_as.html", context)


@require_POST
@door(SIGNED_IN)
def see_as_leave(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Close the frame, and come back to the same page with one's own eyes."""
    frame.leave(request)
    page = reverse("records:home", args=[record_id])
    asked = back_to(request)
    return redirect(asked if asked.startswith(page) else page)
