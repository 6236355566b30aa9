"""Doors of the counter: card, person, identity, agreement. Nothing clinical on any screen.

Each screen is a form of its own; what it learnt waits in the sealed draft, never in an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access import codes
from access.binding import today
from access.doors import COUNTER, READ_OR_SEND, door
from records import opening as openings
from records.cards import card_reader
from records.pages import drafts
from records.pages.consent_forms import CounterConsentForm, who_agrees
from records.pages.counter_steps import DRAFT, elsewhere, is_stale, step_of
from records.pages.identity_forms import IdentityForm, TypedIdentityForm


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.cards import Card
    from records.opening import Identity
    from records.pages.drafts import Opening
    from records.traits import Traits


#: One counter asks about so many people an hour, and no more.
CHECKS_AN_HOUR = 60


def _asked(request: BoundRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    """Ask, or ask again: what was answered is kept, and the status says that it was wrong."""
    status = 422 if context["form"].errors else 200
    return render(request, f"records/counter/{page}.html", context, status=status)


def card_read(request: BoundRequest, reader: Any) -> Card | None:
    """Return the card in the reader; None where nobody is read from it, and what to do is said."""
    card: Card | None = reader.read(request.POST.get("card", ""))
    if card is None:
        messages.error(request, _("Aucune carte n'a été lue. Remettez la carte et recommencez."))
        return None
    if card.outdated or not card.beneficiaries:
        messages.error(
            request,
            _("Cette carte est à mettre à jour : passez-la à la borne, puis recommencez."),
        )
        return None
    return card


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter(request: BoundRequest) -> HttpResponse:
    """The first screen: put a card in, or type an identity."""
    reader = card_reader()
    if request.method == "POST" and reader is not None:
        card = card_read(request, reader)
        if card is not None:
            draft = drafts.Opening(people=list(card.beneficiaries), serial=card.serial)
            if len(draft.people) == 1:
                draft.choose(0)
            drafts.save_opening(request, DRAFT, draft)
            return redirect(f"records:{step_of(draft)}")
        return redirect("records:counter")
    finished = drafts.load_opening(request, DRAFT)
    if finished is not None and finished.done:
        drafts.forget(request, DRAFT)
    cards = reader.on_show() if reader else []
    context = {"cards": cards, "opened": openings.opened_today(by=request.viewer)}
    return render(request, "records/counter/home.html", context)


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter_manual(request: BoundRequest) -> HttpResponse:
    """Without a card: the number and the traits, typed from the certificate and the document."""
    form = TypedIdentityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.beneficiary()
        draft = drafts.Opening(people=[person], from_card=False)
        draft.choose(0)
        return _checked(request, draft, form.cleaned_data["document"])
    return _asked(request, "manual", {"form": form, "begin": "records:counter"})


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter_person(request: BoundRequest) -> HttpResponse:
    """Who is it for? Nobody is chosen before, and nothing says who has a record."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or draft.done or len(draft.people) < 2:  # noqa: PLR2004  # a choice
        return elsewhere(request, draft)
    if request.method == "POST":
        chosen = request.POST.get("person", "")
        if chosen in {str(index) for index in range(len(draft.people))}:
            draft.choose(int(chosen))
            drafts.save_opening(request, DRAFT, draft)
            return redirect("records:counter_identity")
        messages.error(request, _("Choisissez la personne qui est devant vous."))
        return redirect("records:counter_person")
    people = [
        {"value": index, "traits": person.traits, "age": person.traits.age_on(today())}
        for index, person in enumerate(draft.people)
    ]
    return render(request, "records/counter/person.html", {"people": people})


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter_identity(request: BoundRequest) -> HttpResponse:
    """The five traits, side by side with the identity document."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or draft.done or draft.chosen is None or not draft.from_card:
        return elsewhere(request, draft)
    if is_stale(request, draft):
        return elsewhere(request, draft)
    if request.POST.get("traits") == "differ":
        drafts.forget(request, DRAFT)
        return redirect("records:counter_stop")
    form = IdentityForm(request.POST or None, opening=draft)
    if request.method == "POST" and form.is_valid():
        return _checked(request, draft, form.cleaned_data["document"])
    context = {
        "form": form,
        "draft": draft,
        "person": draft.person.traits,
        "age": draft.person.traits.age_on(today()),
        "several": len(draft.people) > 1,
    }
    return _asked(request, "identity", context)


def _checked(request: BoundRequest, draft: Opening, document: str) -> HttpResponse:
    """Go on with somebody whose five traits are identical: only now, look for a record."""
    if draft.person.traits.is_minor_on(today()) and not draft.adults(today()):
        messages.error(
            request,
            _(
                "Le dossier d'un mineur s'ouvre avec la carte d'un parent présent. Changez de"
                " carte."
            ),
        )
        return redirect("records:counter")
    if not codes.count("record-asked", str(request.viewer.user_id), limit=CHECKS_AN_HOUR):
        return render(request, "429.html", status=429)
    draft.document = document
    draft.known = openings.look_for_record(by=request.viewer, identity=draft.identity)
    drafts.save_opening(request, DRAFT, draft)
    return redirect(f"records:{step_of(draft)}")


@never_cache
@require_safe
@door(COUNTER, nav="counter")
def counter_stop(request: BoundRequest) -> HttpResponse:
    """A trait differs: nothing is created, and what to do."""
    return render(request, "records/counter/stop.html", {})


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter_consent(request: BoundRequest) -> HttpResponse:
    """The agreement in the person's words, how to reach them, and « Créer »."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or step_of(draft) != "counter_consent" or is_stale(request, draft):
        return elsewhere(request, draft)
    if "refuse" in request.POST:
        openings.count_refusal(by=request.viewer)
        drafts.forget(request, DRAFT)
        messages.info(
            request,
            _(
                "Rien n'a été créé et rien n'est gardé. La personne peut changer d'avis quand elle"
                " veut."
            ),
        )
        return redirect("records:counter")
    form = CounterConsentForm(request.POST or None, who=who_agrees(draft))
    if request.method == "POST" and form.is_valid():
        draft.finish(
            openings.open_record(
                by=request.viewer,
                attempt=draft.attempt,
                identity=draft.identity,
                representative=_representative(draft, form),
                emergency_refused=form.refused("emergency"),
                regulation_refused=form.refused("regulation"),
                contact=form.contact(),
                language=form.cleaned_data["language"],
            )
        )
        drafts.save_opening(request, DRAFT, draft)
        return redirect("records:counter_done")
    person: Traits = draft.person.traits
    context = {
        "form": form,
        "draft": draft,
        "person": person,
        "minor": person.is_minor_on(today()),
    }
    return _asked(request, "consent", context)


def _representative(draft: Opening, form: CounterConsentForm) -> Identity | None:
    """Return the parent who agreed for a minor."""
    if not draft.person.traits.is_minor_on(today()):
        return None
    agreed = form.cleaned_data["consent"]
    adults = dict(draft.adults(today()))
    parent = next(iter(adults.values())) if agreed is True else adults[int(agreed)]
    return openings.Identity(parent.nir, parent.traits)
