"""What may be asked for, and from when on: general words, that rest on nothing. Reads nothing."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _


class Wanted(StrEnum):
    """What is asked for, in general."""

    RESULTS = "results"
    MEDICINES = "medicines"
    LETTERS = "letters"
    CARE = "care"
    OTHER = "other"


class Since(StrEnum):
    """From when on."""

    YEAR = "year"
    FIVE = "five"
    ALWAYS = "always"


def wanted_words() -> dict[Wanted, str]:
    """Return what may be asked for, in words."""
    return {
        Wanted.RESULTS: _("des résultats d'analyses ou d'imagerie"),
        Wanted.MEDICINES: _("des ordonnances ou des médicaments"),
        Wanted.LETTERS: _("des courriers ou des comptes rendus"),
        Wanted.CARE: _("des soins remboursés"),
        Wanted.OTHER: _("autre chose du dossier"),
    }


def since_words() -> dict[Since, str]:
    """Return from when on, in words."""
    return {
        Since.YEAR: _("des 12 derniers mois"),
        Since.FIVE: _("des 5 dernières années"),
        Since.ALWAYS: _("quelle que soit la date"),
    }
