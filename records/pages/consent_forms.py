"""What a person agrees to and how to reach them; each wrong answer has its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language, gettext as _, gettext_lazy

from access import channels
from access.binding import today
from dmp.forms import AddressField, MobileField, narrow
from records.opening import Contact


if TYPE_CHECKING:
    from records.pages.drafts import Opening


NO_CONSENT = gettext_lazy("Sans accord, pas de dossier. Posez la question, puis cochez.")


def _yes_no(label: Any, why: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=why,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
        choices=[("yes", gettext_lazy("Oui")), ("no", gettext_lazy("Non"))],
        error_messages={
            "invalid_choice": gettext_lazy("Répondez oui ou non, ou laissez sans réponse.")
        },
    )


class ConsentForm(forms.Form):
    """The person's agreement and their two choices about emergencies. Nothing is ticked before."""

    emergency = _yes_no(
        gettext_lazy("En cas d'urgence, un médecin que vous ne connaissez pas peut-il regarder ?"),
        gettext_lazy("Vous le saurez toujours. Sans réponse, c'est oui."),
    )
    regulation = _yes_no(
        gettext_lazy("Le médecin du 15, au téléphone, peut-il regarder ?"),
        gettext_lazy("Sans réponse, c'est oui."),
    )

    def __init__(
        self, *args: Any, who: list[tuple[str, Any]], unsaid: Any = NO_CONSENT, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(who) == 1:
            consent: forms.Field = forms.BooleanField(label=who[0][1])
        else:
            consent = forms.ChoiceField(
                label=gettext_lazy("Qui donne son accord ?"),
                widget=forms.RadioSelect,
                choices=who,
            )
        consent.error_messages |= {"required": unsaid, "invalid_choice": unsaid}
        self.fields = {"consent": consent, **self.fields}

    def refused(self, name: str) -> bool | None:
        """Return whether a question was answered no; None where it was left open."""
        answer = self.cleaned_data.get(name)
        return None if not answer else answer == "no"


class OwnSignInForm(forms.Form):
    """The mobile of a minor who wants a sign-in of their own: it gets the second code."""

    mobile = MobileField(
        label=gettext_lazy("Son propre portable"),
        help_text=gettext_lazy("Pas celui d'un parent : il reçoit le code de chaque connexion."),
        error_messages={"required": gettext_lazy("Écrivez son propre portable.")},
    )


class CounterConsentForm(ConsentForm):
    """The same at a counter, with how to reach the person and the language of their leaflet."""

    mobile = MobileField(
        error_messages={
            "required": gettext_lazy(
                "Écrivez un portable, ou cochez « Pas de portable : code par courrier »."
            )
        },
        help_text=gettext_lazy(
            "Pour le code de connexion et les alertes. Jamais rien de la santé."
        ),
    )
    by_post = forms.BooleanField(
        label=gettext_lazy("Pas de portable : code par courrier"),
        help_text=gettext_lazy("Une lettre part à l'adresse que connaît sa caisse."),
        required=False,
    )
    email = AddressField(
        required=False,
        max_length=254,
        widget=narrow(20, type="email", inputmode="email"),
        error_messages={
            "invalid": gettext_lazy(
                "Une adresse e-mail a la forme nom@exemple.fr. Corrigez-la, ou laissez vide."
            )
        },
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Langue des messages"),
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
        choices=[("fr", "Français"), ("en", "English")],
        error_messages={
            "required": gettext_lazy("Choisissez français ou anglais."),
            "invalid_choice": gettext_lazy("Choisissez français ou anglais."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"language": (get_language() or "fr")[:2]})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask for a mobile or for the post, one of them."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("mobile") and cleaned.get("by_post"):
            self.add_error(
                "by_post",
                _("Vous avez écrit un portable et coché « Pas de portable » : choisissez."),
            )
        if cleaned.get("by_post") and not channels.reaches("post"):
            self.add_error(
                "by_post", _("L'envoi de lettres n'est pas installé ici. Il faut un portable.")
            )
        elif cleaned.get("by_post") and self.has_error("mobile", "required"):
            del self.errors["mobile"]
            cleaned["mobile"] = ""
        return cleaned

    def contact(self) -> Contact:
        """Return how to reach the person."""
        typed = self.cleaned_data
        return Contact(
            mobile=typed["mobile"], email=typed["email"], by_post=bool(typed["by_post"])
        )


def who_agrees(opening: Opening) -> list[tuple[str, Any]]:
    """Return who may agree: the person, or for a minor each adult of the card."""
    person = opening.person.traits
    if not person.is_minor_on(today()):
        return [("self", _("La personne est d'accord"))]
    words = _("%(parent)s, parent présent, est d'accord pour %(child)s")
    return [
        (
            str(index),
            words % {"parent": adult.traits.full_name, "child": person.first_given},
        )
        for index, adult in opening.adults(today())
    ]
