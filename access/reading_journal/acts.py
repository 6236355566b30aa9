"""The words of one act in the journal: what was done, and to or for whom. Reads nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _, ngettext

from access import naming
from access.journal import RULE, Action
from access.reading_journal.known import PEOPLE
from records import reference
from records.deposits.reasons import WRONG_PERSON


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from access.elements import Named
    from access.models import JournalEvent
    from access.viewer import Viewer


_AIMED = {
    Action.MASKED.value, Action.UNMASKED.value, Action.SHARED.value, Action.SHARE_ENDED.value,
    Action.SEEN_AS.value, Action.DELEGATE_NAMED.value, Action.DELEGATE_CHANGED.value,
    Action.DELEGATE_ENDED.value, Action.REPRESENTATION_RESTORED.value,
    Action.REPRESENTATION_SUSPENDED.value,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """What the words of a page of the journal may rest on, all of it given by the gate."""

    by: Viewer
    by_holder: bool
    titles: Mapping[uuid.UUID, Named]
    silent: set[uuid.UUID]
    names: Mapping[uuid.UUID, str]
    #: When the versions of the synthesis that the reader can tell apart were signed.
    signed: Collection[dt.datetime] = ()


def about_whom(event: JournalEvent) -> uuid.UUID | None:
    """Return the professional or structure an event is about, or was aimed at."""
    if event.element_kind in PEOPLE:
        return event.element_id
    if event.act not in _AIMED:
        return None
    try:
        return uuid.UUID(event.reason.rpartition(":")[2])
    except ValueError:
        return None


def _hidden_from(event: JournalEvent, name: str) -> str:
    if name:
        return naming.hidden_from(name)
    if "profession:" in event.reason:
        code = event.reason.rpartition(":")[2]
        label = reference.profession_label(code, naming.language())
        return _("à toute une profession (%(name)s)") % {"name": label or code}
    return _("à tous les professionnels")


def _eyes(event: JournalEvent) -> str:
    """Whose eyes somebody looked through, where it was no professional and no structure."""
    words = {
        "delegate": _("une personne qui aide à suivre ce dossier"),
        "representative": _("une personne qui a la représentation légale"),
        "emergency": _("un médecin, en urgence"),
    }
    return words.get(event.reason.partition(":")[0], _("un professionnel"))


def _withdrawn(reason: str, times: int) -> str:
    """Say that an author took documents back, and why (policy, line 2)."""
    words = {
        "mistake": ngettext(
            "retiré un document (déposé par erreur)",
            "retiré %(count)s documents (déposés par erreur)",
            times,
        ),
        WRONG_PERSON: ngettext(
            "retiré un document (il est à quelqu'un d'autre)",
            "retiré %(count)s documents (ils sont à quelqu'un d'autre)",
            times,
        ),
        "replaced elsewhere": ngettext(
            "retiré un document (un autre le remplace)",
            "retiré %(count)s documents (d'autres les remplacent)",
            times,
        ),
    }
    return words.get(reason) or ngettext("retiré un document", "retiré %(count)s documents", times)


def _gp_declared(event: JournalEvent) -> str:
    """Say who was declared; by whom the person is with, that it waits for them."""
    if event.door not in {"counter", "presence"}:
        return _("déclaré %(the)s comme médecin traitant")
    if event.actor_professional_id == event.element_id:
        return _("demandé à être médecin traitant")
    return _("noté %(the)s comme médecin traitant à confirmer")


def act_words(event: JournalEvent, context: Context, times: int = 1) -> str:
    """Return what an event did, as a past participle and what follows it; ``times``, how often."""
    key = about_whom(event)
    name = context.names.get(key, "") if key else ""
    values = {
        "to": naming.given_to(name) if name else _("à quelqu'un"),
        "hidden": _hidden_from(event, name),
        "the": naming.the(name) if name else _("un professionnel"),
        "helper": name or _("un proche"),
        "eyes": naming.the(name) if name else _eyes(event),
        "count": times,
    }
    words = {
        Action.ACTIVATED: _("activé le compte"),
        Action.ARCHIVE_TAKEN: _("emporté une copie du dossier"),
        Action.ASKED_TO_SEE: _("demandé à voir quelque chose"),
        Action.BLOCKED: _("bloqué %(the)s"),
        Action.CASE_ANSWERED: _("répondu à un signalement"),
        Action.CASE_OPENED: _("signalé ne pas connaître %(the)s"),
        Action.CASE_WITHDRAWN: _("retiré un signalement sur %(the)s"),
        Action.CAME_OF_AGE: _("relu les accès à la majorité"),
        Action.CIRCLE_ASKED: _("demandé à lire le dossier"),
        Action.CIRCLE_ENDED: _("retiré l'accès donné %(to)s"),
        Action.CIRCLE_GIVEN: _("donné accès %(to)s"),
        Action.CLOSED: _("fermé le dossier"),
        Action.CODE_RENEWED: _("imprimé un nouveau code d'activation"),
        Action.CONSENT_ENDED: _("repris un accord sur des mots de la synthèse"),
        Action.CONSENT_RECORDED: _("noté un accord sur des mots de la synthèse"),
        Action.DELEGATE_CHANGED: _("changé ce que voit %(helper)s"),
        Action.DELEGATE_ENDED: _("retiré l'accès de %(helper)s"),
        Action.DELEGATE_INVITED: _("invité quelqu'un à suivre le dossier"),
        Action.DELEGATE_NAMED: _("accepté de suivre le dossier"),
        Action.DEPOSITED: ngettext("déposé un document", "déposé %(count)s documents", times),
        Action.EMERGENCY_CHOICES: _("choisi pour les cas d'urgence"),
        Action.EMERGENCY_ENDED: _("fermé l'accès pris en urgence par %(the)s"),
        Action.EMERGENCY_OPENED: ngettext(
            "ouvert un accès d'urgence",
            "ouvert %(count)s accès d'urgence",
            times,
        ),
        Action.EMERGENCY_REFUSED: _("demandé un accès d'urgence, qui a été refusé"),
        Action.EMERGENCY_SEEN: _("regardé l'accès pris en urgence par %(the)s"),
        Action.ENTRY_WITHDRAWN: ngettext(
            "retiré une information du profil médical",
            "retiré %(count)s informations du profil médical",
            times,
        ),
        Action.ENTRY_WRITTEN: _("écrit dans le profil médical"),
        Action.ERASURE_ASKED: _("demandé que tout soit détruit"),
        Action.ERASURE_TAKEN_BACK: _("annulé la demande que tout soit détruit"),
        Action.EXISTENCE_ASKED: _("vérifié si le dossier existe"),
        Action.GP_CONFIRMED: _("confirmé %(the)s comme médecin traitant"),
        Action.GP_DECLARED: _gp_declared(event),
        Action.GP_ENDED: _("retiré %(the)s comme médecin traitant"),
        Action.MASKED: ngettext(
            "masqué un élément %(hidden)s",
            "masqué %(count)s éléments %(hidden)s",
            times,
        ),
        Action.NUMBER_CHANGED: _("changé le numéro de sécurité sociale du dossier"),
        Action.OPENED: _("créé le dossier"),
        Action.QUESTION_CLOSED: _("traité une question d'un soignant"),
        Action.RELEASED: ngettext(
            "rendu un document visible",
            "rendu %(count)s documents visibles",
            times,
        ),
        Action.REOPENED: _("rouvert le dossier"),
        Action.REPLACED: _("déposé une nouvelle version d'un document"),
        Action.REPRESENTATION_RESTORED: _("rétabli %(helper)s, par décision de justice"),
        Action.REPRESENTATION_SUSPENDED: _("suspendu %(helper)s, par décision de justice"),
        Action.SEEN_AS: _("regardé le dossier comme %(eyes)s"),
        Action.SHARED: ngettext(
            "montré un élément %(to)s",
            "montré %(count)s éléments %(to)s",
            times,
        ),
        Action.SHARE_ENDED: ngettext(
            "repris un élément montré %(to)s",
            "repris %(count)s éléments montrés %(to)s",
            times,
        ),
        Action.SYNTHESIS_ASKED: _("demandé la synthèse au médecin traitant"),
        Action.SYNTHESIS_DRAFTED: _("préparé une synthèse médicale"),
        Action.SYNTHESIS_SIGNED: _("publié la synthèse médicale"),
        Action.SYNTHESIS_UNDONE: _("défait la synthèse médicale, juste après l'avoir publiée"),
        Action.UNBLOCKED: _("débloqué %(the)s"),
        Action.UNMASKED: ngettext(
            "montré de nouveau un élément %(to)s",
            "montré de nouveau %(count)s éléments %(to)s",
            times,
        ),
        Action.WITHDRAWN: _withdrawn(event.reason, times),
    }
    if event.element_kind == RULE:
        words[Action.MASKED] = ngettext(
            "posé une règle qui masque %(hidden)s",
            "posé %(count)s règles qui masquent %(hidden)s",
            times,
        )
        words[Action.UNMASKED] = ngettext(
            "levé une règle qui masquait %(hidden)s",
            "levé %(count)s règles qui masquaient %(hidden)s",
            times,
        )
    known = Action(event.act) if event.act in Action.values else None
    label = known.label if known else event.act
    said = words[known] if known in words else _("agi (%(what)s)") % {"what": label}
    return said % values if "%(count)s" in said else repeated(said % values, times)


def repeated(words: str, times: int) -> str:
    """Return what was done, and how often where that is more than once."""
    return (
        _("%(words)s (%(count)s fois)") % {"words": words, "count": times} if times > 1 else words
    )
