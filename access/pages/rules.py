"""Doors to a rule: what it hides and from whom, chosen on one page; an offer put aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from access import circle, masks, naming
from access.doors import FAMILY, door, send_only
from dmp.forms import Explained, conditional, searched


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse, QueryDict

    from access.doors import BoundRequest


MOST_OFFERS = 7
EVERYTHING, AUTHOR = "everything", "professional"
EVERYONE, PROFESSION = "everyone", "profession"


class RuleForm(forms.Form):
    """What, and from whom: each a choice, with the name it needs."""

    what = forms.ChoiceField(
        label=gettext_lazy("Que voulez-vous masquer ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez ce que vous voulez masquer."),
            "invalid_choice": gettext_lazy("Choisissez l'une des réponses proposées."),
        },
    )
    author = conditional(
        forms.ChoiceField(
            label=gettext_lazy("Si vous choisissez un soignant : lequel ?"),
            error_messages={
                "invalid_choice": gettext_lazy("Choisissez un soignant de la liste."),
            },
        )
    )
    whom = forms.ChoiceField(
        label=gettext_lazy("À qui ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez à qui vous voulez le masquer."),
            "invalid_choice": gettext_lazy("Choisissez l'une des réponses proposées."),
        },
    )
    profession = conditional(
        forms.ChoiceField(
            label=gettext_lazy("Si vous choisissez une profession : laquelle ?"),
            error_messages={
                "invalid_choice": gettext_lazy("Choisissez une profession de la liste."),
            },
        )
    )

    def __init__(
        self, *args: Any, view: masks.RuleChoices, found: list[tuple[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        care = [(view.care.key, view.care.name)] if view.care else []
        fields["what"].choices = [
            *care,
            *((f"subject:{one.key}", Explained(one.name, one.examples)) for one in view.subjects),
            (AUTHOR, Explained(
                _("Tout ce qu'un soignant a fait, écrit ou prescrit"),
                _("Ses documents, ses ordonnances et les remboursements de ses soins."),
            )),
            (EVERYTHING, Explained(_("Tout le dossier"), _("Ce qui y est et ce qui viendra."))),
        ]  # fmt: skip
        fields["author"].choices = [
            ("", _("Choisir un soignant")),
            *((one.key, one.name) for one in view.authors),
        ]
        fields["whom"].choices = [
            *found,
            *((one.key, Explained(one.name, one.why)) for one in view.people),
            (PROFESSION, Explained(
                _("Toute une profession"), _("Par exemple tous les pharmaciens.")
            )),
            (EVERYONE, Explained(
                _("Tous les professionnels"),
                _("Aussi ceux qui auront accès plus tard."),
            )),
        ]  # fmt: skip
        fields["profession"].choices = [
            ("", _("Choisir une profession")),
            *((one.key, one.name) for one in view.professions),
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for the name that a choice needs."""
        cleaned = super().clean() or {}
        if cleaned.get("what") == AUTHOR and not cleaned.get("author"):
            self.add_error(
                "author", _("Choisissez le soignant dont vous voulez masquer les soins.")
            )
        if cleaned.get("whom") == PROFESSION and not cleaned.get("profession"):
            self.add_error(
                "profession", _("Choisissez la profession à qui vous voulez le masquer.")
            )
        return cleaned


@require_safe
@door(FAMILY, nav="who")
def rule_new(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Choose what a rule hides and from whom; the next page says what it would change."""
    goes_on = "next" in request.GET
    chosen = _chosen(request.GET) if goes_on else ""
    if (
        chosen
    ):  # nothing was read, nothing is written down: the next page answers for what it shows
        return redirect(f"{reverse('access:hide', args=[record_id])}?{chosen}")
    view = masks.read_rule_choices(
        by=request.viewer, record_id=record_id, care=request.GET.get("what", "")
    )
    asked = searched(request.GET)
    found = _found(request, asked, {one.key for one in view.people}) if asked else []
    form = RuleForm(
        request.GET if goes_on else None, view=view, found=found, initial=request.GET.dict()
    )
    context = {
        "dossier": view.dossier,
        "form": form,
        "asked": asked,
        "nobody": bool(asked) and not found,
        "too_short": circle.is_too_short(asked),
    }
    return render(request, "access/rule_new.html", context)


def _chosen(given: QueryDict) -> str:
    """Return what the next page is asked, where what and from whom are both said in full."""
    what, whom = given.get("what", ""), given.get("whom", "")
    if what == AUTHOR:
        what = f"{AUTHOR}:{given['author']}" if given.get("author") else ""
    if whom == PROFESSION:
        whom = f"{PROFESSION}:{given['profession']}" if given.get("profession") else ""
    return urlencode({"what": what, "from": whom}) if what and whom else ""


def _found(request: BoundRequest, asked: str, already: set[str]) -> list[tuple[str, Any]]:
    """What the directory answers, as choices; those who have access are in the list already."""
    people = circle.find_professionals(by=request.viewer, text=asked)
    places = circle.find_structures(by=request.viewer, text=asked)
    found = [
        (f"professional:{one.id}",
         Explained(naming.sentence_start(one.name), " · ".join((one.trade, *one.places))))
        for one in people
    ] + [
        (f"structure:{one.id}",
         Explained(one.name, " · ".join(filter(None, (one.kind.capitalize(), one.address)))))
        for one in places
    ]  # fmt: skip
    return [one for one in found if one[0] not in already]


@send_only
@door(FAMILY, nav="home")
def offers_aside(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Offer these subjects no more; which ones is in the form, never in the address."""
    masks.put_subjects_aside(
        by=request.viewer, record_id=record_id, keys=request.POST.getlist("subject")[:MOST_OFFERS]
    )
    messages.success(
        request,
        _("D'accord. Vous pouvez toujours ajouter une règle dans « Qui peut voir »."),
    )
    return redirect("records:home", record_id)
