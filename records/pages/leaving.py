"""Doors to leaving: take the record away, close it, have it destroyed, come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.binding import today
from access.doors import READ_OR_SEND, READERS, door, send_only
from records import archive, opening


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@never_cache
@READ_OR_SEND
@door(READERS)
def take_away(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """What the archive holds; sent, the archive itself."""
    if request.method != "POST":
        leaving = opening.read_leaving(by=request.viewer, record_id=record_id)
        return render(request, "records/leaving/take_away.html", {"leaving": leaving})
    made = archive.take_away(by=request.viewer, record_id=record_id)
    response = StreamingHttpResponse(archive.stream(made), content_type="application/zip")
    name = f"dossier-{today().isoformat()}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Accept-Ranges"] = "none"
    return response  # type: ignore[return-value]  # a response like any other to its middleware


@never_cache
@READ_OR_SEND
@door(READERS)
def close(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """What closing means, said first; sent, the record is closed."""
    leaving = opening.read_leaving(by=request.viewer, record_id=record_id)
    if request.method == "POST":
        number = opening.close_record(by=request.viewer, record_id=record_id)
        return _told(request, record_id, _("C'est fait : le dossier est fermé."), number)
    if leaving.closed:
        return redirect("records:reopen", record_id)
    return render(request, "records/leaving/close.html", {"leaving": leaving})


@never_cache
@READ_OR_SEND
@door(READERS)
def reopen(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """A closed record: what can still be done with it; sent, it is open again."""
    leaving = opening.read_leaving(by=request.viewer, record_id=record_id)
    if request.method == "POST":
        number = opening.reopen_record(by=request.viewer, record_id=record_id)
        messages.success(
            request, _("C'est fait : le dossier est rouvert. Reçu n° %(n)s") % {"n": number}
        )
        return redirect("records:home", record_id)
    if not leaving.closed:
        return redirect("records:home", record_id)
    return render(request, "records/leaving/reopen.html", {"leaving": leaving})


@never_cache
@READ_OR_SEND
@door(READERS)
def erase(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """What destroying means, said first; sent, it is asked for."""
    leaving = opening.read_leaving(by=request.viewer, record_id=record_id)
    if request.method == "POST":
        opening.ask_erasure(by=request.viewer, record_id=record_id)
        messages.success(request, _("C'est noté. Vous pouvez encore changer d'avis."))
        return redirect("records:reopen", record_id)
    if not leaving.closed:
        return redirect("records:close", record_id)
    return render(request, "records/leaving/erase.html", {"leaving": leaving})


@never_cache
@send_only
@door(READERS)
def keep(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Take back the demand that everything be destroyed."""
    opening.take_back_erasure(by=request.viewer, record_id=record_id)
    messages.success(request, _("C'est fait : rien ne sera détruit. Le dossier reste fermé."))
    return redirect("records:reopen", record_id)


def _told(request: BoundRequest, record_id: uuid.UUID, done: str, number: str) -> HttpResponse:
    messages.success(request, done + " " + _("Reçu n° %(n)s") % {"n": number})
    return redirect("records:reopen", record_id)


@never_cache
@require_safe
@door(READERS)
def receipt(request: BoundRequest, record_id: uuid.UUID, number: str) -> HttpResponse:
    """The receipt of an opening, a closing or a reopening, to print."""
    leaving = opening.read_leaving(by=request.viewer, record_id=record_id)
    found = opening.read_receipt(by=request.viewer, record_id=record_id, number=number)
    context = {"leaving": leaving, "receipt": found}
    return render(request, "records/leaving/receipt.html", context)
