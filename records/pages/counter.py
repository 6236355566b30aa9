"""Doors of the counter: card, person, identity, agreement, done. Nothing clinical on any screen.

Each screen is a form of its own; what it learnt waits in the sealed draft, never in an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access import codes
from access.binding import today
from access.doors import COUNTER, door
from records import leaflets, opening as openings
from records.cards import card_reader
from records.opening import Known, Outcome
from records.pages import drafts
from records.pages.consent_forms import CounterConsentForm, who_agrees
from records.pages.identity_forms import IdentityForm, TypedIdentityForm


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.opening import Identity
    from records.pages.drafts import Opening
    from records.traits import Traits


DRAFT = "counter"
#: One counter asks about so many people an hour, and no more.
CHECKS_AN_HOUR = 60
#: The last screen goes back to the first by itself: the next customer is behind.
CLEARED_AFTER = 120  # seconds

READ_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])


def _step(draft: Opening | None) -> str:
    """Return the screen an opening is at."""
    if draft is None:
        return "counter"
    if draft.done:
        return "counter_done"
    if draft.chosen is None:
        return "counter_person"
    if not draft.checked:
        return "counter_identity"
    return "counter_consent" if draft.known == Known.NOTHING else "counter_existing"


def _stale(request: BoundRequest, draft: Opening) -> bool:
    """Tell whether a form was drawn for an opening that isn't the one under way any more."""
    return request.method == "POST" and request.POST.get("attempt") != draft.attempt.hex


def _elsewhere(request: BoundRequest, draft: Opening | None) -> HttpResponse:
    """Send to the screen the opening is at: after « back », another tab, or a pause too long."""
    if request.method == "POST":
        text = _("Cet écran n'était plus à jour : rien n'a été créé. Reprenez ici.")
        if draft is None:
            text = _("L'ouverture a été interrompue plus de 20 minutes. Reprenez au début.")
        if draft is None or not draft.done:
            messages.warning(request, text)
    return redirect(f"records:{_step(draft)}")


def _asked(request: BoundRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    """Ask, or ask again: what was answered is kept, and the status says that it was wrong."""
    status = 422 if context["form"].errors else 200
    return render(request, f"records/counter/{page}.html", context, status=status)


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter(request: BoundRequest) -> HttpResponse:
    """The first screen: put a card in, or type an identity."""
    reader = card_reader()
    if request.method == "POST" and reader is not None:
        card = reader.read(request.POST.get("card", ""))
        if card is None:
            messages.error(
                request, _("Aucune carte n'a été lue. Remettez la carte et recommencez.")
            )
        elif card.outdated:
            messages.error(
                request,
                _("Cette carte est à mettre à jour : passez-la à la borne, puis recommencez."),
            )
        else:
            draft = drafts.Opening(people=list(card.beneficiaries), serial=card.serial)
            if len(draft.people) == 1:
                draft.choose(0)
            drafts.save_opening(request, DRAFT, draft)
            return redirect(f"records:{_step(draft)}")
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
    return _asked(request, "manual", {"form": form})


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter_person(request: BoundRequest) -> HttpResponse:
    """Who is it for? Nobody is chosen before, and nothing says who has a record."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or draft.done or len(draft.people) < 2:  # noqa: PLR2004  # a choice
        return _elsewhere(request, draft)
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
        return _elsewhere(request, draft)
    if _stale(request, draft):
        return _elsewhere(request, draft)
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
    return redirect(f"records:{_step(draft)}")


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
    if draft is None or _step(draft) != "counter_consent" or _stale(request, draft):
        return _elsewhere(request, draft)
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


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter_existing(request: BoundRequest) -> HttpResponse:
    """A record is open already: another code, if nobody has ever used one."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or _step(draft) != "counter_existing" or _stale(request, draft):
        return _elsewhere(request, draft)
    if request.method == "POST":
        draft.finish(
            openings.renew_code(by=request.viewer, identity=draft.identity, attempt=draft.attempt)
        )
        drafts.save_opening(request, DRAFT, draft)
        return redirect("records:counter_done")
    may_print = draft.known == Known.NEVER_ACTIVATED
    context = {"draft": draft, "person": draft.person.traits, "may_print": may_print}
    return render(request, "records/counter/existing.html", context)


@never_cache
@require_safe
@door(COUNTER, nav="counter")
def counter_done(request: BoundRequest) -> HttpResponse:
    """What was done, the leaflet, the next customer. Goes away by itself."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or not draft.done:
        return _elsewhere(request, draft)
    context = {
        "draft": draft,
        "person": draft.person.traits,
        "new": draft.outcome != Outcome.ALREADY,
        "pdf": leaflets.pdf_is_possible(),
        "minutes": CLEARED_AFTER // 60,
        **_progress(request, draft),
    }
    response = render(request, "records/counter/done.html", context)
    # The header and not the tag: it clears the screen without JavaScript either.
    response["Refresh"] = f"{CLEARED_AFTER}; url={reverse('records:counter')}"
    return response


def _progress(request: BoundRequest, draft: Opening) -> dict[str, object]:
    """Return how the filling goes, in words: a state, never what or how much was found."""
    state = ""
    if draft.outcome != Outcome.ALREADY and draft.record_id is not None:
        state = openings.filling_of(by=request.viewer, record_id=draft.record_id)
    words = {
        "waiting": (_("Les remboursements arrivent"), _("Vous n'avez rien à attendre.")),
        "running": (_("Les remboursements arrivent"), _("Vous n'avez rien à attendre.")),
        "done": (_("Les remboursements sont arrivés"), _("Le dossier est prêt.")),
        "failed": (
            _("Les remboursements arriveront plus tard"),
            _("Le dossier est ouvert : vous n'avez rien à faire."),
        ),
    }
    label, detail = words.get(state, ("", ""))
    moving = state in {"waiting", "running"}
    return {
        "label": label,
        "detail": detail,
        "percent": None if state != "done" else 100,
        "poll_url": reverse("records:counter_progress") if moving else "",
    }


@never_cache
@require_safe
@door(COUNTER, nav="counter")
def counter_progress(request: BoundRequest) -> HttpResponse:
    """The progress alone, asked again and again by the last screen."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or not draft.done:
        return _elsewhere(request, draft)
    return render(request, "components/_progress.html", _progress(request, draft))
