"""What a professional ticks when the patient is there; each wrong answer has its sentence."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from dmp.forms import Explained, OneTimeCodeField


DAY, YEAR = "day", "year"


class PresenceForm(forms.Form):
    """For how long: 24 hours now, or a year once the patient has said yes."""

    lasting = forms.ChoiceField(
        label=_("Pour combien de temps ?"),
        choices=[
            (DAY, _("24 heures")),
            (
                YEAR,
                Explained(
                    _("1 an"), _("24 heures tout de suite ; 1 an quand le patient aura dit oui")
                ),
            ),
        ],
        initial=DAY,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une durée."),
            "invalid_choice": _("Choisissez l'une des deux durées."),
        },
    )


class PresenceCodeForm(PresenceForm):
    """The same, with the code that the patient says aloud."""

    code = OneTimeCodeField(
        label=_("Code que le patient vous dit"),
        error_messages={"required": _("Écrivez le code que le patient a reçu.")},
    )
    field_order = ("code", "lasting")
