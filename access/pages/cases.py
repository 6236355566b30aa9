"""Doors to « I don't know this person »: what it does, the case, its answer; the fund's desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import cases
from access.doors import DESK, FAMILY, door, send_only
from access.pages.paging import page_number


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest


class PauseForm(forms.Form):
    """Whether the treating GP's access is paused too: never without being asked."""

    pause_gp = forms.BooleanField(
        label=gettext_lazy("Suspendre aussi son accès"),
        help_text=gettext_lazy(
            "Ce médecin ne verra plus rien de ce dossier, même en urgence, tant que vous ne"
            " revenez pas en arrière."
        ),
        required=False,
    )


class AnswerForm(forms.Form):
    """What the fund found, in words for the person who asked."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Cet accès s'explique-t-il ?"),
        choices=[
            ("explained", gettext_lazy("Oui, il s'explique")),
            ("not_explained", gettext_lazy("Non, il ne s'explique pas")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites si cet accès s'explique.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Votre réponse à la personne"),
        help_text=gettext_lazy(
            "Qui est ce professionnel, pourquoi il est venu, ce que fait la caisse. Rien sur la"
            " santé."
        ),
        min_length=cases.FEWEST_WORDS,
        max_length=cases.MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": gettext_lazy("Écrivez votre réponse."),
            "min_length": gettext_lazy("Écrivez une phrase entière."),
            "max_length": gettext_lazy(
                "Votre réponse est trop longue : 1 000 caractères au plus."
            ),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY, nav="looked")
def unknown_visitor(
    request: BoundRequest, record_id: uuid.UUID, event_id: uuid.UUID
) -> HttpResponse:
    """What not knowing who came would do; then the case, and the access paused at once."""
    form = PauseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        case_id = cases.open_case(
            by=request.viewer, record_id=record_id, event_id=event_id,
            pause_gp=form.cleaned_data["pause_gp"],
        )  # fmt: skip
        return redirect("access:case", record_id, case_id)
    view = cases.weigh(by=request.viewer, record_id=record_id, event_id=event_id)
    if view.case_id is not None:
        return redirect("access:case", record_id, view.case_id)
    context = {"view": view, "dossier": view.dossier, "form": form}
    return render(request, "access/unknown_visitor.html", context)


@require_safe
@door(FAMILY, nav="looked")
def case(request: BoundRequest, record_id: uuid.UUID, case_id: uuid.UUID) -> HttpResponse:
    """A case: its number, by when it is answered, the answer, the way back."""
    view = cases.read_case(by=request.viewer, record_id=record_id, case_id=case_id)
    return render(request, "access/case.html", {"view": view, "dossier": view.dossier})


@send_only
@door(FAMILY, nav="looked")
def case_take_back(
    request: BoundRequest, record_id: uuid.UUID, case_id: uuid.UUID
) -> HttpResponse:
    """Give the access back; withdraw what nobody has answered."""
    back = cases.take_back(by=request.viewer, record_id=record_id, case_id=case_id)
    messages.success(
        request,
        _("C'est fait. Cette personne retrouve l'accès qu'elle avait.")
        if back
        else _("C'est fait. L'accès de cette personne reste comme il était."),
    )
    return redirect("access:case", record_id, case_id)


@require_safe
@door(DESK, nav="cases")
def cases_desk(request: BoundRequest) -> HttpResponse:
    """The cases that wait for the fund, and those that are over."""
    view = cases.read_desk(by=request.viewer, page=page_number(request))
    return render(request, "access/cases_desk.html", {"view": view})


@require_http_methods(["GET", "HEAD", "POST"])
@door(DESK, nav="cases")
def case_answer(request: BoundRequest, case_id: uuid.UUID) -> HttpResponse:
    """One case, and the place to answer it."""
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        cases.answer(by=request.viewer, case_id=case_id, **form.cleaned_data)
        messages.success(
            request, _("C'est envoyé. La personne est prévenue qu'une réponse l'attend.")
        )
        return redirect("access:cases_desk")
    view = cases.read_case_at_desk(by=request.viewer, case_id=case_id)
    return render(request, "access/case_answer.html", {"view": view, "form": form})
