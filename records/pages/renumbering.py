"""The fund agent's door to a change of number: one sentence, whatever is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache

from access import codes
from access.doors import READ_OR_SEND, door
from access.viewer import Role
from dmp.forms import DayField, narrow
from records.opening import change_number
from records.opening.renumbering import LONGEST_NAMES
from records.pages.person_forms import (
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


CHANGES_AN_HOUR = 30


class NumberForm(forms.Form):
    """Whose number it was, what it is now, and the given names where they changed with it."""

    former = NirField(
        label=gettext_lazy("Ancien numéro de sécurité sociale"),
        error_messages={"required": gettext_lazy("Écrivez l'ancien numéro.")},
    )
    born_on = DayField(
        label=gettext_lazy("Date de naissance"),
        error_messages={"required": gettext_lazy("Écrivez la date de naissance.")},
    )
    number = NirField(
        label=gettext_lazy("Nouveau numéro de sécurité sociale"),
        help_text=gettext_lazy("Tel qu'il est sur la nouvelle carte ou sur l'attestation."),
        error_messages={"required": gettext_lazy("Écrivez le nouveau numéro.")},
    )
    given_names = forms.CharField(
        label=gettext_lazy("Prénoms, s'ils ont changé"),
        help_text=gettext_lazy("Tous, dans l'ordre de l'état civil. Sinon, laissez vide."),
        required=False,
        max_length=LONGEST_NAMES,
        validators=[refuse_odd_letters],
        widget=narrow(20, maxlength=LONGEST_NAMES),
        error_messages={
            "max_length": gettext_lazy("Ces prénoms sont trop longs. Limite : 100 caractères."),
        },
    )

    def clean_born_on(self) -> dt.date:
        """Refuse a day to come, or of another age."""
        return not_in_the_future(self.cleaned_data["born_on"])

    def clean(self) -> dict[str, Any]:
        """Refuse one number typed twice, and a new one that isn't of this birth."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("former") and cleaned.get("former") == cleaned.get("number"):
            self.add_error("number", _("C'est l'ancien numéro. Écrivez le nouveau."))
        refuse_another_birth(self, number="number")
        return cleaned


@never_cache
@READ_OR_SEND
@door(frozenset({Role.FUND_AGENT}), nav="renumber")
def renumber(request: BoundRequest) -> HttpResponse:
    """Note a change of number; the same words whether or not there is a record."""
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not codes.count("renumber", str(request.viewer.user_id), limit=CHANGES_AN_HOUR):
            return render(request, "429.html", status=429)
        change_number(by=request.viewer, **form.cleaned_data)
        messages.success(
            request,
            _(
                "C'est noté. Le dossier d'une personne née ce jour-là, s'il y en a un sous"
                " l'ancien numéro, est maintenant sous le nouveau. Si le nouveau est déjà celui de"
                " quelqu'un d'autre, rien n'a changé."
            ),
        )
        return redirect("records:renumber")
    status = 422 if form.errors else 200
    return render(request, "records/counter/renumber.html", {"form": form}, status=status)
