"""Doors to the synthesis desk: the draft, the check before signing. The treating GP's alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.doors import door
from access.policy import Refused
from access.viewer import Role
from records.synthesis.choices import Choices
from records.synthesis.desk import DRAFT_SECTIONS, open_desk, section_titles
from records.synthesis.signing import check_can_sign, save_choices, sign


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.synthesis.desk import Desk

GP = frozenset({Role.PROFESSIONAL})
MAX_FIELD = 4000


def _choices(request: BoundRequest, desk: Desk) -> Choices:
    """Read the form: every proposed line is either kept or left, as its box says."""
    posted = request.POST
    ticked = set(posted.getlist("keep"))
    offered = {line.key for line in desk.lines}
    never = {line.key for line in desk.lines if line.key in set(posted.getlist("never"))}
    return Choices(
        kept=frozenset(offered & ticked - never),
        left=frozenset(offered - ticked),
        never=desk.choices.never | {key.removeprefix("question:") for key in never},
        allergies=posted.get("allergies", ""),
        allergy_text=posted.get("allergy_text", "")[:MAX_FIELD],
        attention=posted.get("attention", "")[:MAX_FIELD],
        added=posted.get("added", "")[:MAX_FIELD],
    )


def _sections(desk: Desk) -> list[dict[str, object]]:
    return [
        {"key": section.value, "title": section.label, "lines": desk.of(section)}
        for section in DRAFT_SECTIONS
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@door(GP, nav="home")
def synthesis_draft(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The draft: keep or leave each line, say the allergies, go on to the check."""
    desk = open_desk(by=request.viewer, record_id=record_id)
    problem = ""
    if request.method == "POST":
        choices = _choices(request, desk)
        save_choices(by=request.viewer, record_id=record_id, choices=choices)
        if choices.allergies:
            return redirect("records:synthesis_review", record_id)
        problem = _("Dites si le patient a des allergies.")
        desk = open_desk(by=request.viewer, record_id=record_id)
    context = {
        "desk": desk,
        "dossier": desk.dossier,
        "sections": _sections(desk),
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "records/synthesis_draft.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@door(GP, nav="home")
def synthesis_review(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Exactly what will be signed, what changed, what is withheld; then sign."""
    desk = open_desk(by=request.viewer, record_id=record_id)
    problem = ""
    try:
        check_can_sign(desk)
    except Refused as error:
        problem = error.reason
    if request.method == "POST" and not problem:
        sign(by=request.viewer, record_id=record_id)
        messages.success(request, _("La synthèse est signée. Les soignants autorisés la lisent."))
        return redirect("records:home", record_id)
    titles = section_titles()
    lines = [
        {
            "section": titles[section],
            "text": text,
            "new": text in desk.added,
            "masked": bool(proposed and proposed.masked),
        }
        for section, text, proposed in desk.to_publish()
    ]
    context = {
        "desk": desk,
        "dossier": desk.dossier,
        "lines": lines,
        "withheld": [line for line in lines if line["masked"]],
        "problem": problem,
    }
    status = 422 if problem and request.method == "POST" else 200
    return render(request, "records/synthesis_review.html", context, status=status)


@require_POST
@door(GP, nav="home")
def synthesis_consent(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Record that the patient agrees to words that name what they hid."""
    desk = open_desk(by=request.viewer, record_id=record_id)
    choices = replace(desk.choices, consent=True)
    save_choices(by=request.viewer, record_id=record_id, choices=choices)
    return redirect("records:synthesis_review", record_id)
