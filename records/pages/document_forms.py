"""The questions of a deposit and of a withdrawal, in the depositor's words."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from access.binding import today
from dmp.forms import DayField, Explained
from records import reference
from records.contents import WrongContent, check_size
from records.deposits import types_for, usual_types
from records.dossier.telling import language


if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from records.deposits import Pen
    from records.reference import DocumentType

FLAGS: Final = ("masked", "unannounced", "secret", "about_another")
TAKEN: Final = ".pdf,.jpg,.jpeg,.png,.txt,application/pdf,image/jpeg,image/png,text/plain"


class DocumentFileField(forms.FileField):
    """A file of 1 byte to 10 MB: its size is told before it is read, its content after."""

    widget = forms.FileInput(attrs={"accept": TAKEN})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Fichier"))
        kwargs.setdefault("help_text", gettext_lazy("PDF, photo ou texte simple, 10 Mo au plus."))
        super().__init__(
            allow_empty_file=True,
            error_messages={"required": gettext_lazy("Choisissez un fichier.")},
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse what is too large without reading it."""
        given: UploadedFile[Any] | None = super().clean(data, initial)
        if given is not None:
            try:
                check_size(given.size or 0)
            except WrongContent as error:
                raise forms.ValidationError(str(error)) from error
        return given


class DepositForm(forms.Form):
    """What is deposited: the file, what it is and when; for professionals, who must not see it."""

    file = DocumentFileField()
    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=200,
        help_text=gettext_lazy("Par exemple : Radio du genou droit."),
        error_messages={
            "required": gettext_lazy("Donnez un titre à ce document."),
            "max_length": gettext_lazy(
                "Ce titre a %(show_value)d caractères. Limite : 200. Écrivez-le plus court."
            ),
        },
    )
    type_code = forms.ChoiceField(
        label=gettext_lazy("Type de document"),
        error_messages={
            "required": gettext_lazy("Choisissez le type de document."),
            "invalid_choice": gettext_lazy("Choisissez un type de la liste."),
        },
    )
    occurred_on = DayField(
        label=gettext_lazy("Date du soin"), help_text=gettext_lazy("Par exemple 12/05/2026")
    )
    masked = forms.BooleanField(
        label=gettext_lazy("Le masquer aux autres professionnels"),
        help_text=gettext_lazy(
            "À la demande du patient. Son médecin traitant et vous le voyez toujours."
        ),
        required=False,
    )
    unannounced = forms.BooleanField(
        label=gettext_lazy("Ne pas le montrer au patient avant de le lui annoncer"),
        help_text=gettext_lazy("Il s'ouvre dès que vous l'avez annoncé, ou au bout d'un mois."),
        required=False,
    )
    secret = forms.BooleanField(
        label=gettext_lazy("Ne pas le montrer aux parents"),
        help_text=gettext_lazy("À la demande du mineur, pour des soins donnés en secret."),
        required=False,
    )
    about_another = forms.BooleanField(
        label=gettext_lazy("Il parle aussi d'une autre personne"),
        help_text=gettext_lazy("Les représentants et les aidants ne le verront pas."),
        required=False,
    )

    def __init__(
        self, *args: Any, pen: Pen, of_minor: bool, profession: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["type_code"]
        types = [kind for kind in types_for(pen) if not kind.replaced]
        usual = usual_types(types, profession) if pen.is_professional else []
        first = [(_("Les plus courants"), [_option(kind) for kind in usual])] if usual else []
        rest = _choices([kind for kind in types if kind not in usual])
        field.choices = [("", _("Choisissez")), *first, *rest]
        dropped = set() if pen.is_professional else set(FLAGS)
        if not of_minor:
            dropped.add("secret")
        for name in dropped:
            del self.fields[name]

    def clean_occurred_on(self) -> Any:
        """Refuse a day that hasn't come or that nobody living has known."""
        day = self.cleaned_data["occurred_on"]
        if day > today():
            raise forms.ValidationError(
                _("Cette date n'est pas encore venue. Donnez la date du soin.")
            )
        if day.year < 1900:  # noqa: PLR2004  # as the use case
            raise forms.ValidationError(_("Cette date est trop ancienne. Donnez la date du soin."))
        return day


def _option(kind: DocumentType) -> tuple[str, str]:
    return kind.code, kind.en if language() == "en" else kind.fr


def _choices(types: list[DocumentType]) -> list[Any]:
    """Group the types under their classes, in the order of the alphabet; one needs no group."""
    named = [
        (reference.class_label(kind.class_code, language()), *_option(kind)) for kind in types
    ]
    named.sort(key=lambda one: (one[0], one[2]))
    groups = [
        (group, [(code, label) for _class, code, label in rows])
        for group, rows in groupby(named, key=lambda one: one[0])
    ]
    return groups if len(groups) > 1 else [choice for _group, rows in groups for choice in rows]


class WithdrawForm(forms.Form):
    """Why a document is withdrawn."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Pourquoi le retirer ?"),
        widget=forms.RadioSelect,
        choices=[
            ("mistake", gettext_lazy("Il a été déposé par erreur")),
            (
                "wrong person",
                Explained(
                    gettext_lazy("Il est à quelqu'un d'autre"),
                    gettext_lazy("Personne n'en recevra de copie."),
                ),
            ),
            ("replaced elsewhere", gettext_lazy("Un autre document le remplace")),
        ],
        error_messages={"required": gettext_lazy("Dites pourquoi vous retirez ce document.")},
    )


class VersionForm(forms.Form):
    """The file of a new version."""

    file = DocumentFileField()
