"""Template filters for days, hours, amounts and codes as people say them, in both languages."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext as _


if TYPE_CHECKING:
    from collections.abc import Sequence

register = template.Library()
#: Keeps a number and its unit on one line.
NBSP = "\N{NO-BREAK SPACE}"
_GROUP = 3
_CENTS = 100


def _local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    """Return the value on the clock of the people who read it."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _number_of_day(value: dt.date) -> str:
    """Return 1er for the first of a month in French, else the number."""
    return "1er" if value.day == 1 and _french() else str(value.day)


@register.filter
def day(value: dt.date | dt.datetime) -> str:
    """Return "17 novembre 2026"."""
    value = _local(value)
    return f"{_number_of_day(value)}{NBSP}{formatted(value, 'F Y')}"


@register.filter
def born(value: dt.date, sex: str) -> str:
    """Return "née le 14 mars 1955"; where the sex is said by nobody, words without a gender."""
    words = {"F": _("née le %(day)s"), "M": _("né le %(day)s")}
    return words.get(sex, _("naissance le %(day)s")) % {"day": day(value)}


@register.filter
def weekday(value: dt.date | dt.datetime) -> str:
    """Return "mardi 17 novembre 2026"."""
    value = _local(value)
    return f"{formatted(value, 'l')} {day(value)}"


@register.filter
def month(value: dt.date | dt.datetime) -> str:
    """Return "novembre 2026", the title of a month of care."""
    return formatted(_local(value), "F Y")


@register.filter
def month_alone(value: dt.date | dt.datetime) -> str:
    """Return "novembre", beside others of its year."""
    return formatted(_local(value), "F")


@register.filter
def hour(value: dt.datetime) -> str:
    """Return "18 h 10", or "18:10" in English."""
    value = timezone.localtime(value) if timezone.is_aware(value) else value
    if _french():
        return f"{value.hour}{NBSP}h{NBSP}{value.minute:02}"
    return f"{value.hour:02}:{value.minute:02}"


@register.filter
def moment(value: dt.datetime) -> str:
    """Return "mardi 17 novembre 2026 à 18 h 10"."""
    return _("%(day)s à %(hour)s") % {"day": weekday(value), "hour": hour(value)}


def span(first: dt.datetime, last: dt.datetime) -> str:
    """Return "mardi 17 novembre 2026 entre 18 h 10 et 19 h 40", of two moments of a day."""
    words = _("%(day)s entre %(first)s et %(last)s")
    return words % {"day": weekday(first), "first": hour(first), "last": hour(last)}


@register.filter
def euros(cents: int) -> str:
    """Return an amount given in cents as "31,20 €", or "€31.20" in English."""
    sign = "-" if cents < 0 else ""
    amount = number_format(
        Decimal(abs(cents)) / _CENTS, decimal_pos=2, use_l10n=True, force_grouping=True
    )
    return f"{sign}{amount}{NBSP}€" if _french() else f"{sign}€{amount}"


@register.filter
def figure(value: int) -> str:
    """Return a whole number as people read it: 1 399, or 1,399 in English."""
    return number_format(value, decimal_pos=0, force_grouping=True)


@register.filter
def listed(names: Sequence[str]) -> str:
    """Return "août, septembre et octobre"."""
    if len(names) == 1:
        return names[0]
    return _("%(first)s et %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


@register.filter
def as_nir(number: str) -> str:
    """Return a national number as cards print it: 2 55 03 29 155 951 84."""
    ends = (0, 1, 3, 5, 7, 10, 13, 15)
    return NBSP.join(number[a:b] for a, b in itertools.pairwise(ends))


@register.filter
def whole(code: str) -> str:
    """Return a code that isn't cut at its hyphens, where it has room."""
    return format_html('<span class="dmp-whole">{}</span>', code)


@register.filter
def in_threes(code: str) -> list[str]:
    """Return a code cut in groups of three, easy to read out: K7M 4PQ 9XR."""
    bare = "".join(code.split())
    return [bare[at : at + _GROUP] for at in range(0, len(bare), _GROUP)]
