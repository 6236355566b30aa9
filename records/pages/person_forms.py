"""Somebody typed: a number, a name and a date of birth that go together. Knows no document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from access.binding import today
from dmp.forms import DayField, miscounted, narrow
from records.identifiers import normalise_nir
from records.odd_letters import has_odd_letters, odd_letters_said
from records.traits import NIR_LENGTH, nir_contradicts_birth, nir_problem


if TYPE_CHECKING:
    import datetime as dt


OLDEST = 120  # years
# Not « digits »: a department of Corsica is 2A or 2B.
NIR_SHAPE = gettext_lazy("15 caractères, comme sur la carte Vitale ou l'attestation de droits.")


class NirField(forms.CharField):
    """A national number of 15 characters, spaces allowed; a wrong key says what to check."""

    default_error_messages = {
        "required": gettext_lazy("Écrivez le numéro de sécurité sociale."),
        "shape": gettext_lazy(
            "Ce numéro n'a pas la forme attendue : il n'a que des chiffres, sauf 2A ou 2B pour la"
            " Corse. Comparez avec la carte ou l'attestation."
        ),
        "key": gettext_lazy(
            "La clé (les 2 derniers chiffres) ne va pas avec ce numéro : l'un des deux est faux."
            " Comparez avec la carte ou l'attestation, caractère par caractère."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Numéro de sécurité sociale"))
        kwargs.setdefault("help_text", NIR_SHAPE)
        kwargs.setdefault("widget", narrow(20, maxlength=30, inputmode="text"))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the 15 characters."""
        nir = normalise_nir(str(super().clean(value)))
        problem = nir_problem(nir) if nir else ""
        if problem in {"short", "long"}:
            counted = miscounted(NIR_LENGTH - len(nir))
            expected = _("Le numéro de sécurité sociale a 15 caractères.")
            raise forms.ValidationError(f"{expected} {counted}", code=problem)
        if problem:
            raise forms.ValidationError(self.error_messages[problem], code=problem)
        return nir


def refuse_odd_letters(text: str) -> None:
    """Refuse letters that nobody types, before what was typed beside them is lost."""
    if has_odd_letters(text):
        raise forms.ValidationError(odd_letters_said())


def not_in_the_future(born_on: dt.date) -> dt.date:
    """Refuse a day of birth to come, or of another age."""
    oldest = today().replace(day=1).year - OLDEST
    if born_on > today() or born_on.year < oldest:
        raise forms.ValidationError(
            _("Vérifiez l'année de naissance : cette date n'est pas possible.")
        )
    return born_on


def refuse_another_birth(form: forms.Form, *, number: str) -> None:
    """Put an error on a number that isn't of that birth: a relative's is the usual mistake."""
    typed = form.cleaned_data
    if {number, "born_on"} <= typed.keys() and nir_contradicts_birth(
        typed[number], typed["born_on"]
    ):
        form.add_error(
            number,
            _(
                "Ce numéro et cette date de naissance ne vont pas ensemble. Comparez les deux"
                " avec la carte ou l'attestation."
            ),
        )


class TypedPersonForm(forms.Form):
    """Somebody by three facts: a number, a name of birth and a date of birth that go together."""

    nir = NirField()
    birth_name = forms.CharField(
        label=gettext_lazy("Nom de naissance"),
        max_length=100,
        widget=narrow(20),
        error_messages={"required": gettext_lazy("Recopiez le nom de naissance.")},
    )
    born_on = DayField(
        label=gettext_lazy("Date de naissance"),
        error_messages={
            "required": gettext_lazy("Recopiez la date de naissance, par exemple 27/03/1955.")
        },
    )

    def clean_born_on(self) -> dt.date:
        """Refuse a day to come, or of another age."""
        return not_in_the_future(self.cleaned_data["born_on"])

    def clean(self) -> dict[str, Any]:
        """Compare the number with the birth date."""
        cleaned: dict[str, Any] = super().clean() or {}
        refuse_another_birth(self, number="nir")
        return cleaned
