"""Care said in the reader's language: phrases filled, dates and money formatted. No decision here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import formats, translation
from django.utils.translation import gettext as _, ngettext

from records.care import words


if TYPE_CHECKING:
    from records.care.words import Phrase, Value


def language() -> str:
    """Return the language of the page: ``fr`` or ``en``."""
    return "en" if (translation.get_language() or "fr").startswith("en") else "fr"


def long_date(day: dt.date) -> str:
    """« mardi 17 novembre 2026 »."""
    return formats.date_format(day, "l j F Y")


def day_and_month(day: dt.date) -> str:
    """« 17 novembre 2026 »."""
    return formats.date_format(day, "j F Y")


def month(day: dt.date) -> str:
    """« novembre 2026 »."""
    return formats.date_format(day, "F Y")


def euros(cents: int) -> str:
    """« 31,20 € », or « €31.20 » in English."""
    amount = formats.number_format(cents / 100, decimal_pos=2, use_l10n=True, force_grouping=True)
    return _("%(amount)s €") % {"amount": amount}


def show(value: Value) -> str:
    """Return a value of a phrase as the reader reads it."""
    return day_and_month(value) if isinstance(value, dt.date) else str(value)


def tell(phrase: Phrase) -> str:
    """Return a phrase of the care rules as a sentence in the reader's language."""
    return words.say(phrase, one=_, many=ngettext, show=show)
