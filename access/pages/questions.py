"""Doors to « Puis-je voir … ? »: the question of a professional, and its holder's answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from access import questions
from access.doors import FAMILY, PROFESSIONALS, door
from access.pages.hide import keys_of
from access.pages.lasting import LastingForm
from access.questions import Since, Wanted
from dmp.forms import LinesField


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest


class AskForm(forms.Form):
    """What one would like to see, in general words."""

    wanted = forms.ChoiceField(
        label=gettext_lazy("Que voudriez-vous voir ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez ce que vous voudriez voir."),
            "invalid_choice": gettext_lazy("Choisissez l'une des réponses proposées."),
        },
    )
    since = forms.ChoiceField(
        label=gettext_lazy("De quelle période ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une période."),
            "invalid_choice": gettext_lazy("Choisissez l'une des réponses proposées."),
        },
    )

    attempt = forms.UUIDField(
        widget=forms.HiddenInput,
        required=False,
        error_messages={
            "invalid": gettext_lazy("Cette page n'est plus la bonne. Rouvrez-la et recommencez.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["wanted"].choices = [
            (key.value, capfirst(words)) for key, words in questions.wanted_words().items()
        ]
        fields["since"].choices = [
            (key.value, capfirst(words)) for key, words in questions.since_words().items()
        ]


class AnswerForm(LastingForm):
    """What is ticked, and until when."""

    e = LinesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen: list[uuid.UUID] = []

    def clean(self) -> dict[str, Any]:
        """Read the ticked elements."""
        cleaned = super().clean()
        self.chosen = keys_of(cleaned["e"])
        if not self.chosen:
            self.add_error("e", _("Cochez au moins un élément à montrer."))
        if len(self.chosen) > questions.MOST_LISTED:
            self.add_error("e", _("C'est trop d'éléments d'un coup : montrez-les en deux fois."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@door(PROFESSIONALS, nav="home")
def ask(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Ask the patient to be shown something; the page is the same whatever there is."""
    dossier = questions.may_ask(by=request.viewer, record_id=record_id)
    posted = request.POST if request.method == "POST" else None
    form = AskForm(posted, initial={"attempt": uuid.uuid4()})
    if form.is_valid():
        questions.ask(
            by=request.viewer,
            record_id=record_id,
            wanted=Wanted(form.cleaned_data["wanted"]),
            since=Since(form.cleaned_data["since"]),
            attempt=form.cleaned_data["attempt"] or uuid.uuid4(),
        )
        messages.success(
            request,
            _(
                "C'est envoyé. Le patient vous montre ce qu'il veut, ou ne répond pas :"
                " cela ne dit rien de ce que contient son dossier."
            ),
        )
        return redirect("records:home", record_id)
    return render(request, "access/ask.html", {"dossier": dossier, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY, nav="who")
def question(request: BoundRequest, record_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponse:
    """What would answer a question, nothing ticked; then the shares, or nothing at all."""
    asked: dict[str, Any] = {
        "by": request.viewer, "record_id": record_id, "question_id": question_id,
    }  # fmt: skip
    if "close" in request.POST:
        questions.leave_unanswered(**asked)
        messages.success(request, _("D'accord. La personne qui a demandé n'en sait rien."))
        return redirect("access:who_can_see", record_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        shown = questions.answer(**asked, element_ids=form.chosen, until=form.until())
        messages.success(
            request,
            ngettext(
                "C'est fait. Vous montrez %(count)s élément.",
                "C'est fait. Vous montrez %(count)s éléments.",
                shown,
            )
            % {"count": shown},
        )
        return redirect("access:who_can_see", record_id)
    view = questions.read_question(**asked)
    ticked = set(request.POST.getlist("e"))
    context = {
        "view": view,
        "dossier": view.dossier,
        "form": form,
        "checks": [
            {
                "name": "e", "value": str(one.id), "label": one.title, "on": one.on,
                "checked": str(one.id) in ticked,
            }
            for one in view.elements
        ],
    }  # fmt: skip
    return render(request, "access/question.html", context)
