"""Doors to an opening without an authorisation: by any doctor in an emergency, by the SAMU's.

Whatever is wrong with the person or the record, one page says that nothing can be opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access import codes, emergency
from access.doors import FAMILY, PROFESSIONALS, READ_OR_SEND, door
from records.cards import card_reader
from records.dossier.emergency_card import read_card
from records.leaflets import qr_svg
from records.pages import drafts
from records.pages.emergency_forms import CallForm, EmergencyForm, WhoForm


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest
    from access.emergency.opening import Opened


DRAFT = "emergency"
#: One doctor asks for so many people an hour, and no more; a call centre for as many as a counter.
ASKED_AN_HOUR = {"emergency": 20, "regulation": 60}


@never_cache
@READ_OR_SEND
@door(PROFESSIONALS, nav="emergency")
def emergency_open(request: BoundRequest) -> HttpResponse:
    """Who, why, what will happen: eight hours."""
    return _asked(request, "emergency")


@never_cache
@READ_OR_SEND
@door(PROFESSIONALS, nav="emergency")
def regulation_open(request: BoundRequest) -> HttpResponse:
    """The same during a call to the 15: its reference, one hour."""
    return _asked(request, "regulation")


def _asked(request: BoundRequest, kind: str) -> HttpResponse:
    draft = drafts.load_opening(request, DRAFT)
    if request.POST.get("card"):
        return _card_read(request, kind)
    if request.POST.get("without"):
        drafts.forget(request, DRAFT)
        return redirect(f"records:{kind}")
    if request.method == "POST" and request.POST.get("attempt", "") != _attempt(draft):
        # A form of another person's card, left open in another tab.
        messages.warning(request, _("Cet écran n'était plus à jour : rien n'a été ouvert."))
        return redirect(f"records:{kind}")
    people = draft.people if draft else []
    made = EmergencyForm if kind == "emergency" else CallForm
    form = made(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        return _opened(request, kind, form)
    reader = card_reader()
    context = {
        "form": form,
        "kind": kind,
        "attempt": _attempt(draft),
        "alone": people[0].traits if len(people) == 1 else None,
        "from_card": bool(people),
        "cards": reader.on_show() if reader else [],
        "at_samu": request.viewer.at_samu,
    }
    status = 422 if form.errors else 200
    return render(request, "records/emergency/open.html", context, status=status)


def _attempt(draft: drafts.Opening | None) -> str:
    return draft.attempt.hex if draft else ""


def _card_read(request: BoundRequest, kind: str) -> HttpResponse:
    reader = card_reader()
    card = reader.read(request.POST.get("card", "")) if reader else None
    if card is None or not card.beneficiaries:
        messages.error(request, _("Aucune carte n'a été lue. Écrivez le numéro de la personne."))
        return redirect(f"records:{kind}")
    draft = drafts.Opening(people=list(card.beneficiaries), serial=card.serial)
    drafts.save_opening(request, DRAFT, draft)
    return redirect(f"records:{kind}")


def _opened(request: BoundRequest, kind: str, form: WhoForm) -> HttpResponse:
    asker = str(request.viewer.user_id)
    if not codes.count(f"{kind}-asked", asker, limit=ASKED_AN_HOUR[kind]):
        return render(request, "429.html", status=429)
    drafts.forget(request, DRAFT)
    opened = _open(request, form)
    if opened is None:
        return render(request, "records/emergency/refused.html", {"kind": kind}, status=403)
    said = {
        emergency.Outcome.OPEN_ALREADY: _("L'accès était déjà ouvert."),
        emergency.Outcome.TREATING_GP: _(
            "Vous êtes son médecin traitant : ce dossier vous est déjà ouvert."
        ),
    }
    if opened.outcome in said:
        messages.info(request, said[opened.outcome])
    return redirect("records:home", opened.record_id)


def _open(request: BoundRequest, form: WhoForm) -> Opened | None:
    if isinstance(form, EmergencyForm):
        return emergency.open_in_emergency(
            by=request.viewer, sought=form.sought(), reason=form.cleaned_data["reason"],
            text=form.cleaned_data["text"],
        )  # fmt: skip
    return emergency.open_for_call(
        by=request.viewer, sought=form.sought(), reference=form.cleaned_data["reference"]
    )


@require_safe
@door(FAMILY, nav="profile")
def emergency_card(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """What an unknown doctor reads in an emergency, to print and keep in a wallet."""
    asked = bool(request.GET.get("medicaments"))
    card = read_card(by=request.viewer, record_id=record_id, with_medicines=asked)
    # It leads to where a professional says who they are: no key, nothing of the person.
    address = request.build_absolute_uri(reverse("records:emergency"))
    context = {"card": card, "dossier": card.dossier, "qr": qr_svg(address)}
    return render(request, "records/emergency_card.html", context)
