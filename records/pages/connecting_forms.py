"""What somebody who opens their own record is asked; each wrong answer has its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from access import accounts
from dmp.forms import NEW_PASSWORD_HINT, AddressField, DayField, OneTimeCodeField, narrow
from records.pages.person_forms import NirField


if TYPE_CHECKING:
    import datetime as dt

    from records.pages.drafts import Opening


_SERIAL_LENGTHS = range(8, 21)


class CardForm(forms.Form):
    """The number and the card, as they are written on the card."""

    nir = NirField()
    serial = forms.CharField(
        label=gettext_lazy("Numéro de série de la carte"),
        help_text=gettext_lazy("En bas de la carte, sous la photo : il commence par 80."),
        max_length=40,
        widget=narrow(20, inputmode="numeric", maxlength=40),
        error_messages={"required": gettext_lazy("Recopiez le numéro de série de la carte.")},
    )

    def clean_serial(self) -> str:
        """Return the digits alone."""
        serial = "".join(self.cleaned_data["serial"].split())
        if not (serial.isascii() and serial.isdigit() and len(serial) in _SERIAL_LENGTHS):
            raise forms.ValidationError(
                _("Le numéro de série n'a que des chiffres et commence par 80. Recopiez-le.")
            )
        return serial


class CodeForm(forms.Form):
    """The code the fund sent."""

    code = OneTimeCodeField(
        label=gettext_lazy("Code à 6 chiffres"),
        error_messages={"required": gettext_lazy("Écrivez le code que vous avez reçu.")},
    )


class BirthForm(forms.Form):
    """The fifth trait, said by the person: the four others are shown to be compared."""

    born_on = DayField(
        label=gettext_lazy("Votre date de naissance"),
        error_messages={"required": gettext_lazy("Écrivez votre date de naissance.")},
        widget=forms.DateInput(
            format="%d/%m/%Y",
            attrs={"class": "govuk-input--width-10", "autocomplete": "bday", "maxlength": 10},
        ),
    )

    def __init__(self, *args: Any, opening: Opening, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opening = opening

    def clean_born_on(self) -> dt.date:
        """Stop where it isn't the day the fund knows."""
        typed: dt.date = self.cleaned_data["born_on"]
        if typed != self.opening.person.traits.born_on:
            raise forms.ValidationError(
                _(
                    "Ce n'est pas la date que connaît votre caisse. Vérifiez-la ; si elle est"
                    " juste, demandez à votre caisse de corriger votre identité."
                )
            )
        return typed


class AccountForm(forms.Form):
    """The address and the password of the account to come."""

    email = AddressField(
        help_text=gettext_lazy("Elle reçoit un code à chaque connexion."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "govuk-input--width-20"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        help_text=NEW_PASSWORD_HINT,
        max_length=200,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "class": "govuk-input--width-20"}
        ),
        error_messages={"required": gettext_lazy("Choisissez un mot de passe.")},
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an address already taken and a password too easy to guess."""
        cleaned: dict[str, Any] = super().clean() or {}
        for field, problem in accounts.check_new_account(
            email=cleaned.get("email", ""), password=cleaned.get("password", "")
        ):
            self.add_error(field, problem)
        return cleaned
