"""What naming a delegate asks: who, how to reach them, what they may see, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from access.binding import today
from access.circle import Scope
from access.circle.delegates import MONTHS_AT_MOST
from access.pages.lasting import DAY, MONTH, YEAR, LastingForm
from dmp.forms import DayField, Explained, MobileField, conditional, narrow
from records.days import same_day


if TYPE_CHECKING:
    import datetime as dt


EVERYTHING, SOME = "everything", "some"
READ, WRITE = "read", "write"
EMAIL, MOBILE = "email", "mobile"
KINDS = (
    ("medicines", _("Médicaments")),
    ("results", _("Résultats d'examens")),
    ("letters", _("Courriers, comptes rendus, synthèse médicale")),
    ("claims", _("Soins et remboursements")),
    ("entries", _("Profil médical : allergies, antécédents, volontés…")),
)
_WHAT = {
    "medicines": _("les ordonnances ; ce que la pharmacie a donné vient avec les remboursements"),
    "claims": _("24 mois de soins, avec les médicaments délivrés en pharmacie"),
}


class ScopeForm(LastingForm):
    """What a delegate may see, whether they may add, and until when: a year at most."""

    choices = (
        (YEAR, _("Pendant 1 an")),
        (MONTH, _("Pendant 1 mois")),
        (DAY, _("Jusqu'à une date")),
    )
    what = forms.ChoiceField(
        label=_("Que peut voir cette personne ?"),
        choices=[
            (SOME, _("Seulement ce que je choisis ci-dessous")),
            (
                EVERYTHING,
                Explained(
                    _("Tout le dossier"),
                    _("sauf ce que vous lui masquez, et ce qui est secret"),
                ),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Dites ce que cette personne peut voir."),
            "invalid_choice": _("Choisissez l'une des deux réponses."),
        },
    )
    kinds = conditional(
        forms.MultipleChoiceField(
            label=_("Si vous choisissez : quoi ?"),
            choices=[
                (kind, Explained(words, _WHAT[kind])) if kind in _WHAT else (kind, words)
                for kind, words in KINDS
            ],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": _("Choisissez dans la liste proposée.")},
        )
    )
    writing = forms.ChoiceField(
        label=_("Que peut faire cette personne ?"),
        choices=[
            (READ, _("Lire seulement")),
            (
                WRITE,
                Explained(
                    _("Lire, et ajouter des documents ou des informations"),
                    _("ce qui est ajouté reste dans ce dossier : vous pouvez le retirer"),
                ),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Dites si cette personne peut ajouter quelque chose."),
            "invalid_choice": _("Choisissez l'une des deux réponses."),
        },
    )
    field_order = ("name", "channel", "email", "mobile", "what", "kinds", "writing", "lasting",
                   "last_day")  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for the kinds where they were promised, and for an end within a year."""
        cleaned = super().clean()
        if cleaned.get("what") == SOME and "kinds" not in self.errors and not cleaned.get("kinds"):
            self.add_error("kinds", gettext("Cochez au moins une ligne, ou « Tout le dossier »."))
        day = cleaned.get("last_day")
        furthest = same_day(today(), months=MONTHS_AT_MOST)
        if cleaned.get("lasting") == DAY and day is not None and day > furthest:
            self.add_error(
                "last_day",
                gettext("Un aidant est choisi pour 1 an au plus. Écrivez un jour plus proche."),
            )
        return cleaned

    def scope(self) -> Scope:
        """Return what was chosen."""
        said = self.cleaned_data
        kinds = () if said["what"] == EVERYTHING else tuple(said["kinds"])
        last: dt.date | None = self.until()
        assert last is not None  # noqa: S101  # « always » is none of the choices
        return Scope(kinds, said["writing"] == WRITE, last)


class InviteForm(ScopeForm):
    """The same, and who is invited."""

    name = forms.CharField(
        label=_("Nom de cette personne"),
        help_text=_("Comme vous l'appelez : il n'est pas envoyé."),
        max_length=100,
        widget=narrow(20, maxlength=100),
        error_messages={
            "required": _("Écrivez le nom de cette personne."),
            "max_length": _("Ce nom est trop long. Limite : 100 caractères."),
        },
    )
    channel = forms.ChoiceField(
        label=_("Comment lui envoyer le code de l'invitation ?"),
        choices=[(EMAIL, _("Par e-mail")), (MOBILE, _("Par SMS"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez e-mail ou SMS."),
            "invalid_choice": _("Choisissez e-mail ou SMS."),
        },
    )
    email = conditional(
        forms.EmailField(
            label=_("Si par e-mail : son adresse"),
            max_length=200,
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
            error_messages={
                "invalid": _("Une adresse e-mail s'écrit comme ceci : paul@exemple.fr.")
            },
        )
    )
    mobile = conditional(MobileField(label=_("Si par SMS : son portable")))

    def clean(self) -> dict[str, Any]:
        """Ask for the address of the way that was chosen."""
        cleaned = super().clean()
        asked = {
            EMAIL: gettext("Écrivez son adresse e-mail."),
            MOBILE: gettext("Écrivez son portable."),
        }
        way = cleaned.get("channel")
        if way in asked and way not in self.errors and not cleaned.get(way):
            self.add_error(way, asked[way])
        return cleaned

    def address(self) -> str:
        """Return where the code goes."""
        address: str = self.cleaned_data[self.cleaned_data["channel"]]
        return address


class InvitationForm(forms.Form):
    """The code that arrived, and the birth date of who sent it."""

    code = forms.CharField(
        label=_("Code de l'invitation"),
        max_length=20,
        help_text=_("9 caractères, par exemple ACD EFG HJK."),
        widget=narrow(20, autocapitalize="characters", maxlength=20),
        error_messages={
            "required": _("Écrivez le code que vous avez reçu."),
            "max_length": _("Le code de l'invitation a 9 caractères."),
        },
    )
    born_on = DayField(
        label=_("Date de naissance de la personne dont vous suivrez le dossier"),
        help_text=_("Par exemple 27/03/1955. Elle vérifie que le code est arrivé à la bonne"
                    " adresse."),
        error_messages={"required": _("Écrivez la date de naissance de cette personne.")},
    )  # fmt: skip
