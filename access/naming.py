"""Names of people and structures inside a sentence: « le Dr Petit », « au Dr Petit ».

French joins article and preposition, English has neither; the catalogue carries the difference.
Knows no model.
"""

from __future__ import annotations

import unicodedata

from django.utils.translation import get_language, gettext as _, pgettext


_VOWELS = ("a", "e", "i", "o", "u")
_MUTE_H = (
    "hect", "hel", "henr", "herm", "herv", "hil", "hipp", "hono", "hort", "hub", "hug", "hya",
)  # fmt: skip
_MASCULINE = ("dr ", "pr ", "cabinet ", "centre ", "laboratoire ", "service ", "samu ", "chu ")
_FEMININE = ("pharmacie ", "clinique ", "maison ", "polyclinique ", "résidence ")
_ELIDED = ("hôpital ", "hopital ", "établissement ", "institut ", "ehpad ", "équipe ")


def language() -> str:
    """Return the language of the page: ``fr`` or ``en``."""
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def the(name: str) -> str:
    """Return « le Dr Petit », « la Pharmacie du Port », « Nadia Benali »."""
    forms = {
        "le": _("le %(name)s"),
        "la": _("la %(name)s"),
        "l'": _("l'%(name)s"),
        "": "%(name)s",
    }
    return forms[_article(name)] % {"name": name}


def sentence_start(name: str) -> str:
    """Return the same at the head of a sentence: « Le Dr Petit »."""
    forms = {
        "le": _("Le %(name)s"),
        "la": _("La %(name)s"),
        "l'": _("L'%(name)s"),
        "": "%(name)s",
    }
    return forms[_article(name)] % {"name": name}


def hidden_from(name: str) -> str:
    """Return what follows « masquer »: « au Dr Petit », "from Dr Petit"."""
    forms = {
        "le": pgettext("masquer", "au %(name)s"),
        "la": pgettext("masquer", "à la %(name)s"),
        "l'": pgettext("masquer", "à l'%(name)s"),
        "": pgettext("masquer", "à %(name)s"),
    }
    return forms[_article(name)] % {"name": name}


def given_to(name: str) -> str:
    """Return what follows « donner, montrer »: « au Dr Petit », "to Dr Petit"."""
    forms = {
        "le": pgettext("montrer", "au %(name)s"),
        "la": pgettext("montrer", "à la %(name)s"),
        "l'": pgettext("montrer", "à l'%(name)s"),
        "": pgettext("montrer", "à %(name)s"),
    }
    return forms[_article(name)] % {"name": name}


def of(name: str) -> str:
    """Return what follows « le dossier »: « d'Angèle »; in English the name alone."""
    forms = {
        "de": pgettext("le dossier", "de %(name)s"),
        "d'": pgettext("le dossier", "d'%(name)s"),
    }
    return forms["d'" if _is_elided(name) else "de"] % {"name": name}


def helps(*, you: bool) -> str:
    """Return what a delegate does, said without a gender: of the holder to themselves, or not."""
    return _("vous aide") if you else _("aide à suivre ce dossier")


def represents(*, you: bool, guardian: bool = False) -> str:
    """Return what a representative does, said likewise."""
    if guardian:
        return _("exerce la tutelle")
    return _("vous représente") if you else _("représente cette personne")


def _is_elided(name: str) -> bool:
    """Tell whether a name begins by a vowel to the ear: Émile, Yves, Hélène; not Yann or Hamza."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("œ", "oe"))
    plain = "".join(one for one in letters if not unicodedata.combining(one))
    if plain.startswith("y"):
        return plain[1:2].isalpha() and plain[1] not in _VOWELS
    return plain.startswith((*_VOWELS, *_MUTE_H))


def _article(name: str) -> str:
    folded = name.casefold()
    if folded.startswith(_MASCULINE):
        return "le"
    if folded.startswith(_FEMININE):
        return "la"
    if folded.startswith(_ELIDED):
        return "l'"
    return ""
