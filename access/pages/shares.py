"""Doors to showing one element to one professional: to whom, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import circle, naming
from access.doors import FAMILY, door
from access.pages.hide import keys_of
from access.pages.lasting import LastingForm
from access.pages.leading import page_of
from access.policy import NotVisible
from dmp.forms import searched


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY, nav="who")
def share_new(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """To whom an element is shown, then until when, then the share."""
    whom = request.GET.get("whom", "")
    element_id = _key(request.GET.get("e", ""))
    professional_id = _key(whom) if whom else None
    form = LastingForm(request.POST if request.method == "POST" else None)
    if professional_id is not None and form.is_valid():
        given = circle.share(
            by=request.viewer,
            record_id=record_id,
            element_id=element_id,
            professional_id=professional_id,
            until=form.until(),
        )
        messages.success(
            request,
            _("C'est fait. %(name)s peut voir cet élément.")
            % {"name": naming.sentence_start(given.name)},
        )
        return redirect(page_of(record_id, given.element.kind, element_id))
    view = circle.weigh_share(
        by=request.viewer,
        record_id=record_id,
        element_id=element_id,
        professional_id=professional_id,
    )
    page = page_of(record_id, view.element.kind, element_id)
    if view.to is None or professional_id is None:
        asked = searched(request.GET)
        found = circle.find_professionals(by=request.viewer, text=asked) if asked else []
        context = {
            "view": view,
            "dossier": view.dossier,
            "people": found if asked else view.people,
            "asked": asked,
            "page": page,
        }
        return render(request, "access/share_find.html", context)
    context = {
        "view": view,
        "dossier": view.dossier,
        "form": form,
        "to": naming.given_to(view.to.name),
        "start": naming.sentence_start(view.to.name),
        "page": page,
    }
    return render(request, "access/share_new.html", context)


def _key(value: str) -> uuid.UUID:
    keys = keys_of([value])
    if len(keys) != 1:
        raise NotVisible
    return keys[0]
