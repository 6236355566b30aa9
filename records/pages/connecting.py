"""Doors to opening one's own record: card, code, identity, agreement, account. Open to anybody.

Each screen says the same whether a person is known or not, until their code has come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from access import codes, people
from access.binding import today
from access.demo import BACKEND
from access.doors import READ_OR_SEND, public_door
from access.viewer import Role
from records import opening as openings
from records.cards import card_to_try
from records.opening import Known, Outcome, connecting
from records.pages import drafts
from records.pages.connecting_forms import AccountForm, BirthForm, CardForm, CodeForm
from records.pages.consent_forms import ConsentForm


if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.cards import Beneficiary
    from records.pages.drafts import Opening


CARD = "connect-card"
DRAFT = "connect"
#: From one place, so many people an hour: a household, not a list of numbers.
TRIES_AN_HOUR = 20


def _page(request: BoundRequest, template: str, form: forms.Form, **more: object) -> HttpResponse:
    context = {"form": form, **more}
    status = 422 if form.errors else 200
    return render(request, f"records/connecting/{template}.html", context, status=status)


def _step(draft: Opening | None) -> str:
    """Return the screen a person is at, their code having come back."""
    if draft is None:
        return "connect"
    if not draft.checked:
        return "connect_identity"
    if draft.known == Known.ACTIVATED:
        return "connect_known"
    ready = draft.done or draft.known == Known.NEVER_ACTIVATED
    return "connect_account" if ready else "connect_consent"


def _at(request: BoundRequest, step: str) -> Opening | None:
    """Return the opening under way if it is at this screen."""
    draft = drafts.load_opening(request, DRAFT)
    return draft if _step(draft) == step else None


def _elsewhere(request: BoundRequest) -> HttpResponse:
    draft = drafts.load_opening(request, DRAFT)
    if request.method == "POST" and draft is None:
        messages.warning(request, _("Plus de 20 minutes ont passé sans réponse. Recommencez ici."))
    return redirect(f"records:{_step(draft)}")


@never_cache
@READ_OR_SEND
@public_door()
def connect(request: BoundRequest) -> HttpResponse:
    """Step 1: the number and the card."""
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not codes.count("connect", people.address_of(request), limit=TRIES_AN_HOUR):
            return render(request, "429.html", status=429)
        card = {"nir": form.cleaned_data["nir"], "serial": form.cleaned_data["serial"]}
        shown = connecting.ask_code(**card)
        drafts.forget(request, DRAFT)
        drafts.save(request, CARD, card | {"shown": shown})
        return redirect("records:connect_code")
    lent = card_to_try()
    return _page(request, "card", form, offered=connecting.is_offered(), lent=lent)


@never_cache
@READ_OR_SEND
@public_door()
def connect_code(request: BoundRequest) -> HttpResponse:
    """Step 2: the code sent to the address the fund holds."""
    card = drafts.load(request, CARD)
    if card is None:
        return _elsewhere(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person, problem = connecting.use_code(
            nir=card["nir"], serial=card["serial"], code=form.cleaned_data["code"]
        )
        if person is not None:
            return _proved(request, person)
        form.add_error("code", problem or _("Ce n'est pas le bon code. Relisez-le."))
    return _page(request, "code", form, shown=card["shown"])


def _proved(request: BoundRequest, person: Beneficiary) -> HttpResponse:
    """Go on with somebody whose code came back; a child's record is opened with a parent."""
    drafts.forget(request, CARD)
    if person.traits.is_minor_on(today()):
        messages.warning(
            request,
            _(
                "Le dossier d'un enfant s'ouvre au comptoir, avec la carte du parent : pharmacie,"
                " médecin ou caisse."
            ),
        )
        return redirect("records:connect")
    request.session.cycle_key()
    draft = drafts.Opening(people=[person])
    draft.choose(0)
    drafts.save_opening(request, DRAFT, draft)
    return redirect("records:connect_identity")


@never_cache
@READ_OR_SEND
@public_door()
def connect_identity(request: BoundRequest) -> HttpResponse:
    """Step 3: the five traits the fund knows; only then, look for a record."""
    draft = _at(request, "connect_identity")
    if draft is None:
        return _elsewhere(request)
    form = BirthForm(request.POST or None, opening=draft)
    if request.method == "POST" and form.is_valid():
        traits = draft.person.traits
        draft.known = openings.look_for_record(
            by=openings.by_oneself(traits), identity=draft.identity
        )
        if draft.known == Known.NEVER_ACTIVATED and connecting.signs_in_already(draft.identity):
            draft.known = Known.ACTIVATED
        drafts.save_opening(request, DRAFT, draft)
        return redirect(f"records:{_step(draft)}")
    return _page(request, "identity", form, person=draft.person.traits)


@never_cache
@READ_OR_SEND
@public_door()
def connect_consent(request: BoundRequest) -> HttpResponse:
    """Step 4: the agreement; the record is opened."""
    draft = _at(request, "connect_consent")
    if draft is None:
        return _elsewhere(request)
    form = ConsentForm(
        request.POST or None,
        who=[("self", _("Je suis d'accord"))],
        unsaid=_("Sans votre accord, pas de dossier. Si vous êtes d'accord, cochez la case."),
    )
    if request.method == "POST" and form.is_valid():
        opened = openings.open_record(
            by=openings.by_oneself(draft.person.traits),
            attempt=draft.attempt,
            identity=draft.identity,
            emergency_refused=form.refused("emergency"),
            regulation_refused=form.refused("regulation"),
            language=request.LANGUAGE_CODE[:2],
        )
        draft.finish(opened)
        reopened = opened.outcome == Outcome.REOPENED and not opened.code
        if reopened or connecting.signs_in_already(draft.identity):
            draft.known = Known.ACTIVATED  # the account is there: closed before, or as a parent
        drafts.save_opening(request, DRAFT, draft)
        return redirect(f"records:{_step(draft)}")
    return _page(request, "consent", form)


@never_cache
@READ_OR_SEND
@public_door()
def connect_account(request: BoundRequest) -> HttpResponse:
    """Step 5: the account, and in."""
    draft = _at(request, "connect_account")
    if draft is None:
        return _elsewhere(request)
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, record = connecting.make_account(
            identity=draft.identity,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
        )
        drafts.forget(request, DRAFT)
        login(request, user, backend=BACKEND)
        # The code of the sign-in goes to the address just given: it proves that it is theirs.
        request.session[people.SESSION_CAPACITY] = f"{Role.PATIENT.value}:{record.id}"
        home = reverse("records:home", args=[record.id])
        return redirect(f"{reverse('access:second_factor')}?next={home}")
    return _page(request, "account", form, draft=draft)


@never_cache
@READ_OR_SEND
@public_door()
def connect_known(request: BoundRequest) -> HttpResponse:
    """There is an account already: sign in."""
    if _at(request, "connect_known") is None:
        return _elsewhere(request)
    drafts.forget(request, DRAFT)
    return render(request, "records/connecting/known.html", {})
