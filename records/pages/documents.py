"""Doors to documents: the list, one document, its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from access.doors import READERS, door
from access.seeing import who_sees
from records.dossier.documents import read_document, read_documents
from records.dossier.files import read_file
from records.pages.care import page_number
from records.pages.document_forms import WithdrawForm


if TYPE_CHECKING:
    import uuid

    from access.doors import BoundRequest
    from records.dossier.files import ServedFile


@require_safe
@door(READERS, nav="documents")
def documents(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The documents, searched by their words and filtered by class."""
    view = read_documents(
        by=request.viewer,
        record_id=record_id,
        class_code=request.GET.get("class", ""),
        search=request.GET.get("q", ""),
        page=page_number(request),
    )
    kept = {"q": view.search, "class": view.class_code}
    context = {
        "view": view,
        "dossier": view.dossier,
        "query": urlencode({name: value for name, value in kept.items() if value}),
    }
    return render(request, "records/documents.html", context)


@require_safe
@door(READERS, nav="documents")
def document(request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """One document, who can see it, and what its reader may do."""
    view = read_document(by=request.viewer, record_id=record_id, document_id=document_id)
    people = []
    if view.dossier.may_decide:
        people = who_sees(by=request.viewer, record_id=record_id, element=view.document)
    episode = next(iter(view.document.episodes), None)
    context = {
        "view": view, "dossier": view.dossier, "people": people, "episode": episode,
        "element_id": view.document.id,
    }  # fmt: skip
    if view.may_withdraw:
        context["withdraw_form"] = WithdrawForm()
    return render(request, "records/document.html", context)


def _served(served: ServedFile, *, inline: bool) -> HttpResponse:
    response = HttpResponse(served.data, content_type=served.media_type)
    way = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{way}; filename="{served.name}"'
    response["Cache-Control"] = "private, no-store"
    response["Accept-Ranges"] = "none"
    # Opened by itself, it may run nothing, send nothing and be framed by nobody.
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response


@require_safe
@door(READERS, nav="documents")
def document_file(
    request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID, file_id: uuid.UUID
) -> HttpResponse:
    """Download one file, through the gate."""
    served = read_file(
        by=request.viewer, record_id=record_id, document_id=document_id, file_id=file_id
    )
    return _served(served, inline=False)


@require_safe
@door(READERS, nav="documents")
def document_preview(
    request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID, file_id: uuid.UUID
) -> HttpResponse:
    """The picture of a first page, through the gate."""
    served = read_file(
        by=request.viewer,
        record_id=record_id,
        document_id=document_id,
        file_id=file_id,
        preview=True,
    )
    return _served(served, inline=True)
