"""Doors of « Son médecin traitant », where the person is: search, what it means, it is noted.

Whose it is comes from the sealed draft alone, never from an address; the answer is one, whatever
their record says. Nothing clinical.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access import circle, codes, naming
from access.binding import today
from access.doors import COUNTER, PROFESSIONALS, READ_OR_SEND, door
from access.policy import NotVisible
from access.standing import DOCTOR
from dmp.forms import searched
from records import opening as openings
from records.pages import drafts
from records.pages.counter_steps import DRAFT, PRESENCE, elsewhere, is_stale, step_of


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.circle.directory import FoundProfessional
    from access.doors import BoundRequest
    from records.pages.drafts import Opening


#: One counter declares so many an hour, and no more: each leaves a message to somebody.
DECLARED_AN_HOUR: Final = 30


def who_confirms(draft: Opening) -> str:
    """Return who is to confirm: the person from 16, a parent before."""
    person = draft.person.traits
    if person.age_on(today()) >= circle.CHOOSES_ALONE_FROM:
        return person.first_given
    return _("Un parent")


def may_declare_here(draft: Opening | None) -> bool:
    """Tell whether somebody known to have an open record is at the counter."""
    if draft is None or draft.alone:
        return False
    return draft.done or step_of(draft) == "counter_existing"


def may_declare_oneself(request: BoundRequest, draft: Opening | None) -> bool:
    """Tell whether a doctor has their patient beside them, which was proved."""
    if draft is None or draft.outcome != "opened" or request.viewer.profession != DOCTOR:
        return False
    return not openings.came_alone(draft.identity)


@never_cache
@require_safe
@door(COUNTER, nav="counter")
def counter_doctor(request: BoundRequest) -> HttpResponse:
    """The directory, searched for a doctor; for a doctor at the counter, themself first."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is None or not may_declare_here(draft):
        return elsewhere(request, draft)
    by = request.viewer
    asked = searched(request.GET)
    found = circle.find_professionals(by=by, text=asked, doctors_only=True) if asked else []
    me = by.professional_id if by.profession == DOCTOR else None
    context = {
        "person": draft.person.traits,
        "back_url": reverse(f"records:{step_of(draft)}"),
        "asked": asked,
        "found": [one for one in found if one.id != me],
        "too_short": circle.is_too_short(asked),
        "me": circle.read_doctor(by=by, professional_id=me) if me else None,
    }
    return render(request, "records/counter/doctor.html", context)


@never_cache
@READ_OR_SEND
@door(COUNTER, nav="counter")
def counter_doctor_declare(request: BoundRequest, professional_id: uuid.UUID) -> HttpResponse:
    """What declaring them means, to be said to the person; then it is noted, and waits."""
    draft = drafts.load_opening(request, DRAFT)
    if draft is not None and is_stale(request, draft):
        return _stale(request, step_of(draft))
    if draft is None or not may_declare_here(draft):
        return elsewhere(request, draft)
    doctor = circle.read_doctor(by=request.viewer, professional_id=professional_id)
    if request.method == "POST":
        return _noted(request, draft, doctor, name=DRAFT, page=step_of(draft))
    ways = {"other_url": reverse("records:counter_doctor"), "back": step_of(draft)}
    return _asked(request, draft, doctor, **ways)


@never_cache
@READ_OR_SEND
@door(PROFESSIONALS, nav="presence")
def presence_doctor(request: BoundRequest) -> HttpResponse:
    """A doctor whose patient is there says that they are their treating GP, and it waits."""
    draft = drafts.load_opening(request, PRESENCE)
    me = request.viewer.professional_id
    if draft is None or not draft.done:
        return redirect("records:presence")
    if is_stale(request, draft):
        return _stale(request, "presence_done")
    if me is None or not may_declare_oneself(request, draft):
        raise NotVisible
    doctor = circle.read_doctor(by=request.viewer, professional_id=me)
    if request.method == "POST":
        return _noted(request, draft, doctor, name=PRESENCE, page="presence_done")
    return _asked(request, draft, doctor, back="presence_done")


def _asked(
    request: BoundRequest, draft: Opening, doctor: FoundProfessional, *, back: str,
    other_url: str = "",
) -> HttpResponse:  # fmt: skip
    person = draft.person.traits
    age = person.age_on(today())
    context: dict[str, Any] = {
        "person": person,
        "doctor": doctor,
        "the": naming.the(doctor.name),
        "is_me": doctor.id == request.viewer.professional_id,
        "by_themself": age >= circle.CHOOSES_ALONE_FROM,
        "parents_told": person.is_minor_on(today()) and age >= circle.CHOOSES_ALONE_FROM,
        "attempt": draft.attempt.hex,
        "back_url": reverse(f"records:{back}"),
        "other_url": other_url,
    }
    return render(request, "records/counter/doctor_declare.html", context)


def _noted(
    request: BoundRequest, draft: Opening, doctor: FoundProfessional, *, name: str, page: str
) -> HttpResponse:
    who = str(request.viewer.user_id)
    if not codes.count("doctor-declared", who, limit=DECLARED_AN_HOUR):
        return render(request, "429.html", status=429)
    openings.declare_doctor(
        by=request.viewer,
        identity=draft.identity,
        professional_id=doctor.id,
        in_presence=name == PRESENCE,
    )
    draft.doctor = doctor.name
    drafts.save_opening(request, name, draft)
    # The card below says who, and who confirms.
    messages.success(request, _("C'est noté."))
    return redirect(f"records:{page}")


def _stale(request: BoundRequest, page: str) -> HttpResponse:
    """Show where things are: the form was of another person's card, left open in another tab."""
    messages.warning(request, _("Cet écran n'était plus à jour : rien n'a été déclaré."))
    return redirect(f"records:{page}")
