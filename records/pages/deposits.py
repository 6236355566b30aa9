"""Doors to what is added and taken back: deposit, new version, withdrawal, release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access import codes
from access.binding import today
from access.doors import PROFESSIONALS, READ_OR_SEND, READERS, door, send_only
from access.policy import Refused, standing_on
from records import deposits
from records.contents import WrongContent
from records.deposits import by_number
from records.dossier.documents import read_own_document
from records.dossier.entrance import door_of, enter
from records.pages.document_forms import FLAGS, DepositForm, VersionForm, WithdrawForm
from records.pages.number_forms import NumberDepositForm
from records.traits import MAJORITY


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest

#: Somebody who tries numbers one after the other is stopped.
DEPOSITS_AN_HOUR = 60


@READ_OR_SEND
@door(READERS, nav="documents")
def deposit(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Deposit a document; a wrong file is told beside its field and nothing else is lost."""
    dossier = enter(by=request.viewer, record_id=record_id)
    pen = deposits.pen_of(standing_on(record_id))
    posted = request.method == "POST"
    form = DepositForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        pen=pen,
        of_minor=dossier.age < MAJORITY,
        profession=request.viewer.profession,
        initial={"occurred_on": today()},
    )
    if posted and form.is_valid():
        kept = _deposited(request, record_id, form)
        if kept is not None:
            messages.success(request, _("Le document est déposé."))
            return redirect("records:document", record_id, kept)
    status = 422 if form.errors else 200
    context = {"form": form, "dossier": dossier, "pen": pen}
    return render(request, "records/deposit.html", context, status=status)


def _deposited(request: BoundRequest, record_id: uuid.UUID, form: DepositForm) -> uuid.UUID | None:
    given = form.cleaned_data
    try:
        kept = deposits.deposit(
            by=request.viewer,
            record_id=record_id,
            title=given["title"],
            type_code=given["type_code"],
            occurred_on=given["occurred_on"],
            data=given["file"].read(),
            flags=deposits.Flags(**{name: given.get(name, False) for name in FLAGS}),
        )
    except WrongContent as error:
        form.add_error("file", str(error))
    except Refused as error:
        form.add_error(None, error.reason)
    else:
        return kept.id
    return None


@READ_OR_SEND
@door(PROFESSIONALS, nav="deposit")
def deposit_by_number(request: BoundRequest) -> HttpResponse:
    """Deposit for the person of a number; the same words whether or not they have a record."""
    posted = request.method == "POST"
    form = NumberDepositForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        profession=request.viewer.profession,
        initial={"occurred_on": today()},
    )
    if posted and form.is_valid():
        if not codes.count("deposit", str(request.viewer.user_id), limit=DEPOSITS_AN_HOUR):
            return render(request, "429.html", status=429)
        if _received(request, form):
            messages.success(
                request,
                _(
                    "C'est reçu. Si cette personne a un dossier ouvert, le document y est ; sinon"
                    " il est scellé sans être lu, et détruit dans 30 jours."
                ),
            )
            return redirect("records:deposit_by_number")
    status = 422 if form.errors else 200
    return render(request, "records/deposit_by_number.html", {"form": form}, status=status)


def _received(request: BoundRequest, form: NumberDepositForm) -> bool:
    given = form.cleaned_data
    try:
        by_number.deposit_by_number(
            by=request.viewer,
            nir=given["nir"],
            birth_name=given["birth_name"],
            born_on=given["born_on"],
            title=given["title"],
            type_code=given["type_code"],
            occurred_on=given["occurred_on"],
            data=given["file"].read(),
            flags=deposits.Flags(**{name: given.get(name, False) for name in FLAGS}),
        )
    except WrongContent as error:
        form.add_error("file", str(error))
    except Refused as error:
        form.add_error(None, error.reason)
    else:
        return True
    return False


@READ_OR_SEND
@door(READERS, nav="documents")
def deposit_version(
    request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID
) -> HttpResponse:
    """Add a new version of one's own document."""
    posted = request.method == "POST"
    form = VersionForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        try:
            deposits.replace(
                by=request.viewer,
                record_id=record_id,
                document_id=document_id,
                data=form.cleaned_data["file"].read(),
            )
        except WrongContent as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("La nouvelle version est déposée."))
            return redirect("records:document", record_id, document_id)
    view = read_own_document(by=request.viewer, record_id=record_id, document_id=document_id)
    status = 422 if form.errors else 200
    context = {"view": view, "dossier": view.dossier, "form": form}
    return render(request, "records/deposit_version.html", context, status=status)


@send_only
@door(READERS, nav="documents")
def withdraw(request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Withdraw one's own document, with a reason; asked again where none was given."""
    form = WithdrawForm(request.POST)
    if form.is_valid():
        deposits.withdraw(
            by=request.viewer,
            record_id=record_id,
            document_id=document_id,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("Le document est retiré. Plus personne ne peut l'ouvrir."))
        # An author without a door may have nothing left to see here.
        if not door_of(standing_on(record_id)):
            return redirect("access:start")
        return redirect("records:documents", record_id)
    view = read_own_document(by=request.viewer, record_id=record_id, document_id=document_id)
    context = {"view": view, "dossier": view.dossier, "people": [], "withdraw_form": form}
    return render(request, "records/document.html", context, status=422)


@send_only
@door(READERS, nav="documents")
def release(request: BoundRequest, record_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Make a not-announced document visible to the patient."""
    deposits.release(by=request.viewer, record_id=record_id, document_id=document_id)
    messages.success(request, _("Le patient peut maintenant lire ce document."))
    return redirect("records:document", record_id, document_id)
