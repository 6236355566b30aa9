"""Doors to what follows an opening without an authorisation: closing it, saying one has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from access import emergency
from access.doors import FAMILY, READERS, door, send_only
from access.pages.going_back import back_to
from access.viewer import Role


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@send_only
@door(READERS, nav="looked")
def emergency_end(
    request: BoundRequest, record_id: uuid.UUID, opening_id: uuid.UUID
) -> HttpResponse:
    """Close an opening now: the doctor it is for, or whoever decides for the record."""
    emergency.end_opening(by=request.viewer, record_id=record_id, opening_id=opening_id)
    messages.success(request, _("C'est fait. L'accès est fermé, dès maintenant."))
    if request.viewer.role is Role.PROFESSIONAL:
        return redirect("access:patients")
    return redirect(back_to(request) or reverse("access:who_looked", args=[record_id]))


@send_only
@door(FAMILY, nav="looked")
def emergency_seen(
    request: BoundRequest, record_id: uuid.UUID, opening_id: uuid.UUID
) -> HttpResponse:
    """Say that one has looked: it leaves one's list, and stays in who looked."""
    emergency.say_seen(by=request.viewer, record_id=record_id, opening_id=opening_id)
    messages.success(request, _("C'est noté. Cet accès reste écrit dans « Qui a regardé »."))
    return redirect("access:who_looked", record_id)
