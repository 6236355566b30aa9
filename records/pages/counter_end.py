"""Doors of the counter once something is decided: a record that is there, what was done.

Goes away by itself. Nothing clinical on any screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.binding import today
from access.doors import COUNTER, READ_OR_SEND, door
from records import leaflets, opening as openings
from records.opening import Known, Outcome
from records.pages import drafts
from records.pages.consent_forms import OwnSignInForm
from records.pages.counter_doctor import who_confirms
from records.pages.counter_steps import DRAFT, elsewhere, is_stale, step_of


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.pages.drafts import Opening


#: The last screen goes back to the first by itself: the next customer is behind.
CLEARED_AFTER = 120  # seconds


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter_existing(request: BoundRequest) -> HttpResponse:
    """A record is open already: another code, if nobody has ever used one."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or step_of(draft) != "counter_existing" or is_stale(request, draft):
        return elsewhere(request, draft)
    asked: dict[str, Any] = {
        "by": request.viewer, "identity": draft.identity, "attempt": draft.attempt,
    }  # fmt: skip
    for_minor = request.POST.get("own") == "yes"
    form = OwnSignInForm(request.POST if for_minor else None)
    if request.method == "POST" and (form.is_valid() or not for_minor):
        draft.finish(
            openings.give_own_code(**asked, mobile=form.cleaned_data["mobile"])
            if for_minor
            else openings.renew_code(**asked)
        )
        draft.alone = for_minor
        drafts.save_opening(request, DRAFT, draft)
        return redirect("records:counter_done")
    person = draft.person.traits
    grown = openings.has_own_sign_in(person.age_on(today()))
    context = {
        "draft": draft,
        "person": person,
        "may_print": draft.known == Known.NEVER_ACTIVATED,
        "own": form if grown else None,
        "confirmed_by": who_confirms(draft),
    }
    status = 422 if form.errors else 200
    return render(request, "records/counter/existing.html", context, status=status)


@never_cache
@require_safe
@door(COUNTER, nav="counter")
def counter_done(request: BoundRequest) -> HttpResponse:
    """What was done, the leaflet, the next customer. Goes away by itself."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or not draft.done:
        return elsewhere(request, draft)
    context = {
        "draft": draft,
        "letter": _letter(draft),
        "person": draft.person.traits,
        "new": draft.outcome != Outcome.ALREADY,
        "pdf": leaflets.pdf_is_possible(),
        "minutes": CLEARED_AFTER // 60,
        "confirmed_by": who_confirms(draft),
        **_progress(request, draft),
    }
    response = render(request, "records/counter/done.html", context)
    # The header and not the tag: it clears the screen without JavaScript either.
    response["Refresh"] = f"{CLEARED_AFTER}; url={reverse('records:counter')}"
    return response


def _letter(draft: Opening) -> str:
    """Whether a letter left with the leaflet, couldn't, or none was to leave."""
    if not draft.letter or draft.record_id is None:
        return ""
    return "left" if openings.letter_left(draft.record_id, draft.attempt) else "kept"


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
        return elsewhere(request, draft)
    return render(request, "components/_progress.html", _progress(request, draft))
