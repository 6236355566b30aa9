"""Doors to the people around a record: find, give, confirm, end, block; the treating GP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import circle, emergency, naming
from access.doors import FAMILY, door, send_only
from access.pages.going_back import back_to
from access.pages.lasting import LastingForm
from dmp.forms import searched


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


@require_safe
@door(FAMILY, nav="doctors")
def doctors(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The treating GP, the circle, who waits, who is blocked; and the directory, searched."""
    team = circle.read_team(by=request.viewer, record_id=record_id)
    asked = searched(request.GET)
    found = circle.find_professionals(by=request.viewer, text=asked) if asked else []
    places = circle.find_structures(by=request.viewer, text=asked) if asked else []
    held = {member.structure_id for member in team.members}
    context = {
        "team": team,
        "dossier": team.dossier,
        "waiting": circle.weigh_waiting(by=request.viewer, record_id=record_id),
        "running": emergency.still_open(dossier=team.dossier),
        "asked": asked,
        "found": [(one, team.standing_of(one.id)) for one in found],
        "places": [(place, place.id in held) for place in places],
        "too_short": circle.is_too_short(asked),
    }
    return render(request, "access/doctors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY, nav="doctors")
def doctor_declare(
    request: BoundRequest, record_id: uuid.UUID, professional_id: uuid.UUID
) -> HttpResponse:
    """What declaring a treating GP means, then the declaration."""
    asked: dict[str, Any] = {
        "by": request.viewer,
        "record_id": record_id,
        "professional_id": professional_id,
    }
    if request.method == "POST":
        declared = circle.declare_treating_gp(**asked)
        words = (
            _("C'est noté. Le médecin traitant changera quand la personne aura confirmé.")
            if declared.waiting
            else _("C'est fait. Le médecin traitant voit maintenant tout le dossier.")
        )
        messages.success(request, words)
        return redirect("access:doctors", record_id)
    view = circle.weigh_declaration(**asked)
    context = {
        "view": view,
        "dossier": view.dossier,
        "the": naming.the(view.name),
        "start": naming.sentence_start(view.name),
        "former": naming.sentence_start(view.former) if view.former else "",
    }
    return render(request, "access/doctor_declare.html", context)


def _authorise(request: BoundRequest, record_id: uuid.UUID, **grantee: uuid.UUID) -> HttpResponse:
    team = circle.read_team(by=request.viewer, record_id=record_id)
    who = circle.read_grantee(by=request.viewer, **grantee)
    form = LastingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        circle.authorise(by=request.viewer, record_id=record_id, until=form.until(), **grantee)
        messages.success(
            request,
            _("C'est fait. %(name)s peut lire le dossier, sauf ce que vous masquez.")
            % {"name": naming.sentence_start(who.name)},
        )
        return redirect("access:doctors", record_id)
    context = {
        "grantee": who,
        "to": naming.given_to(who.name),
        "form": form,
        "dossier": team.dossier,
        "structure": "structure_id" in grantee,
    }
    return render(request, "access/doctor_authorise.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY, nav="doctors")
def doctor_authorise(
    request: BoundRequest, record_id: uuid.UUID, professional_id: uuid.UUID
) -> HttpResponse:
    """Until when a professional may read, then the door."""
    return _authorise(request, record_id, professional_id=professional_id)


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY, nav="doctors")
def structure_authorise(
    request: BoundRequest, record_id: uuid.UUID, structure_id: uuid.UUID
) -> HttpResponse:
    """Until when a structure's members may read, then the door."""
    return _authorise(request, record_id, structure_id=structure_id)


@send_only
@door(FAMILY, nav="doctors")
def doctor_end(
    request: BoundRequest, record_id: uuid.UUID, authorisation_id: uuid.UUID
) -> HttpResponse:
    """Take a door, a share or the treating GP's right back, at once."""
    stays = circle.end_authorisation(
        by=request.viewer, record_id=record_id, authorisation_id=authorisation_id
    )
    messages.success(
        request,
        _(
            "C'est fait. Cette personne lit encore le dossier, par l'accès donné à l'établissement"
            " où elle travaille."
        )
        if stays
        else _("C'est fait. L'accès est retiré, dès maintenant."),
    )
    return redirect(back_to(request) or reverse("access:doctors", args=[record_id]))


@send_only
@door(FAMILY, nav="doctors")
def doctor_confirm(
    request: BoundRequest, record_id: uuid.UUID, authorisation_id: uuid.UUID
) -> HttpResponse:
    """Say yes to a door that waits."""
    circle.confirm_waiting_door(
        by=request.viewer, record_id=record_id, authorisation_id=authorisation_id
    )
    messages.success(request, _("C'est confirmé."))
    return redirect("access:doctors", record_id)


@send_only
@door(FAMILY, nav="doctors")
def gp_confirm(
    request: BoundRequest, record_id: uuid.UUID, authorisation_id: uuid.UUID
) -> HttpResponse:
    """Say yes to a declaration that waits."""
    circle.confirm_treating_gp(
        by=request.viewer, record_id=record_id, authorisation_id=authorisation_id
    )
    messages.success(request, _("C'est confirmé."))
    return redirect("access:doctors", record_id)


@send_only
@door(FAMILY, nav="doctors")
def doctor_refuse(
    request: BoundRequest, record_id: uuid.UUID, authorisation_id: uuid.UUID
) -> HttpResponse:
    """Say no to what waits."""
    circle.refuse_waiting_door(
        by=request.viewer, record_id=record_id, authorisation_id=authorisation_id
    )
    messages.success(request, _("C'est refusé. Rien n'a été ouvert."))
    return redirect("access:doctors", record_id)


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY, nav="doctors")
def doctor_block(
    request: BoundRequest, record_id: uuid.UUID, professional_id: uuid.UUID
) -> HttpResponse:
    """What blocking means, then remove and block in one step."""
    team = circle.read_team(by=request.viewer, record_id=record_id)
    if request.method == "POST":
        circle.block(by=request.viewer, record_id=record_id, professional_id=professional_id)
        messages.success(
            request, _("C'est fait. Comme soignant, cette personne ne peut plus rien voir.")
        )
        return redirect("access:doctors", record_id)
    who = circle.read_grantee(by=request.viewer, professional_id=professional_id)
    context = {
        "dossier": team.dossier,
        "grantee": who,
        "the": naming.the(who.name),
        "start": naming.sentence_start(who.name),
        "is_gp": team.gp_id == professional_id,
        "has_access": team.held_by(professional_id),
        "professional_id": professional_id,
    }
    return render(request, "access/doctor_block.html", context)


@send_only
@door(FAMILY, nav="doctors")
def doctor_unblock(
    request: BoundRequest, record_id: uuid.UUID, professional_id: uuid.UUID
) -> HttpResponse:
    """Lift a block; no door comes back with it, but those that a pause had left."""
    has_door = circle.unblock(
        by=request.viewer, record_id=record_id, professional_id=professional_id
    )
    messages.success(
        request,
        _("C'est débloqué. Cette personne retrouve l'accès qu'elle avait.")
        if has_door
        else _("C'est débloqué. Cette personne ne voit que ce qu'elle a écrit elle-même."),
    )
    return redirect(back_to(request) or reverse("access:doctors", args=[record_id]))


@send_only
@door(FAMILY, nav="doctors")
def proposal_dismiss(
    request: BoundRequest, record_id: uuid.UUID, proposal_id: uuid.UUID
) -> HttpResponse:
    """Put the fund's proposal aside."""
    circle.dismiss_proposal(by=request.viewer, record_id=record_id, proposal_id=proposal_id)
    messages.success(request, _("D'accord, nous ne le proposerons plus."))
    return redirect("access:doctors", record_id)
