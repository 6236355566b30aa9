"""Until when: the one question doors and masks share. Forms only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from access.binding import today
from dmp.forms import DayField, conditional
from records.days import same_day


if TYPE_CHECKING:
    import datetime as dt


ALWAYS, MONTH, YEAR, DAY = "always", "month", "year", "day"
FURTHEST = 2200  # a year nobody means: 20227 typed for 2027


class LastingForm(forms.Form):
    """Until when: always, for a month or a year, or until a day that counts to its end."""

    lasting = forms.ChoiceField(
        label=_("Jusqu'à quand ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez jusqu'à quand."),
            "invalid_choice": _("Choisissez l'une des durées proposées."),
        },
    )
    last_day = conditional(
        DayField(
            label=_("Si vous choisissez une date : le dernier jour"),
            help_text=_("Par exemple 27/03/2027. Il compte jusqu'à minuit."),
        )
    )

    choices: tuple[tuple[str, Any], ...] = (
        (YEAR, _("Pendant 1 an")),
        (MONTH, _("Pendant 1 mois")),
        (ALWAYS, _("Sans date de fin")),
        (DAY, _("Jusqu'à une date")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lasting"]
        field.choices = self.choices
        field.initial = self.choices[0][0]

    def clean(self) -> dict[str, Any]:
        """Ask for the day where one was promised; refuse one that has passed."""
        cleaned = super().clean() or {}
        if cleaned.get("lasting") == DAY and "last_day" not in self.errors:
            day = cleaned.get("last_day")
            if day is None:
                self.add_error(
                    "last_day", gettext("Écrivez le dernier jour, par exemple 27/03/2027.")
                )
            elif day < today():
                self.add_error(
                    "last_day", gettext("Cette date est passée. Écrivez un jour à venir.")
                )
            elif day.year > FURTHEST:
                self.add_error(
                    "last_day", gettext("Cette année est trop lointaine. Vérifiez les 4 chiffres.")
                )
        return cleaned

    def until(self) -> dt.date | None:
        """Return the last day that counts; None for always."""
        lasting = self.cleaned_data["lasting"]
        if lasting == DAY:
            day: dt.date = self.cleaned_data["last_day"]
            return day
        if lasting == YEAR:
            return same_day(today(), months=12)
        if lasting == MONTH:
            return same_day(today(), months=1)
        return None


class MaskLastingForm(LastingForm):
    """The same for a mask, which holds always unless told otherwise."""

    choices = (
        (ALWAYS, _("Toujours")),
        (YEAR, _("Pendant 1 an")),
        (DAY, _("Jusqu'à une date")),
    )
