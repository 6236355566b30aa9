"""Who a record is opened for: number, traits, document; each wrong answer has its sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from access.binding import today
from access.naming import of
from dmp.forms import DayField, Explained, narrow
from records.cards import Beneficiary
from records.opening import Document
from records.pages.person_forms import NirField, not_in_the_future
from records.traits import Traits, nir_contradicts


if TYPE_CHECKING:
    import datetime as dt

    from records.pages.drafts import Opening


_PLACE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)


def words_of(traits: Traits) -> str:
    """Return « Léo Le Goff, 8 ans »."""
    age = traits.age_on(today())
    years = ngettext("%(n)d an", "%(n)d ans", age) % {"n": age}
    return f"{traits.full_name}, {years}"


def _all(sentence: Any) -> dict[str, Any]:
    """Say the same of no choice and of one that isn't proposed."""
    return {"required": sentence, "invalid_choice": sentence}


class IdentityForm(forms.Form):
    """The identity document beside the card: four traits to compare, the fifth typed blind."""

    document = forms.ChoiceField(
        label=gettext_lazy("Quelle pièce d'identité avez-vous sous les yeux ?"),
        widget=forms.RadioSelect,
        error_messages=_all(gettext_lazy("Dites quelle pièce vous avez regardée.")),
    )
    born_on = DayField(
        label=gettext_lazy("Date de naissance, lue sur la pièce ou dite par la personne"),
        error_messages={
            "required": gettext_lazy(
                "Recopiez la date de naissance lue sur la pièce, ou celle que dit la personne."
            )
        },
    )

    def __init__(self, *args: Any, opening: Opening, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opening = opening
        person = opening.person.traits
        choices: list[tuple[str, Any]] = [
            (Document.IDENTITY_CARD.value, Document.IDENTITY_CARD.label),
            (Document.PASSPORT.value, Document.PASSPORT.label),
            (Document.PERMIT.value, Document.PERMIT.label),
        ]
        if person.is_minor_on(today()):
            choices.append((Document.FAMILY_BOOK.value, Document.FAMILY_BOOK.label))
        without = Explained(
            Document.NONE.label,
            gettext_lazy(
                "demandez sa date de naissance à la personne ; l'identité reste non vérifiée :"
                " aucun document ne pourra être ajouté"
            ),
        )
        choices.append((Document.NONE.value, without))
        self.fields["document"].choices = choices  # type: ignore[attr-defined]
        self.fields["document"].widget.choices = choices

    def clean_born_on(self) -> dt.date:
        """Stop where the document isn't the chosen person's, and say whose it may be."""
        typed: dt.date = self.cleaned_data["born_on"]
        chosen = self.opening.person.traits
        if typed == chosen.born_on:
            return typed
        others = [p.traits for p in self.opening.people if p.traits.born_on == typed]
        said = {"typed": date_format(typed, "d/m/Y"), "chosen": words_of(chosen)}
        said["whose"] = of(said["chosen"])
        if others:
            raise forms.ValidationError(
                _(
                    "Ce n'est pas la même personne. Vous avez choisi %(chosen)s ; la pièce est"
                    " celle %(other)s, sur la même carte. Changez de personne."
                )
                % (said | {"other": of(words_of(others[0]))}),
                code="another",
            )
        raise forms.ValidationError(
            _(
                "La pièce dit %(typed)s, ce n'est pas la date de naissance %(whose)s. Ne créez"
                " pas ce dossier : vérifiez que la pièce est bien la sienne."
            )
            % said,
            code="differs",
        )


class TypedIdentityForm(forms.Form):
    """Without a card: the number of the insurance certificate and the traits of the document."""

    nir = NirField()
    document = forms.ChoiceField(
        label=gettext_lazy("Pièce d'identité"),
        widget=forms.RadioSelect,
        choices=[
            (Document.IDENTITY_CARD.value, Document.IDENTITY_CARD.label),
            (Document.PASSPORT.value, Document.PASSPORT.label),
            (Document.PERMIT.value, Document.PERMIT.label),
        ],
        error_messages=_all(
            gettext_lazy("Sans carte Vitale, il faut une pièce d'identité : dites laquelle.")
        ),
    )
    birth_name = forms.CharField(
        label=gettext_lazy("Nom de naissance"),
        max_length=100,
        widget=narrow(20),
        error_messages={"required": gettext_lazy("Recopiez le nom de naissance.")},
    )
    given_names = forms.CharField(
        label=gettext_lazy("Tous les prénoms, dans l'ordre de la pièce"),
        max_length=200,
        widget=narrow(20),
        error_messages={"required": gettext_lazy("Recopiez tous les prénoms.")},
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sexe"),
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
        choices=[("F", gettext_lazy("Féminin")), ("M", gettext_lazy("Masculin"))],
        error_messages=_all(gettext_lazy("Dites le sexe écrit sur la pièce.")),
    )
    born_on = DayField(
        label=gettext_lazy("Date de naissance"),
        error_messages={
            "required": gettext_lazy("Recopiez la date de naissance, par exemple 27/03/1955.")
        },
    )
    birthplace = forms.CharField(
        label=gettext_lazy("Code du lieu de naissance"),
        help_text=gettext_lazy(
            "5 caractères, sur l'attestation : 35238 pour Rennes, 2A004 pour Ajaccio, 99 et le"
            " code du pays à l'étranger."
        ),
        max_length=8,
        widget=narrow(5, maxlength=8),
        error_messages={"required": gettext_lazy("Recopiez le code du lieu de naissance.")},
    )

    def clean_born_on(self) -> dt.date:
        """Refuse a day to come, or of another age."""
        return not_in_the_future(self.cleaned_data["born_on"])

    def clean_birthplace(self) -> str:
        """Return the code in capitals."""
        place = "".join(self.cleaned_data["birthplace"].split()).upper()
        if not _PLACE.fullmatch(place):
            raise forms.ValidationError(
                _("Le code du lieu a 5 caractères, par exemple 35238, ou 2A004 en Corse.")
            )
        return place

    def clean(self) -> dict[str, Any]:
        """Compare the number with the document: a parent's number is the usual mistake."""
        cleaned: dict[str, Any] = super().clean() or {}
        needed = {"nir", "birth_name", "given_names", "sex", "born_on", "birthplace"}
        if not needed <= cleaned.keys():
            return cleaned
        traits = self.traits()
        wrong = nir_contradicts(cleaned["nir"], traits)
        words = {
            "sex": _("le sexe"),
            "year": _("l'année de naissance"),
            "month": _("le mois de naissance"),
        }
        if wrong:
            self.add_error(
                "nir",
                _(
                    "Ce numéro n'est pas celui de cette personne : %(what)s ne correspond pas à la"
                    " pièce. C'est souvent le numéro d'un parent. Ne créez pas ce dossier avant"
                    " d'avoir le bon numéro."
                )
                % {"what": words[wrong]},
            )
        elif traits.is_minor_on(today()):
            self.add_error(
                "born_on",
                _(
                    "Pour un mineur, il faut la carte Vitale du parent : c'est elle qui dit qui le"
                    " représente."
                ),
            )
        return cleaned

    def traits(self) -> Traits:
        """Return the traits that were typed."""
        typed = self.cleaned_data
        return Traits(
            birth_name=" ".join(typed["birth_name"].split()),
            given_names=" ".join(typed["given_names"].split()),
            sex=typed["sex"],
            born_on=typed["born_on"],
            birthplace=typed["birthplace"],
        )

    def beneficiary(self) -> Beneficiary:
        """Return the person that was typed."""
        return Beneficiary(self.cleaned_data["nir"], self.traits())
