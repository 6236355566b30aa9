"""Care said in the reader's language: phrases filled, dates and money formatted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _, ngettext

from dmp.templatetags import wording
from records.care import words


if TYPE_CHECKING:
    from records.care.words import Phrase, Value


def language() -> str:
    """Return the language of the page: ``fr`` or ``en``."""
    return "en" if (translation.get_language() or "fr").startswith("en") else "fr"


def long_date(day: dt.date | dt.datetime) -> str:
    """« mardi 17 novembre 2026 », on the clock of Paris."""
    return wording.weekday(day)


def day_and_month(day: dt.date | dt.datetime) -> str:
    """« 17 novembre 2026 », on the clock of Paris."""
    return wording.day(day)


def month(day: dt.date) -> str:
    """« novembre 2026 »."""
    return wording.month(day)


def month_alone(day: dt.date) -> str:
    """« novembre », beside others of its year."""
    return wording.month_alone(day)


def euros(cents: int) -> str:
    """« 31,20 € », or « €31.20 » in English."""
    return wording.euros(cents)


def show(value: Value) -> str:
    """Return a value of a phrase as the reader reads it."""
    return day_and_month(value) if isinstance(value, dt.date) else str(value)


def tell(phrase: Phrase) -> str:
    """Return a phrase of the care rules as a sentence in the reader's language."""
    return words.say(phrase, one=_, many=ngettext, show=show)
