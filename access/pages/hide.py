"""Doors to hiding: the consequences, the gesture, the proof, and showing again in one press."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access import masks
from access.doors import FAMILY, door, send_only
from access.elements import MOST_AT_ONCE
from access.masks import Audience, Choice, Target
from access.pages.going_back import back_to
from access.pages.lasting import MaskLastingForm
from access.policy import NotVisible
from dmp.forms import LinesField


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest


class HidingForm(MaskLastingForm):
    """What is ticked, until when, and whether it opens when life is in danger."""

    e = LinesField()
    gesture = forms.UUIDField(widget=forms.HiddenInput)
    opens_in_emergency = forms.BooleanField(
        label=gettext_lazy("Sauf si ma vie est en danger"),
        help_text=gettext_lazy(
            "Un médecin pourra alors l'ouvrir en urgence ; vous le saurez aussitôt."
        ),
        required=False,
    )

    and_what_comes = forms.BooleanField(
        label=gettext_lazy("Masquer aussi ce qui arrivera plus tard pour ces soins"),
        help_text=gettext_lazy(
            "Remboursements et documents à venir. Ne vaut pas pour un soin dont vous laissez"
            " quelque chose visible."
        ),
        initial=True,
        required=False,
    )

    def __init__(self, *args: Any, by_rule: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_rule = by_rule
        self.chosen: list[uuid.UUID] = []

    def say_whose_life(self, *, by_holder: bool) -> None:
        """« Ma vie » is the holder's: a representative reads « sa vie »."""
        if not by_holder:
            self.fields["opens_in_emergency"].label = _("Sauf si sa vie est en danger")

    def clean(self) -> dict[str, Any]:
        """Read the ticked lines: each holds the keys of one or more elements."""
        cleaned = super().clean()
        self.chosen = keys_of(cleaned["e"])
        if not self.chosen and not self.by_rule:
            self.add_error("e", _("Cochez au moins un élément à masquer."))
        if len(self.chosen) > MOST_AT_ONCE:
            self.add_error("e", _("C'est trop d'éléments d'un coup : masquez-les en deux fois."))
        return cleaned


def keys_of(values: list[str]) -> list[uuid.UUID]:
    """Return the keys held by repeated values. Raises ``NotVisible`` for anything else."""
    try:
        keys = [uuid.UUID(key) for value in values for key in value.split()]
    except ValueError as error:
        raise NotVisible from error
    return list(dict.fromkeys(keys))


def _ticked(choice: Choice, chosen: set[str] | None) -> dict[str, Any]:
    checked = choice.checked if chosen is None else choice.value in chosen
    return {
        "name": "e", "value": choice.value, "label": choice.label, "why": choice.why,
        "checked": checked, "count": choice.count,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY, nav="who")
