"""Doors to the frame « see as »: whose eyes, opening it, what is missing in it, leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import see_as as frame
from access.doors import SIGNED_IN, door, send_only
from access.pages.going_back import back_to
from access.pages.leading import page_of
from access.policy import Refused
from access.seeing.looking import what_is_seen_first, whom_to_look_as
from access.seeing.missing import read_missing
from access.viewer import Role
from records.dossier.entrance import door_of


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest
    from access.viewer import Lens


DECIDERS = frozenset({Role.PATIENT, Role.REPRESENTATIVE})
LONGEST_KEY = 120
LISTS = {"document": "records:documents", "line": "records:care", "entry": "records:entries"}


@require_http_methods(["GET", "HEAD", "POST"])
@door(DECIDERS, nav="who")
def see_as(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Everybody one may look as; pressing a name opens the frame on the page one came from."""
    if request.method == "POST":
        lens = frame.start(request, record_id, request.POST.get("who", "")[:LONGEST_KEY])
        page = _inside(back_to(request), record_id)
        if page == reverse("records:home", args=[record_id]):
            page = _first_page(lens)
        if not page:
            frame.leave(request)
            raise Refused(
                _("Cette personne n'a pas accès au dossier en ce moment : elle n'en voit rien.")
            )
        return redirect(page)
    looks = whom_to_look_as(by=request.viewer, record_id=record_id)
    context = {
        "looks": looks,
        "dossier": looks.dossier,
        "next_url": _inside(request.GET.get("next", ""), record_id),
    }
    return render(request, "access/see_as.html", context)


@require_safe
@door(DECIDERS, nav="who")
def see_as_missing(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """What that person doesn't see of what the asker sees, while the frame is open."""
    key = frame.whose_eyes(request, record_id)
    if not key:
        return redirect("records:home", record_id)
    missing = read_missing(by=request.viewer, record_id=record_id, key=key)
    context = {
        "missing": missing,
        "dossier": missing.dossier,
        "next_url": _inside(request.GET.get("next", ""), record_id),
    }
    return render(request, "access/see_as_missing.html", context)


@send_only
@door(SIGNED_IN)
def see_as_leave(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Close the frame, and come back to the same page with one's own eyes."""
    frame.leave(request)
    return redirect(_inside(back_to(request), record_id))


def _first_page(lens: Lens | None) -> str:
    """Return where that person begins; empty where they come to nothing.

    Who was shown one element, or wrote it, has no first page of the record: a list, or the line.
    """
    if lens is None:
        return ""
    if door_of(lens.shown):
        return reverse("records:home", args=[lens.record_id])
    found = what_is_seen_first(lens)
    if found is None:
        return ""
    kind, key = found
    if kind in LISTS:
        return reverse(LISTS[kind], args=[lens.record_id])
    return page_of(lens.record_id, kind, key)


def _inside(asked: str, record_id: uuid.UUID) -> str:
    """Return the page asked for where it is one of this record's, else its first page."""
    page = reverse("records:home", args=[record_id])
    return asked if asked.startswith(page) else page
