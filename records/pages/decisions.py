"""The fund agent's door to court decisions: two numbers typed, one sentence whatever is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache

from access import codes
from access.doors import READ_OR_SEND, door
from access.viewer import Role
from dmp.forms import DayField, narrow
from records.opening import record_decision
from records.opening.decisions import MAX_REFERENCE
from records.pages.person_forms import (
    NIR_SHAPE,
    NirField,
    not_in_the_future,
    refuse_another_birth,
    refuse_odd_letters,
)


if TYPE_CHECKING:
    import datetime as dt
    from typing import Any

    from django.http import HttpResponse

    from access.doors import BoundRequest


DECISIONS_AN_HOUR = 30
SUSPEND, RESTORE = "suspend", "restore"


class DecisionForm(forms.Form):
    """Whose child, which parent, what was decided, and by which decision."""

    child_nir = NirField(
        label=gettext_lazy("Numéro de sécurité sociale de l'enfant"),
        help_text=format_lazy("{} {}", NIR_SHAPE, gettext_lazy("Le sien, pas celui d'un parent.")),
        error_messages={
            "required": gettext_lazy("Écrivez le numéro de sécurité sociale de l'enfant.")
        },
    )
    born_on = DayField(
        label=gettext_lazy("Date de naissance de l'enfant"),
        help_text=gettext_lazy("Par exemple 14/09/2016"),
        error_messages={"required": gettext_lazy("Écrivez la date de naissance de l'enfant.")},
    )
    parent_nir = NirField(
        label=gettext_lazy("Numéro de sécurité sociale du parent visé"),
        error_messages={
            "required": gettext_lazy("Écrivez le numéro de sécurité sociale du parent.")
        },
    )
    decided = forms.ChoiceField(
        label=gettext_lazy("Ce que dit la décision"),
        choices=[
            (SUSPEND, gettext_lazy("Ce parent n'a plus accès au dossier de l'enfant")),
            (RESTORE, gettext_lazy("Ce parent retrouve son accès")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Dites ce que la décision change."),
            "invalid_choice": gettext_lazy("Choisissez l'une des deux réponses."),
        },
    )
    reference = forms.CharField(
        label=gettext_lazy("Référence de la décision"),
        help_text=gettext_lazy("Tribunal, date et numéro. Rien d'autre."),
        max_length=MAX_REFERENCE,
        validators=[refuse_odd_letters],
        widget=narrow(20, maxlength=MAX_REFERENCE),
        error_messages={
            "required": gettext_lazy("Écrivez la référence de la décision."),
            "max_length": gettext_lazy(
                "Cette référence est trop longue. Limite : 100 caractères."
            ),
        },
    )

    def clean_born_on(self) -> dt.date:
        """Refuse a day to come, or of another age."""
        return not_in_the_future(self.cleaned_data["born_on"])

    def clean(self) -> dict[str, Any]:
        """Refuse one number typed twice, and one that isn't of the child's birth."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("child_nir") and cleaned.get("child_nir") == cleaned.get("parent_nir"):
            self.add_error(
                "parent_nir", _("C'est le numéro de l'enfant. Écrivez celui du parent.")
            )
        refuse_another_birth(self, number="child_nir")
        return cleaned


@never_cache
@READ_OR_SEND
@door(frozenset({Role.FUND_AGENT}), nav="decision")
def decision(request: BoundRequest) -> HttpResponse:
    """Note a court's decision; the same words whether or not there is a record."""
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not codes.count("decision", str(request.viewer.user_id), limit=DECISIONS_AN_HOUR):
            return render(request, "429.html", status=429)
        said = form.cleaned_data
        record_decision(
            by=request.viewer,
            child_nir=said["child_nir"],
            born_on=said["born_on"],
            parent_nir=said["parent_nir"],
            suspends=said["decided"] == SUSPEND,
            reference=said["reference"],
        )
        messages.success(
            request,
            _(
                "C'est noté. Si ce parent représente cet enfant ici, la décision vaut dès"
                " maintenant."
            ),
        )
        return redirect("records:decision")
    status = 422 if form.errors else 200
    return render(request, "records/counter/decision.html", {"form": form}, status=status)
