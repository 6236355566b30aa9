"""Doors to the synthesis desk: the draft, the check before signing. The treating GP's alone."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.doors import PROFESSIONALS, READ_OR_SEND, door, send_only
from records.pages import drafts
from records.synthesis.choices import MAX_FIELD, NEVER, NO, YES, Choices
from records.synthesis.desk import changes_since, open_desk
from records.synthesis.signing import agree, problems_of, save_choices, sign, undo, why_not
from records.synthesis.telling import draft_sections, sections_to_sign


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.synthesis.desk import Desk

MOST_KEYS = 500
_ANSWER = "answer:"
_BEGAN = "synthesis"
#: Where a problem with the answer on allergies is told: beside that answer.
_OF_ALLERGIES = frozenset({"allergies-none", "despite"})


def _choices(request: BoundRequest, desk: Desk) -> Choices:
    """Read the form: a line that was shown is kept or left, as its box says."""
    posted = request.POST
    shown = set(posted.getlist("shown")[:MOST_KEYS])
    ticked = set(posted.getlist("keep"))
    again = set(posted.getlist("again"))
    answers, never = {}, set(desk.choices.never) - again
    for line in desk.lines:
        if line.key not in shown:
            continue
        if not line.question:
            answers[line.key] = YES if line.key in ticked else NO
            continue
        answer = posted.get(f"{_ANSWER}{line.key}", "")
        if answer == NEVER:
            never.add(line.question)
        elif answer in {YES, NO}:
            answers[line.key] = answer
    return replace(
        desk.choices,
        answers=answers,
        never=frozenset(never),
        allergies=posted.get("allergies", ""),
        allergy_text=posted.get("allergy_text", ""),
        attention=posted.get("attention", ""),
        added=posted.get("added", ""),
        despite="despite" in posted,
    )


def _begin(request: BoundRequest, record_id: uuid.UUID) -> None:
    """Keep when the GP first saw this draft: they are told how long the synthesis took."""
    began = drafts.load(request, _BEGAN)
    if began is None or began["record"] != record_id.hex:
        drafts.save(request, _BEGAN, {"record": record_id.hex, "at": time.time()})


def _signed_in(request: BoundRequest, record_id: uuid.UUID) -> str:
    """Return the sentence said after signing; without a time where none is known."""
    began = drafts.load(request, _BEGAN)
    drafts.forget(request, _BEGAN)
    if began is None or began["record"] != record_id.hex:
        return _("La synthèse est signée. Les soignants autorisés la lisent.")
    minutes, seconds = divmod(round(time.time() - began["at"]), 60)
    lasted = _("%(minutes)s min %(seconds)s s") if minutes else _("%(seconds)s s")
    return _("La synthèse est signée, en %(lasted)s. Les soignants autorisés la lisent.") % {
        "lasted": lasted % {"minutes": minutes, "seconds": seconds}
    }


@READ_OR_SEND
@door(PROFESSIONALS, nav="home")
def synthesis_draft(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The draft: keep or leave each line, say the allergies, go on to the check."""
    desk = open_desk(by=request.viewer, record_id=record_id)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        choices = _choices(request, desk)
        desk = open_desk(by=request.viewer, record_id=record_id, choices=choices)
        problems = problems_of(desk)
        save_choices(by=request.viewer, record_id=record_id, choices=choices)
        if not problems:
            return redirect("records:synthesis_review", record_id)
    else:
        _begin(request, record_id)
    context = {
        "desk": desk,
        "dossier": desk.dossier,
        "sections": draft_sections(desk),
        "problems": problems,
        "wrong_allergies": [said for field, said in problems if field in _OF_ALLERGIES],
        "most": MAX_FIELD,
    }
    status = 422 if problems else 200
    return render(request, "records/synthesis_draft.html", context, status=status)


@require_safe
@door(PROFESSIONALS, nav="home")
def synthesis_changes(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """How much changed since the last version, for the first page: it comes after the page.

    It rests on what the GP decided alone: apart, nobody meets it through the GP's eyes.
    """
    changes = changes_since(by=request.viewer, record_id=record_id)
    return render(request, "records/_synthesis_changes.html", {"changes": changes})


@READ_OR_SEND
@door(PROFESSIONALS, nav="home")
def synthesis_review(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Exactly what will be signed, what changed, what is withheld; then sign."""
    desk = open_desk(by=request.viewer, record_id=record_id)
    refusal = ""
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        refusal = why_not(desk, seen)
        if not refusal:
            sign(by=request.viewer, record_id=record_id, seen=seen)
            messages.success(request, _signed_in(request, record_id))
            return redirect("records:synthesis", record_id)
    context = {
        "desk": desk,
        "dossier": desk.dossier,
        "sections": sections_to_sign(desk),
        "withheld": any(one.masked for one in desk.to_sign),
        "problems": [refusal] if refusal else [sentence for _field, sentence in problems_of(desk)],
        "ready": not problems_of(desk) and not desk.leaks,
    }
    status = 422 if refusal else 200
    return render(request, "records/synthesis_review.html", context, status=status)


@send_only
@door(PROFESSIONALS, nav="home")
def synthesis_consent(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Record that the patient, present, agrees to words that name what they hid, one by one."""
    agree(by=request.viewer, record_id=record_id, words=set(request.POST.getlist("word")))
    return redirect("records:synthesis_review", record_id)


@send_only
@door(PROFESSIONALS, nav="home")
def synthesis_undo(
    request: BoundRequest, record_id: uuid.UUID, version_id: uuid.UUID
) -> HttpResponse:
    """Take back what was just signed."""
    undo(by=request.viewer, record_id=record_id, version_id=version_id)
    messages.success(request, _("C'est défait. Votre brouillon est comme avant de signer."))
    return redirect("records:synthesis_draft", record_id)