def hide(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """What hiding means, all that goes together ticked, or a whole rule; then the gesture."""
    audience = Audience.parse(request.GET.get("from", ""))
    rule = request.GET.get("what", "")
    targets = [Target.parse(rule, record_id)] if rule else []
    form = HidingForm(
        request.POST or None, initial={"gesture": uuid.uuid4()}, by_rule=bool(targets)
    )
    if request.method == "POST" and form.is_valid():
        hidden = masks.hide(
            by=request.viewer,
            record_id=record_id,
            element_ids=form.chosen,
            others=targets,
            and_what_comes=form.cleaned_data["and_what_comes"],
            audience=audience,
            until=form.until(),
            opens_in_emergency=form.cleaned_data["opens_in_emergency"],
            gesture=form.cleaned_data["gesture"],
        )
        return redirect("access:hidden", record_id, hidden.receipt_id)
    chosen = set(request.POST.getlist("e")) if request.method == "POST" else None
    asked: dict[str, Any] = {"by": request.viewer, "record_id": record_id, "audience": audience}
    if targets:
        return _rule(request, masks.weigh_rule(**asked, target=targets[0]), form, chosen)
    view = masks.weigh(**asked, element_ids=keys_of(request.GET.getlist("e")))
    form.say_whose_life(by_holder=view.dossier.by_holder)
    together = [_ticked(choice, chosen) for choice in view.together]
    guesses = [_ticked(choice, chosen) for choice in view.guesses]
    context = {
        "view": view,
        "dossier": view.dossier,
        "form": form,
        "together": together,
        "guesses": guesses,
        "nothing": not any(one["checked"] for one in (*together, *guesses)),
        "singular": ngettext("Masquer cet élément", "Masquer ces %(count)s éléments", 1),
        "plural": ngettext("Masquer cet élément", "Masquer ces %(count)s éléments", 2),
    }
    return render(request, "access/hide.html", context)


def _rule(
    request: BoundRequest,
    view: masks.RuleConsequences,
    form: HidingForm,
    chosen: set[str] | None,
) -> HttpResponse:
    form.say_whose_life(by_holder=view.dossier.by_holder)
    context = {
        "view": view,
        "dossier": view.dossier,
        "form": form,
        "rule_kind": view.target.kind.value,
        "guesses": [_ticked(choice, chosen) for choice in view.guesses],
    }
    return render(request, "access/hide_rule.html", context)


@require_safe
@door(FAMILY, nav="who")
def hidden(request: BoundRequest, record_id: uuid.UUID, receipt_id: uuid.UUID) -> HttpResponse:
    """The proof: what was hidden, from whom, its number, and the way back."""
    receipt = masks.read_receipt(by=request.viewer, record_id=record_id, receipt_id=receipt_id)
    template = "access/receipt.html" if "imprimer" in request.GET else "access/hidden.html"
    undo = reverse("access:show", args=[record_id])
    context = {
        "receipt": receipt,
        "dossier": receipt.dossier,
        "undo_url": f"{undo}?gesture={receipt.gesture}",
    }
    return render(request, template, context)


@require_safe
@door(FAMILY, nav="who")
def shown(request: BoundRequest, record_id: uuid.UUID, receipt_id: uuid.UUID) -> HttpResponse:
    """The receipt of showing again: what, to whom, its number; on paper too."""
    receipt = masks.read_showing(by=request.viewer, record_id=record_id, receipt_id=receipt_id)
    printed = "imprimer" in request.GET
    template = "access/shown_receipt.html" if printed else "access/shown.html"
    return render(request, template, {"receipt": receipt, "dossier": receipt.dossier})


@send_only
@door(FAMILY, nav="who")
def show(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """Take a mask back in one press: a whole gesture, one rule, or one element from one person."""
    asked: dict[str, Any] = {"by": request.viewer, "record_id": record_id}
    if "gesture" in request.GET:
        ended = masks.show(**asked, gesture=_key(request.GET["gesture"]))
    elif "rule" in request.GET:
        ended = masks.show_rule(**asked, mask_id=_key(request.GET["rule"]))
    else:
        elements = keys_of(request.GET.getlist("e"))
        audience = Audience.parse(request.GET.get("from", ""))
        ended = masks.show_element(**asked, element_ids=elements, audience=audience)
    still = masks.still_hidden(**asked) if ended else 0
    told = messages.warning if still else messages.success
    said = _still_hidden(still) if still else _shown_again(ended)
    told(request, _with_receipt(said, record_id, masks.receipt_of_now(**asked)))
    return redirect(back_to(request) or reverse("access:who_can_see", args=[record_id]))


def _with_receipt(said: str, record_id: uuid.UUID, receipt_id: uuid.UUID | None) -> str:
    """Add the way to the receipt that the gesture gave; there is none where nothing changed."""
    if receipt_id is None:
        return said
    address = reverse("access:shown", args=[record_id, receipt_id])
    return format_html('{} <a href="{}">{}</a>', said, address, _("Voir le reçu"))


def _still_hidden(still: int) -> str:
    return ngettext(
        "Ce masque est levé, mais une autre de vos règles cache encore %(count)s élément"
        " aux mêmes personnes. Elle est dans « Qui peut voir ».",
        "Ce masque est levé, mais une autre de vos règles cache encore %(count)s éléments"
        " aux mêmes personnes. Elle est dans « Qui peut voir ».",
        still,
    ) % {"count": still}


def _shown_again(ended: int) -> str:
    if not ended:
        return _("C'était déjà fait : rien n'a changé.")
    return ngettext(
        # One element, or one rule, whatever it covers.
        "C'est fait. Ce masque est levé.",
        "C'est fait. %(count)s éléments sont de nouveau montrés.",
        ended,
    ) % {"count": ended}


def _key(value: str) -> uuid.UUID:
    keys = keys_of([value])
    if len(keys) != 1:
        raise NotVisible
    return keys[0]
