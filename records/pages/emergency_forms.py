"""What an opening without authorisation asks: who and why; each wrong answer has a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from access import emergency
from access.emergency import LONGEST_REASON, SHORTEST_REASON, Reason
from dmp.forms import narrow
from records.pages.identity_forms import words_of
from records.pages.person_forms import TypedPersonForm, refuse_odd_letters


if TYPE_CHECKING:
    from collections.abc import Sequence

    from records.cards import Beneficiary


class WhoForm(TypedPersonForm):
    """Who it is: one of a card's people, none chosen; or a number, a name and a birth date."""

    person = forms.TypedChoiceField(
        label=gettext_lazy("Pour qui ?"),
        widget=forms.RadioSelect,
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choisissez la personne."),
            "invalid_choice": gettext_lazy("Choisissez la personne."),
        },
    )

    def __init__(self, *args: Any, people: Sequence[Beneficiary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        unasked = ("nir", "birth_name", "born_on") if people else ("person",)
        if len(people) == 1:
            unasked = ("person", *unasked)
        for name in unasked:
            del self.fields[name]
        if "person" in self.fields:
            choices = [(index, words_of(one.traits)) for index, one in enumerate(people)]
            self.fields["person"].choices = choices  # type: ignore[attr-defined]

    def sought(self) -> emergency.Sought:
        """Return the person who was chosen or typed."""
        if not self.people:
            typed = self.cleaned_data
            return emergency.Sought(typed["nir"], typed["birth_name"], typed["born_on"])
        one = self.people[self.cleaned_data.get("person", 0)]
        return emergency.Sought(one.nir, one.traits.birth_name, one.traits.born_on, one.traits)


class EmergencyForm(WhoForm):
    """Eight hours: one of three reasons, and why in the doctor's own words."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Pourquoi maintenant ?"),
        widget=forms.RadioSelect,
        choices=Reason.choices,
        error_messages={
            "required": gettext_lazy("Choisissez une raison."),
            "invalid_choice": gettext_lazy("Choisissez une raison."),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("Ce qui se passe, en quelques mots"),
        help_text=gettext_lazy(
            "15 caractères au moins. La personne le lira : écrivez ce que vous lui diriez."
        ),
        max_length=LONGEST_REASON,
        validators=[refuse_odd_letters],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Écrivez ce qui se passe, en 15 caractères au moins."),
        },
    )

    def clean_text(self) -> str:
        """Return the words, without what only makes them longer."""
        text = " ".join(self.cleaned_data["text"].split())
        if len(text) < SHORTEST_REASON:
            raise forms.ValidationError(
                _("Écrivez ce qui se passe, en 15 caractères au moins. Vous en avez écrit %(n)d.")
                % {"n": len(text)}
            )
        return text


class CallForm(WhoForm):
    """One hour: the reference of the call."""

    reference = forms.CharField(
        label=gettext_lazy("Référence de l'appel"),
        help_text=gettext_lazy("Celle du dossier de régulation."),
        max_length=60,
        validators=[refuse_odd_letters],
        widget=narrow(20),
        error_messages={"required": gettext_lazy("Écrivez la référence de l'appel.")},
    )
