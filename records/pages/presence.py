"""Doors of « Le patient est avec moi »: card or identity, the proof, the access. Nothing clinical.

What was read waits in the sealed draft, never in an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access import codes
from access.binding import today
from access.doors import PROFESSIONALS, READ_OR_SEND, door
from records import opening as openings
from records.cards import card_reader
from records.opening import Known
from records.pages import drafts
from records.pages.counter import CHECKS_AN_HOUR, card_read
from records.pages.counter_doctor import may_declare_oneself, who_confirms
from records.pages.counter_steps import PRESENCE, is_stale
from records.pages.identity_forms import TypedIdentityForm
from records.pages.presence_forms import YEAR, PresenceCodeForm, PresenceForm


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.pages.drafts import Opening


SHOWN = "presence_shown"


def _looked(request: BoundRequest, draft: Opening) -> HttpResponse:
    """Go on with one person: only now, look for a record."""
    if not codes.count("record-asked", str(request.viewer.user_id), limit=CHECKS_AN_HOUR):
        return render(request, "429.html", status=429)
    request.session.pop(SHOWN, None)
    draft.known = openings.look_for_record(by=request.viewer, identity=draft.identity)
    drafts.save_opening(request, PRESENCE, draft)
    return redirect("records:presence_access")


def _stale(request: BoundRequest, page: str) -> HttpResponse:
    """Show where things are: the form was of another person's card, left open in another tab."""
    messages.warning(request, _("Cet écran n'était plus à jour : rien n'a été ouvert."))
    return redirect(page)


@never_cache
@READ_OR_SEND
@door(PROFESSIONALS, nav="presence")
def presence(request: BoundRequest) -> HttpResponse:
    """Put the patient's card in: it is the proof that they are there."""
    reader = card_reader()
    drafts.forget(request, PRESENCE)
    if request.method == "POST" and reader is not None:
        card = card_read(request, reader)
        if card is None:
            return redirect("records:presence")
        draft = drafts.Opening(people=list(card.beneficiaries), serial=card.serial)
        if len(draft.people) > 1:
            drafts.save_opening(request, PRESENCE, draft)
            return redirect("records:presence_person")
        draft.choose(0)
        return _looked(request, draft)
    cards = reader.on_show() if reader else []
    return render(request, "records/presence/home.html", {"cards": cards})


@never_cache
@READ_OR_SEND
@door(PROFESSIONALS, nav="presence")
def presence_person(request: BoundRequest) -> HttpResponse:
    """Who of the card is there."""
    draft = drafts.load_opening(request, PRESENCE)
    if draft is None:
        return redirect("records:presence")
    if is_stale(request, draft):
        return _stale(request, "records:presence_person")
    if draft.outcome == "opened":
        # The card served: chosen now, another of it would be shown as the one whose record opened.
        return redirect("records:presence_done")
    if request.method == "POST":
        chosen = request.POST.get("person", "")
        if chosen in {str(index) for index in range(len(draft.people))}:
            draft.choose(int(chosen))
            return _looked(request, draft)
        messages.error(request, _("Choisissez la personne qui est devant vous."))
        return redirect("records:presence_person")
    people = [
        {"value": index, "traits": person.traits, "age": person.traits.age_on(today())}
        for index, person in enumerate(draft.people)
    ]
    context = {"people": people, "attempt": draft.attempt.hex}
    return render(request, "records/presence/person.html", context)


@never_cache
@READ_OR_SEND
@door(PROFESSIONALS, nav="presence")
def presence_manual(request: BoundRequest) -> HttpResponse:
    """Without a card: the number and the traits; the proof is then the patient's code."""
    form = TypedIdentityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft = drafts.Opening(people=[form.beneficiary()], from_card=False)
        draft.choose(0)
        draft.document = form.cleaned_data["document"]
        return _looked(request, draft)
    status = 422 if form.errors else 200
    context = {"form": form, "begin": "records:presence"}
    return render(request, "records/counter/manual.html", context, status=status)


@never_cache
@READ_OR_SEND
@door(PROFESSIONALS, nav="presence")
def presence_access(request: BoundRequest) -> HttpResponse:
    """The access: at once with the card or the patient's code, else once they have said yes."""
    draft = drafts.load_opening(request, PRESENCE)
    if draft is None or not draft.checked:
        return redirect("records:presence")
    if is_stale(request, draft):
        return _stale(request, "records:presence_access")
    person = draft.person.traits
    if draft.known == Known.NOTHING:
        context = {"person": person, "minor": person.is_minor_on(today())}
        return render(request, "records/presence/none.html", context)
    asked = request.POST.get("ask", "")
    if request.method == "POST" and asked == "send":
        request.session[SHOWN] = openings.send_presence_code(
            by=request.viewer, identity=draft.identity
        )
        messages.success(
            request,
            _("Si le patient a donné un portable ou un e-mail, il vient de recevoir un code."),
        )
        return redirect("records:presence_access")
    made = PresenceForm if draft.from_card or asked == "wait" else PresenceCodeForm
    form = made(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _ticked(request, draft, form, asked):
        return redirect("records:presence_done")
    context = {
        "form": form,
        "person": person,
        "age": person.age_on(today()),
        "by_card": draft.from_card,
        "attempt": draft.attempt.hex,
        "shown": request.session.get(SHOWN, ""),
    }
    status = 422 if form.errors else 200
    return render(request, "records/presence/access.html", context, status=status)


def _ticked(request: BoundRequest, draft: Opening, form: PresenceForm, asked: str) -> bool:
    if draft.outcome == "opened":
        return True  # a card that was read, or a code, serves once
    by_code = not draft.from_card and asked != "wait"
    if by_code:
        problem = openings.use_presence_code(
            by=request.viewer, identity=draft.identity, code=form.cleaned_data["code"]
        )
        if problem:
            form.add_error("code", problem)
            return False
    draft.record_id = openings.tick_presence(
        by=request.viewer,
        identity=draft.identity,
        proved=draft.from_card or by_code,
        by_code=by_code,
        year=form.cleaned_data["lasting"] == YEAR,
    )
    draft.outcome = "opened" if draft.from_card or by_code else "asked"
    request.session.pop(SHOWN, None)
    drafts.save_opening(request, PRESENCE, draft)
    return True


@never_cache
@require_safe
@door(PROFESSIONALS, nav="presence")
def presence_done(request: BoundRequest) -> HttpResponse:
    """What was noted, in the same words whatever the patient decided before; on to the record."""
    draft = drafts.load_opening(request, PRESENCE)
    if draft is None or not draft.done:
        return redirect("records:presence")
    context = {
        "person": draft.person.traits,
        "opened": draft.outcome == "opened",
        "record_id": draft.record_id,
        "may_declare": may_declare_oneself(request, draft),
        "doctor": draft.doctor,
        "confirmed_by": who_confirms(draft),
    }
    return render(request, "records/presence/done.html", context)
