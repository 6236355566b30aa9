"""What an activation asks, step by step; each wrong answer has its sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from access import accounts
from dmp.forms import NEW_PASSWORD_HINT, AddressField, DayField, OneTimeCodeField


class LeafletForm(forms.Form):
    """The leaflet's code and the birth date."""

    code = forms.CharField(
        label=gettext_lazy("Code de la feuille"),
        max_length=20,
        help_text=gettext_lazy("9 caractères, par exemple ACD EFG HJK."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Écrivez le code de la feuille.")},
    )
    born_on = DayField(
        label=gettext_lazy("Date de naissance"),
        error_messages={"required": gettext_lazy("Écrivez votre date de naissance.")},
    )


class AccountForm(forms.Form):
    """The code of the letter where one was posted, the address and the password."""

    letter = OneTimeCodeField(
        label=gettext_lazy("Code de la lettre"),
        help_text=gettext_lazy("6 chiffres, dans la lettre arrivée chez vous par la poste."),
        error_messages={"required": gettext_lazy("Écrivez le code de la lettre.")},
    )
    email = AddressField()
    password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        help_text=NEW_PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
        error_messages={"required": gettext_lazy("Choisissez un mot de passe.")},
    )

    def __init__(self, *args: Any, by_letter: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_letter:
            del self.fields["letter"]

    def clean(self) -> dict[str, Any]:
        """Refuse an address already taken and a password too easy to guess."""
        cleaned: dict[str, Any] = super().clean() or {}
        for field, problem in accounts.check_new_account(
            email=cleaned.get("email", ""), password=cleaned.get("password", "")
        ):
            self.add_error(field, problem)
        return cleaned


class ChoicesForm(forms.Form):
    """Three choices, none ticked beforehand, each may be skipped."""

    YES_NO = [("yes", gettext_lazy("Oui")), ("no", gettext_lazy("Non"))]
    emergency = forms.ChoiceField(
        label=gettext_lazy(
            "En cas d'urgence, un médecin que vous ne connaissez pas peut-il regarder ?"
        ),
        help_text=gettext_lazy("Sans réponse, c'est oui."),
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    regulation = forms.ChoiceField(
        label=gettext_lazy("Le médecin du 15, au téléphone, peut-il regarder ?"),
        help_text=gettext_lazy("Sans réponse, c'est oui."),
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    notify_by = forms.ChoiceField(
        label=gettext_lazy("Vous prévenir quand quelqu'un regarde ?"),
        help_text=gettext_lazy(
            "Sans réponse, c'est non. Tout reste écrit dans « Qui a regardé »."
        ),
        choices=[
            ("email", gettext_lazy("Par e-mail")),
            ("sms", gettext_lazy("Par SMS")),
            ("post", gettext_lazy("Par courrier")),
            ("none", gettext_lazy("Non")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
