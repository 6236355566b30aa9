"""Doors to the synthesis: the version read, the others, one line with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.doors import FAMILY, READERS, door, send_only
from access.seeing import who_sees
from records.dossier.synthesis import read_line, read_synthesis
from records.synthesis.asking import ask_for_synthesis
from records.synthesis.consents import read_consents, take_consent_back
from records.synthesis.signing import what_may_be_undone


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@require_safe
@door(READERS, nav="home")
def synthesis(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The synthesis as its reader sees it today."""
    page = read_synthesis(by=request.viewer, record_id=record_id)
    by_gp = page.dossier.by_treating_gp
    context = {
        "page": page,
        "dossier": page.dossier,
        "undoable": what_may_be_undone(by=request.viewer, record_id=record_id) if by_gp else None,
        "consents": read_consents(by=request.viewer, record_id=record_id),
    }
    return render(request, "records/synthesis.html", context)


@send_only
@door(FAMILY, nav="home")
def synthesis_ask(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Ask the treating GP for a first synthesis."""
    name = ask_for_synthesis(by=request.viewer, record_id=record_id)
    said = _("C'est demandé : %(name)s le verra en tête de sa liste.") % {"name": name}
    messages.success(request, said)
    return redirect("records:home", record_id)


@send_only
@door(FAMILY, nav="home")
def consent_take_back(
    request: BoundRequest, record_id: uuid.UUID, consent_id: uuid.UUID
) -> HttpResponse:
    """Take back one's consent to a word of the synthesis."""
    take_consent_back(by=request.viewer, record_id=record_id, consent_id=consent_id)
    messages.success(
        request, _("C'est fait. Ce mot est caché de nouveau, à ceux à qui vous le masquez.")
    )
    return redirect("records:synthesis", record_id)


@require_safe
@door(READERS, nav="home")
def synthesis_version(
    request: BoundRequest, record_id: uuid.UUID, version_id: uuid.UUID
) -> HttpResponse:
    """A previous version."""
    page = read_synthesis(by=request.viewer, record_id=record_id, version_id=version_id)
    context = {"page": page, "dossier": page.dossier, "undoable": None, "consents": []}
    return render(request, "records/synthesis.html", context)


@require_safe
@door(READERS, nav="home")
def synthesis_line(
    request: BoundRequest, record_id: uuid.UUID, line_id: uuid.UUID
) -> HttpResponse:
    """One line, what it rests on, and who can see it."""
    page = read_line(by=request.viewer, record_id=record_id, line_id=line_id)
    people = []
    if page.dossier.may_decide:
        people = who_sees(by=request.viewer, record_id=record_id, element=page.element)
    context = {
        "dossier": page.dossier, "line": page.line, "people": people, "element_id": line_id,
    }  # fmt: skip
    return render(request, "records/synthesis_line.html", context)
