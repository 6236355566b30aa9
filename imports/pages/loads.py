"""Doors to loads: the list and the place to drop a file, one load, its progress, its rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from access.doors import FUND, READ_OR_SEND, door, send_only
from imports import loading
from imports.loading import desk, rejects
from imports.pages.uploading import KeptUpload, SealingUploadHandler


if TYPE_CHECKING:
    import uuid

    from access.doors import BoundRequest


class DropForm(forms.Form):
    """The file of the fund. It is checked first: nothing is written before somebody says so."""

    file = forms.FileField(
        label=_("Fichier de la caisse"),
        help_text=_(
            "CSV ou NDJSON (FHIR), tel quel ou compressé en gzip ou zstd ; ou archive ZIP ou tar "
            "des tables du DCIR. 8 Gio au plus."
        ),
        allow_empty_file=True,
        error_messages={"required": _("Choisissez un fichier.")},
    )


class CorrectedForm(DropForm):
    """The refused rows of a file, corrected."""

    file = forms.FileField(
        label=_("Lignes corrigées"),
        help_text=_(
            "Le fichier des lignes refusées, une fois corrigé : elles seules sont vérifiées."
        ),
        allow_empty_file=True,
        error_messages={"required": _("Choisissez un fichier.")},
    )


class ReasonForm(forms.Form):
    """Why a file is loaded although the fund's slip announces something else."""

    reason = forms.CharField(
        label=_("Pourquoi les totaux diffèrent"),
        help_text=_("Par exemple : 12 lignes refusées, renvoyées corrigées demain."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
    )


@csrf_exempt  # the token is checked below, once the file has a place to go
@READ_OR_SEND
@door(FUND, nav="loads")
def loads(request: BoundRequest) -> HttpResponse:
    """The files brought so far, and the place to drop the next one."""
    if request.method != "POST":
        return _list(request, DropForm())
    return _take(request, None)


@csrf_exempt  # as above
@send_only
@door(FUND, nav="loads")
def load_correct(request: BoundRequest, load_id: uuid.UUID) -> HttpResponse:
    """The refused rows of a file come back corrected."""
    return _take(request, load_id)


def _take(request: BoundRequest, corrects: uuid.UUID | None) -> HttpResponse:
    with SealingUploadHandler(request) as handler:
        request.upload_handlers = [handler]
        return _drop(request, handler, corrects)


@csrf_protect
def _drop(
    request: BoundRequest, handler: SealingUploadHandler, corrects: uuid.UUID | None
) -> HttpResponse:
    form = (CorrectedForm if corrects else DropForm)(request.POST, request.FILES)
    valid = form.is_valid()
    if handler.too_large or handler.no_room:
        form.errors.pop("file", None)
        wrong = loading.too_large() if handler.too_large else loading.no_room()
        form.add_error("file", str(wrong))
    elif valid:
        upload: KeptUpload = form.cleaned_data["file"]
        upload.taken = True
        try:
            load_id = loading.receive(
                by=request.viewer,
                stream=upload.kept,
                file_name=upload.name or "",
                only_check=True,
                corrects=corrects,
            )
        except loading.WrongFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("imports:load", load_id)
    if corrects:
        return _load(request, corrects, form=form, status=422)
    return _list(request, form, status=422)


def _list(request: BoundRequest, form: DropForm, status: int = 200) -> HttpResponse:
    context = {
        "page": desk.read_loads(by=request.viewer, page=_page(request)),
        "expected": desk.read_expected(by=request.viewer),
        "form": form,
    }
    return render(request, "imports/loads.html", context, status=status)


def _page(request: BoundRequest) -> int:
    number = request.GET.get("page", "1")
    return int(number) if number.isdecimal() and len(number) < 7 else 1  # noqa: PLR2004


@require_safe
@door(FUND, nav="loads")
def load(request: BoundRequest, load_id: uuid.UUID) -> HttpResponse:
    """One file: how far it is, what became of its rows, what to repair."""
    return _load(request, load_id)


def _load(
    request: BoundRequest,
    load_id: uuid.UUID,
    *,
    form: DropForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "view": desk.read_load(by=request.viewer, load_id=load_id),
        "form": form or CorrectedForm(),
        "reason": reason or ReasonForm(),
    }
    return render(request, "imports/load.html", context, status=status)


@require_safe
@door(FUND, nav="loads")
def load_progress(request: BoundRequest, load_id: uuid.UUID) -> HttpResponse:
    """How far a load is, for the page that shows it; once it has ended, the page is read again.

    What was recognised meanwhile goes along once, to a page that doesn't show it yet.
    """
    moving = desk.read_progress(by=request.viewer, load_id=load_id)
    if moving is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    progress, found = moving
    news = found.seen != request.GET.get("vu")
    context = {"progress": progress, "load_id": load_id, "found": found, "news": news}
    return render(request, "imports/_progress.html", context)


@send_only
@door(FUND, nav="loads")
def load_proceed(request: BoundRequest, load_id: uuid.UUID) -> HttpResponse:
    """Load for good a file that was only checked."""
    reason = ReasonForm(request.POST)
    said = str(reason.data.get("reason", ""))
    problem = loading.proceed(by=request.viewer, load_id=load_id, reason=said)
    if problem:
        reason.errors.pop("reason", None)
        reason.add_error("reason", problem)
        return _load(request, load_id, reason=reason, status=422)
    return redirect("imports:load", load_id)


@send_only
@door(FUND, nav="loads")
def load_pause(request: BoundRequest, load_id: uuid.UUID) -> HttpResponse:
    """Stop a load between two chunks."""
    loading.pause(by=request.viewer, load_id=load_id)
    return redirect("imports:load", load_id)


@send_only
@door(FUND, nav="loads")
def load_resume(request: BoundRequest, load_id: uuid.UUID) -> HttpResponse:
    """Let a paused load go on."""
    loading.resume(by=request.viewer, load_id=load_id)
    return redirect("imports:load", load_id)


@READ_OR_SEND
@door(FUND, nav="loads")
def load_undo(request: BoundRequest, load_id: uuid.UUID) -> HttpResponse:
    """What taking a load back means, then the doing of it."""
    if request.method == "POST":
        loading.undo(by=request.viewer, load_id=load_id)
        return redirect("imports:load", load_id)
    view = desk.read_undoable(by=request.viewer, load_id=load_id)
    return render(request, "imports/undo.html", {"view": view})


@require_safe
@door(FUND, nav="loads")
def load_refusals(request: BoundRequest, load_id: uuid.UUID) -> HttpResponse:
    """The refused rows of one's own file, as a file."""
    found = rejects.hand_back(by=request.viewer, load_id=load_id)
    response = FileResponse(
        found.content, as_attachment=True, filename=found.name, content_type="text/csv"
    )
    response["Accept-Ranges"] = "none"
    response["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # streamed: the rows may be many
