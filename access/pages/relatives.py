"""Doors to who helps and who represents the holder; and to what somebody invited is offered."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access import circle, naming, people
from access.doors import SIGNED_IN, door, send_only
from access.pages.lasting import DAY
from access.pages.relatives_forms import (
    EVERYTHING,
    READ,
    SOME,
    WRITE,
    InvitationForm,
    InviteForm,
    ScopeForm,
)
from access.policy import NotVisible, Refused
from access.viewer import Role


if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from access.doors import BoundRequest


DECIDERS = frozenset({Role.PATIENT, Role.REPRESENTATIVE})
SESSION = "invitation"
SHOWN = "invitation_shown"


def _asked(request: BoundRequest, page: str, form: forms.Form, **context: object) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, page, {"form": form, **context}, status=status)


@never_cache
@require_safe
@door(DECIDERS, nav="doctors")
def relatives(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Who helps, who was invited, who represents."""
    view = circle.read_relatives(by=request.viewer, record_id=record_id)
    context = {
        "view": view,
        "dossier": view.dossier,
        "shown": request.session.pop(SHOWN, ""),
    }
    return render(request, "access/relatives.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(DECIDERS, nav="doctors")
def delegate_invite(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Invite somebody to help: what they may see, until when, and where the code goes."""
    view = circle.read_relatives(by=request.viewer, record_id=record_id)
    posted = request.method == "POST"
    form = InviteForm(request.POST if posted else None)
    if posted and form.is_valid() and _invited(request, record_id, form):
        messages.success(
            request,
            _(
                "L'invitation est partie. Prévenez cette personne, et donnez-lui votre date de"
                " naissance."
            )
            if view.dossier.by_holder
            else _(
                "L'invitation est partie. Prévenez cette personne, et donnez-lui la date de"
                " naissance %(of_name)s."
            )
            % {"of_name": naming.of(view.dossier.first_name)},
        )
        return redirect("access:relatives", record_id)
    return _asked(
        request, "access/delegate_invite.html", form, dossier=view.dossier, may_name=view.may_name
    )


def _invited(request: BoundRequest, record_id: uuid.UUID, form: InviteForm) -> bool:
    """Send the invitation; what can't be sent is told on the form, and nothing typed is lost."""
    try:
        request.session[SHOWN] = circle.invite(
            by=request.viewer,
            record_id=record_id,
            name=form.cleaned_data["name"],
            channel=form.cleaned_data["channel"],
            address=form.address(),
            scope=form.scope(),
        )
    except Refused as error:
        form.add_error(None, error.reason)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@door(DECIDERS, nav="doctors")
def delegate_change(
    request: BoundRequest, record_id: uuid.UUID, delegation_id: uuid.UUID
) -> HttpResponse:
    """Change what a delegate may see, and until when."""
    asked: dict[str, Any] = {"by": request.viewer, "record_id": record_id}
    view = circle.read_relatives(**asked)
    held = next((one for one in view.delegates if one.id == delegation_id), None)
    if held is None:
        raise NotVisible
    posted = request.method == "POST"
    form = ScopeForm(
        request.POST if posted else None,
        initial={
            "what": EVERYTHING if held.scope.everything else SOME,
            "kinds": held.scope.kinds,
            "writing": WRITE if held.scope.can_write else READ,
            "lasting": DAY,
            "last_day": held.scope.last_day,
        },
    )
    if posted and form.is_valid():
        circle.change_delegate(**asked, delegation_id=delegation_id, scope=form.scope())
        messages.success(request, _("C'est changé, dès maintenant."))
        return redirect("access:relatives", record_id)
    return _asked(request, "access/delegate_change.html", form, dossier=view.dossier, held=held)


@send_only
@door(DECIDERS, nav="doctors")
def delegate_end(
    request: BoundRequest, record_id: uuid.UUID, delegation_id: uuid.UUID
) -> HttpResponse:
    """Take a delegate's access back, at once."""
    circle.end_delegate(by=request.viewer, record_id=record_id, delegation_id=delegation_id)
    messages.success(
        request, _("C'est fait. Comme aidant, cette personne ne voit plus rien, dès maintenant.")
    )
    return redirect("access:relatives", record_id)


@send_only
@door(DECIDERS, nav="doctors")
def invitation_again(
    request: BoundRequest, record_id: uuid.UUID, invitation_id: uuid.UUID
) -> HttpResponse:
    """Send an invitation again, with another code."""
    request.session[SHOWN] = circle.send_again(
        by=request.viewer, record_id=record_id, invitation_id=invitation_id
    )
    messages.success(request, _("L'invitation est repartie, avec un autre code."))
    return redirect("access:relatives", record_id)


@send_only
@door(DECIDERS, nav="doctors")
def invitation_end(
    request: BoundRequest, record_id: uuid.UUID, invitation_id: uuid.UUID
) -> HttpResponse:
    """Take an invitation back."""
    circle.withdraw_invitation(by=request.viewer, record_id=record_id, invitation_id=invitation_id)
    messages.success(request, _("L'invitation est annulée : son code ne marche plus."))
    return redirect("access:relatives", record_id)


@require_http_methods(["GET", "HEAD", "POST"])
@door(frozenset({Role.PATIENT}), nav="doctors")
def coming_of_age(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Who no longer reads since the eighteenth birthday, who still does; shown once."""
    if request.method == "POST":
        circle.review_coming_of_age(by=request.viewer, record_id=record_id)
        messages.success(
            request, _("C'est noté. Vous pouvez changer tout cela quand vous voulez.")
        )
        return redirect("records:home", record_id)
    view = circle.read_coming_of_age(by=request.viewer, record_id=record_id)
    context = {"view": view, "dossier": view.team.dossier}
    return render(request, "access/coming_of_age.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door(SIGNED_IN)
def invitation(request: BoundRequest) -> HttpResponse:
    """The code that somebody received, and the birth date of who sent it."""
    posted = request.method == "POST"
    form = InvitationForm(request.POST if posted else None)
    if posted and form.is_valid():
        found, problem = circle.find_invitation(
            by=request.viewer,
            code=form.cleaned_data["code"],
            born_on=form.cleaned_data["born_on"],
        )
        if found is not None:
            request.session[SESSION] = str(found)
            return redirect("access:invitation_answer")
        form.add_error("code", problem)
    return _asked(request, "access/invitation.html", form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door(SIGNED_IN)
def invitation_answer(request: BoundRequest) -> HttpResponse:
    """What is offered, by whom, until when; yes or no."""
    kept = request.session.get(SESSION)
    if not kept:
        return redirect("access:invitation")
    asked: dict[str, Any] = {"by": request.viewer, "invitation_id": uuid.UUID(kept)}
    if request.method == "POST":
        answer = request.POST.get("answer")
        if answer == "no":
            circle.decline(**asked)
            del request.session[SESSION]
            messages.success(request, _("C'est noté : vous n'avez pas accepté."))
            return redirect("access:capacity")
        if answer == "yes":
            record_id = circle.accept(**asked)
            del request.session[SESSION]
            people.choose_capacity(request, f"{Role.DELEGATE.value}:{record_id}")
            return redirect("records:home", record_id)
        messages.error(request, _("Choisissez « J'accepte » ou « Non »."))
    context = {"offer": circle.read_offer(**asked)}
    return render(request, "access/invitation_answer.html", context)
