"""What the holder says of themselves, asked kind by kind. Forms only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext as _, gettext_lazy, pgettext

from dmp.forms import Explained, conditional
from records import entries as profile


if TYPE_CHECKING:
    import uuid


#: The title of a form: what is added, or written anew.
ADDED: Final = {
    "blood_group": gettext_lazy("Ajouter un groupe sanguin"),
    "allergy": gettext_lazy("Ajouter une allergie"),
    "treatment": gettext_lazy("Ajouter un traitement"),
    "history": gettext_lazy("Ajouter un antécédent"),
    "vaccination": gettext_lazy("Ajouter une vaccination"),
    "measure": gettext_lazy("Ajouter une mesure"),
    "contact": gettext_lazy("Ajouter une personne à prévenir"),
    "trusted_person": gettext_lazy("Ajouter une personne de confiance"),
    "wishes": gettext_lazy("Ajouter des volontés"),
}
CHANGED: Final = {
    "blood_group": gettext_lazy("Modifier le groupe sanguin"),
    "allergy": gettext_lazy("Modifier l'allergie"),
    "treatment": gettext_lazy("Modifier le traitement"),
    "history": gettext_lazy("Modifier l'antécédent"),
    "vaccination": gettext_lazy("Modifier la vaccination"),
    "measure": gettext_lazy("Modifier la mesure"),
    "contact": gettext_lazy("Modifier la personne à prévenir"),
    "trusted_person": gettext_lazy("Modifier la personne de confiance"),
    "wishes": gettext_lazy("Modifier les volontés"),
}


class EntryForm(forms.Form):
    """One form for every kind: it keeps the fields its kind asks."""

    value = forms.ChoiceField(
        label=gettext_lazy("Groupe sanguin"),
        widget=forms.RadioSelect,
        choices=[(group, group) for group in profile.BLOOD_GROUPS],
        error_messages={"required": gettext_lazy("Choisissez un groupe sanguin dans la liste.")},
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("Y a-t-il une allergie ?"),
        widget=forms.RadioSelect,
        choices=[
            ("known", gettext_lazy("Oui")),
            ("none", gettext_lazy("Aucune allergie connue")),
            (
                "not_asked",
                Explained(
                    gettext_lazy("Pas encore demandé"),
                    gettext_lazy("Aucun professionnel n'a encore posé la question."),
                ),
            ),
        ],
        error_messages={
            "required": gettext_lazy("Dites s'il y a une allergie : choisissez une réponse.")
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Nom et prénom"),
        max_length=profile.MAX_NAME,
        error_messages={"required": gettext_lazy("Donnez le nom de cette personne.")},
    )
    relation = forms.CharField(
        label=gettext_lazy("Lien avec la personne"), max_length=profile.MAX_NAME, required=False
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=25,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "off", "class": "govuk-input--width-20"}
        ),
        error_messages={"required": gettext_lazy("Donnez son téléphone.")},
    )
    text = forms.CharField(
        label=gettext_lazy("En quelques mots"),
        max_length=profile.MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Écrivez quelques mots.")},
    )
    on_emergency_card = forms.BooleanField(
        label=gettext_lazy("Montrer à un médecin en cas d'urgence"),
        help_text=gettext_lazy("Même si vous masquez cette information par ailleurs."),
        required=False,
    )

    FIELDS = {
        "blood_group": ("value",),
        "allergy": ("answer", "text"),
        "contact": ("name", "relation", "phone"),
        "trusted_person": ("name", "relation", "phone"),
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What was written since by somebody else, and would be replaced.
        self.since: tuple[uuid.UUID, ...] = ()
        kept = {*self.FIELDS.get(kind, ("text",)), "on_emergency_card"}
        for name in set(self.fields) - kept:
            del self.fields[name]
        if kind == "allergy":
            conditional(self.fields["text"]).label = _("Si oui, à quoi ?")

    def ask_the_holder(self) -> None:
        """Say « you » of the person, where a language needs it."""
        if "relation" in self.fields:
            # The bound one: what a wrong answer was found on has its label already.
            self["relation"].label = pgettext("au titulaire", "Lien avec la personne")
