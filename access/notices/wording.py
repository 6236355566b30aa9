"""The kinds of notices: what each says, neutral words only, and which leave at once.

Never a type, a title, a name. Reads nothing; to whom they go is not said here.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _, gettext_noop


ON_THE_SITE: Final = "site"
EMAIL: Final = "email"
BY_POST: Final = "post"
NEW_DOOR: Final = "new_door"
NEW_DOCUMENT: Final = "new_document"
WITHDRAWN: Final = "withdrawn"
TO_EXPLAIN: Final = "to_explain"
CHOICE_ENDS: Final = "choice_ends"
CONSENT: Final = "consent"
QUESTION: Final = "question"
REPRESENTATION: Final = "representation"
NUMBER: Final = "number"
ERASURE_ASKED: Final = "erasure_asked"
ERASURE_DONE: Final = "erasure_done"
CASE_ANSWERED: Final = "case_answered"
UNUSUAL: Final = ("unusual_first", "unusual_night", "unusual_rush")
EMERGENCY: Final = "emergency"
ATTEMPT: Final = "attempt"
PATIENT_OPENED: Final = "patient_opened"
SYNTHESIS_ASKED: Final = "synthesis_asked"
#: They leave at once, at night too, and a « non » doesn't silence them (policy section 4); nor
#: what can't be undone once it is done.
URGENT: Final = frozenset(
    {NEW_DOOR, REPRESENTATION, ERASURE_ASKED, ERASURE_DONE, EMERGENCY, PATIENT_OPENED}
)
#: A « non » doesn't silence these either. An attempt leaves with the next round: a telephone that
#: rings at once would tell who asked that there is a record.
INSISTENT: Final = URGENT | {ATTEMPT}

BODIES: Final = {
    NEW_DOOR: gettext_noop(
        "Une nouveauté dans %(record)s : quelqu'un peut le lire, ou le demande."
    ),
    REPRESENTATION: gettext_noop(
        "Un changement dans %(record)s : qui représente la personne à qui il est."
    ),
    NUMBER: gettext_noop(
        "Le numéro sous lequel est tenu %(record)s a changé. Si vous ne l'avez pas demandé,"
        " dites-le à la caisse."
    ),
    NEW_DOCUMENT: gettext_noop("Une nouveauté dans %(record)s."),
    WITHDRAWN: gettext_noop("Quelque chose a été retiré par son auteur dans %(record)s."),
    TO_EXPLAIN: gettext_noop(
        "Quelque chose attend, dans %(record)s, d'être expliqué par un médecin."
    ),
    CHOICE_ENDS: gettext_noop("Un choix fait dans %(record)s se termine dans sept jours."),
    QUESTION: gettext_noop("Un soignant vous pose une question dans %(record)s."),
    CONSENT: gettext_noop(
        "Un accord a été noté dans %(record)s. Vous pouvez le relire et le reprendre."
    ),
    ERASURE_ASKED: gettext_noop(
        "Une demande importante a été faite dans %(record)s. Elle peut encore être annulée."
    ),
    EMERGENCY: gettext_noop(
        "Quelqu'un vient d'ouvrir %(record)s sans votre accord préalable. Vous pouvez voir qui, et"
        " fermer cet accès."
    ),
    ATTEMPT: gettext_noop(
        "Quelqu'un a demandé à lire %(record)s et ne l'a pas pu. Vous pouvez voir qui."
    ),
    PATIENT_OPENED: gettext_noop(
        "Un confrère vient d'ouvrir le dossier d'un de vos patients, sans autorisation préalable."
        " Il est dans votre liste."
    ),
    SYNTHESIS_ASKED: gettext_noop(
        "Un ou plusieurs de vos patients vous demandent une synthèse. Ils sont en tête de votre"
        " liste."
    ),
    ERASURE_DONE: gettext_noop("C'est fait : il n'y a plus rien dans %(record)s."),
    CASE_ANSWERED: gettext_noop(
        "Une réponse à une question posée sur %(record)s vous attend sur le site."
    ),
    "unusual_first": gettext_noop(
        "Pour la première fois, quelqu'un d'un établissement a ouvert %(record)s. Voyez qui sur le"
        " site."
    ),
    "unusual_night": gettext_noop("Quelqu'un a ouvert %(record)s la nuit. Voyez qui sur le site."),
    "unusual_rush": gettext_noop(
        "Quelqu'un a ouvert %(record)s et plus de 20 autres en une heure. Voyez qui sur le site."
    ),
}


#: The same, where they are read on the site itself: it isn't named as if it were elsewhere.
_HERE: Final = {
    # Shown there once it was looked at: what is over isn't told as if it had just begun.
    EMERGENCY: gettext_noop(
        "Quelqu'un a ouvert %(record)s sans votre accord préalable. Voyez qui : « Qui a regardé »."
    ),
    CASE_ANSWERED: gettext_noop(
        "La réponse à un signalement sur %(record)s vous attend : « Qui a regardé »."
    ),
    "unusual_first": gettext_noop(
        "Pour la première fois, quelqu'un d'un établissement a ouvert %(record)s. Voyez qui :"
        " « Qui a regardé »."
    ),
    "unusual_night": gettext_noop(
        "Quelqu'un a ouvert %(record)s la nuit. Voyez qui : « Qui a regardé »."
    ),
    "unusual_rush": gettext_noop(
        "Quelqu'un a ouvert %(record)s et plus de 20 autres en une heure. Voyez qui : « Qui a"
        " regardé »."
    ),
}


def words(kind: str, *, own: bool, here: bool = False) -> str:
    """Return what is said, in the language of now; ``own`` says whose record it is about.

    ``here`` is for who reads it on the site.
    """
    named = _("votre dossier") if own else _("un dossier que vous suivez")
    said = _HERE.get(kind, BODIES[kind]) if here else BODIES[kind]
    return _(said) % {"record": named}
