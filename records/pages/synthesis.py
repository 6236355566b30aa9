"""Doors to the synthesis: the version read, the others, one line with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.doors import READERS, door
from records.dossier.synthesis import read_line, read_synthesis


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@require_safe
@door(READERS, nav="home")
def synthesis(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The synthesis as its reader sees it today."""
    page = read_synthesis(by=request.viewer, record_id=record_id)
    return render(request, "records/synthesis.html", {"page": page, "dossier": page.dossier})


@require_safe
@door(READERS, nav="home")
def synthesis_version(
    request: BoundRequest, record_id: uuid.UUID, version_id: uuid.UUID
) -> HttpResponse:
    """A previous version."""
    page = read_synthesis(by=request.viewer, record_id=record_id, version_id=version_id)
    return render(request, "records/synthesis.html", {"page": page, "dossier": page.dossier})


@require_safe
@door(READERS, nav="home")
def synthesis_line(
    request: BoundRequest, record_id: uuid.UUID, line_id: uuid.UUID
) -> HttpResponse:
    """One line and what it rests on."""
    dossier, line = read_line(by=request.viewer, record_id=record_id, line_id=line_id)
    return render(request, "records/synthesis_line.html", {"dossier": dossier, "line": line})
