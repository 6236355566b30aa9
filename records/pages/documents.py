"""Doors to documents: the list, one document, its files, deposit, replace, withdraw, release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.binding import today
from access.doors import READERS, door
from access.policy import Refused, standing_on
from access.seeing import who_sees
from records import deposits, reference
from records.contents import MAX_BYTES, WrongContent
from records.dossier.documents import read_document, read_documents, read_file
from records.dossier.entrance import enter
from records.dossier.telling import language
from records.pages.care import page_number


if TYPE_CHECKING:
    import uuid

    from access.doors import BoundRequest
    from records.dossier.documents import ServedFile

FLAGS = ("masked", "unannounced", "secret", "about_another")


class DepositForm(forms.Form):
    """What is deposited: the file, what it is and when; for professionals, who must not see it."""

    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy("PDF, photo ou texte simple, 10 Mo au plus."),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choisissez un fichier.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=200,
        help_text=gettext_lazy("Par exemple : Radio du genou droit."),
        error_messages={"required": gettext_lazy("Donnez un titre à ce document.")},
    )
    type_code = forms.ChoiceField(
        label=gettext_lazy("Type de document"),
        error_messages={"required": gettext_lazy("Choisissez le type de document.")},
    )
    occurred_on = forms.DateField(
        label=gettext_lazy("Date du soin"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Dites la date du soin."),
            "invalid": gettext_lazy("Écrivez la date comme ceci : 2026-11-23."),
        },
    )
    masked = forms.BooleanField(
        label=gettext_lazy("Masquer aux professionnels, à la demande du patient"), required=False
    )
    unannounced = forms.BooleanField(
        label=gettext_lazy("Ne pas montrer au patient avant la consultation d'annonce"),
        required=False,
    )
    secret = forms.BooleanField(
        label=gettext_lazy("Ne pas montrer aux représentants légaux (secret du mineur)"),
        required=False,
    )
    about_another = forms.BooleanField(
        label=gettext_lazy("Informe sur une autre personne"), required=False
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (kind.code, reference.document_type_label(kind.code, language()))
            for kind in deposits.types_for(by=viewer)
        ]
        field = self.fields["type_code"]
        field.choices = [("", _("Choisissez")), *sorted(choices, key=lambda c: c[1])]  # type: ignore[attr-defined]
        if not viewer.is_professional:
            for name in FLAGS:
                del self.fields[name]

    def clean_occurred_on(self) -> Any:
        """Refuse a day that hasn't come or that nobody living has known."""
        day = self.cleaned_data["occurred_on"]
        if not 1900 <= day.year or day > today():
            raise forms.ValidationError(_("Cette date est dans le futur ou trop ancienne."))
        return day


@require_safe
@door(READERS, nav="documents")
def documents(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The documents, searched by title and filtered by class."""
    view = read_documents(
        by=request.viewer,
        record_id=record_id,
        class_code=request.GET.get("class", ""),
        search=request.GET.get("q", ""),
        page=page_number(request),
    )
    return render(request, "records/documents.html", {"view": view, "dossier": view.dossier})


@require_safe
@door(READERS, nav="documents")
def document(request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """One document, who can see it, and what its reader may do."""
    view = read_document(by=request.viewer, record_id=record_id, document_id=document_id)
    people = []
    if view.dossier.may_decide:
        people = who_sees(by=request.viewer, record_id=record_id, element=view.document)
    context = {
        "view": view,
        "dossier": view.dossier,
        "people": people,
        "reasons": [
            ("mistake", _("Déposé par erreur")),
            ("wrong person", _("Ce n'est pas la bonne personne")),
            ("replaced elsewhere", _("Remplacé par un autre document")),
        ],
    }
    return render(request, "records/document.html", context)


def _served(served: ServedFile, *, inline: bool) -> HttpResponse:
    response = HttpResponse(served.data, content_type=served.media_type)
    way = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{way}; filename="{served.name}"'
    response["Cache-Control"] = "private, no-store"
    response["Accept-Ranges"] = "none"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
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


@require_http_methods(["GET", "HEAD", "POST"])
@door(READERS, nav="documents")
def deposit(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Deposit a document; a wrong file is told beside its field and nothing else is lost."""
    dossier = enter(by=request.viewer, record_id=record_id)
    deposits.check_can_deposit(standing_on(record_id))
    form = DepositForm(
        request.POST or None,
        request.FILES or None,
        viewer=request.viewer,
        initial={"occurred_on": today()},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            kept = deposits.deposit(
                by=request.viewer,
                record_id=record_id,
                title=given["title"],
                type_code=given["type_code"],
                occurred_on=given["occurred_on"],
                data=given["file"].read(MAX_BYTES + 1),
                flags=deposits.Flags(**{name: given.get(name, False) for name in FLAGS}),
            )
        except WrongContent as error:
            form.add_error("file", str(error))
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("Le document est déposé."))
            return redirect("records:document", record_id, kept.id)
    status = 422 if form.errors else 200
    context = {"form": form, "dossier": dossier}
    return render(request, "records/deposit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@door(READERS, nav="documents")
def deposit_version(
    request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID
) -> HttpResponse:
    """Add a new version of one's own document."""
    view = read_document(by=request.viewer, record_id=record_id, document_id=document_id)
    if not view.may_withdraw:
        raise Refused(_("Seul l'auteur d'un document peut le remplacer ou le retirer."))
    problem = ""
    if request.method == "POST":
        given = request.FILES.get("file")
        try:
            deposits.replace(
                by=request.viewer,
                record_id=record_id,
                document_id=document_id,
                data=given.read(MAX_BYTES + 1) if given else b"",
            )
        except WrongContent as error:
            problem = str(error)
        else:
            messages.success(request, _("La nouvelle version est déposée."))
            return redirect("records:document", record_id, document_id)
    context = {"view": view, "dossier": view.dossier, "problem": problem}
    status = 422 if problem else 200
    return render(request, "records/deposit_version.html", context, status=status)


@require_POST
@door(READERS, nav="documents")
def withdraw(request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Withdraw one's own document, with a reason."""
    deposits.withdraw(
        by=request.viewer,
        record_id=record_id,
        document_id=document_id,
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, _("Le document est retiré. Plus personne ne peut l'ouvrir."))
    return redirect("records:documents", record_id)


@require_POST
@door(READERS, nav="documents")
def release(request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Make a not-announced document visible to the patient."""
    deposits.release(by=request.viewer, record_id=record_id, document_id=document_id)
    messages.success(request, _("Le patient peut maintenant lire ce document."))
    return redirect("records:document", record_id, document_id)
