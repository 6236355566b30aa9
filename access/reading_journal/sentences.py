"""The words of the journal: what a person did on a day, in one sentence. Reads nothing.

A verb is said only for elements the reader sees; for the rest they came, and that is all.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _, ngettext

from access import naming
from access.journal import RULE, Action
from access.reading_journal.known import PEOPLE
from access.viewer import Role
from dmp.templatetags.wording import moment
from records import reference


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString

    from access.elements import Named
    from access.models import JournalEvent
    from access.viewer import Viewer


MOST_TITLES = 5
_OPENINGS = {Action.ELEMENT_READ.value, Action.PREVIEWED.value, Action.DOWNLOADED.value}
_WRITTEN = {Action.DEPOSITED.value, Action.REPLACED.value, Action.RELEASED.value}
_DOORS = ("emergency", "regulation", "treating_gp", "share", "author", "circle", "counter")
_IN_EMERGENCY = {Action.EMERGENCY_OPENED.value, Action.EMERGENCY_REFUSED.value}
_LISTS = {Action.LIST_READ.value, Action.SYNTHESIS_READ.value}
_AIMED = {
    Action.MASKED.value, Action.UNMASKED.value, Action.SHARED.value, Action.SHARE_ENDED.value,
    Action.SEEN_AS.value,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A visit in words."""

    sentence: SafeString
    why: str
    emergency: bool
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What the words of a page of the journal may rest on, all of it given by the gate."""

    by: Viewer
    by_holder: bool
    titles: Mapping[uuid.UUID, Named]
    silent: set[uuid.UUID]
    names: Mapping[uuid.UUID, str]


def visit_sentence(events: Sequence[JournalEvent], context: Context) -> Said:
    """Say what one person did on one day: who, what, when; and how they came, below."""
    ordered = sorted(events, key=lambda event: (event.at, event.seq))
    first = ordered[0]
    did = _joined(_verbs(ordered, context) or [_("ouvert le dossier")])
    own = first.actor_person_id is not None and first.actor_person_id == context.by.person_id
    door = next((d for d in _DOORS if any(event.door == d for event in ordered)), "")
    at = moment(first.at)
    if own:
        sentence = format_html(_("<b>Vous</b> avez {did} {at}."), did=did, at=at)
    else:
        who = format_html("<b>{}</b>{}", _who(first), _relation(first, door, context))
        sentence = format_html(_("{who} a {did} {at}."), who=who, did=did, at=at)
    return Said(
        sentence=sentence,
        why="" if own else _why(first, door),
        emergency=door in {"emergency", "regulation"}
        or any(event.act in _IN_EMERGENCY for event in ordered),
        titles=_titles(_about(ordered, context, _OPENINGS | _WRITTEN)),
    )


def _who(event: JournalEvent) -> str:
    if event.actor_role == Role.FUND_AGENT.value:
        return _("L'accueil de la caisse")
    return naming.sentence_start(event.actor_name) if event.actor_name else _("Quelqu'un")


def _relation(event: JournalEvent, door: str, context: Context) -> str:
    words = ""
    if door == "treating_gp":
        words = _("votre médecin traitant") if context.by_holder else _("médecin traitant")
    elif event.actor_role == Role.REPRESENTATIVE.value:
        words = _("représentant légal")
    elif event.actor_role == Role.DELEGATE.value:
        words = _("aidant")
    return f", {words}," if words else ""


def _why(event: JournalEvent, door: str) -> str:
    """Who they are and how they came in."""
    parts = []
    if event.actor_role == Role.PROFESSIONAL.value:
        parts.append(reference.profession_label(event.actor_profession, naming.language()))
        parts.append(event.actor_structure_name)
    how = {
        "circle": _("autorisé à lire le dossier"),
        "emergency": _("accès d'urgence"),
        "regulation": _("accès centre 15"),
        "share": _("un élément lui a été montré"),
        "author": _("pour un document de sa main"),
        "counter": _("au comptoir"),
    }
    parts.append(how.get(door, ""))
    return " · ".join(part for part in parts if part)


def _about(events: Sequence[JournalEvent], context: Context, acts: set[str]) -> list[Named]:
    seen: dict[uuid.UUID, Named] = {}
    for event in events:
        one = context.titles.get(event.element_id) if event.element_id else None
        if event.act in acts and one is not None:
            seen.setdefault(one.id, one)
    return list(seen.values())


def _titles(opened: list[Named]) -> tuple[str, ...]:
    said = [one.title for one in opened[:MOST_TITLES]]
    left = len(opened) - len(said)
    if left:
        said.append(ngettext("et %(count)s autre", "et %(count)s autres", left) % {"count": left})
    return tuple(said)


def _verbs(events: Sequence[JournalEvent], context: Context) -> list[str]:
    """What was done, each thing once, the most telling first; lists only where there is no more.

    Past participles: « a ouvert 3 documents et lu la synthèse ».
    """
    verbs = [*_acts(events, context), *_reads(_about(events, context, _OPENINGS))]
    return verbs or list(dict.fromkeys(filter(None, map(_listed, events))))


def _reads(opened: list[Named]) -> list[str]:
    counts = {
        kind: sum(one.kind == kind for one in opened) for kind in ("document", "line", "entry")
    }
    words = {
        "document": ngettext(
            "ouvert %(count)s document", "ouvert %(count)s documents", counts["document"]
        ),
        "line": ngettext("regardé %(count)s soin", "regardé %(count)s soins", counts["line"]),
        "entry": ngettext(
            "lu %(count)s information du profil médical",
            "lu %(count)s informations du profil médical",
            counts["entry"],
        ),
    }
    verbs = [words[kind] % {"count": count} for kind, count in counts.items() if count]
    if any(one.kind == "synthesis_line" for one in opened):
        verbs.append(_("lu la synthèse médicale"))
    return verbs


def _listed(event: JournalEvent) -> str:
    if event.act == Action.SYNTHESIS_READ.value:
        return _("lu la synthèse médicale")
    if event.act != Action.LIST_READ.value:
        return ""
    return {
        "document": _("parcouru la liste des documents"),
        "line": _("parcouru les soins"),
        "entry": _("parcouru le profil médical"),
    }.get(event.element_kind, "")


def _acts(events: Sequence[JournalEvent], context: Context) -> list[str]:
    """Everything but reading. An act on an element the reader doesn't see is not said."""
    said: dict[str, int] = {}
    for event in [one for one in events if one.act not in _OPENINGS | _LISTS]:
        about = event.element_id if event.element_kind not in {*PEOPLE, ""} else None
        withdrawn = event.act == Action.WITHDRAWN.value and about not in context.silent
        if about is not None and about not in context.titles and not withdrawn:
            continue
        words = _act(event, context)
        # Each step at the desk computes the draft again; to the person it is one preparation.
        said[words] = 1 if event.act == Action.SYNTHESIS_DRAFTED else said.get(words, 0) + 1
    return [
        _("%(words)s, %(count)s fois") % {"words": words, "count": count} if count > 1 else words
        for words, count in said.items()
    ]


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
        "delegate": _("un aidant"),
        "representative": _("un représentant légal"),
        "emergency": _("un médecin, en urgence"),
    }
    return words.get(event.reason.partition(":")[0], _("un professionnel"))


def _act(event: JournalEvent, context: Context) -> str:
    key = about_whom(event)
    name = context.names.get(key, "") if key else ""
    values = {
        "to": naming.given_to(name) if name else _("à quelqu'un"),
        "hidden": _hidden_from(event, name),
        "the": naming.the(name) if name else _("un professionnel"),
        "eyes": naming.the(name) if name else _eyes(event),
    }
    words = {
        Action.ACTIVATED: _("activé le compte"),
        Action.ARCHIVE_TAKEN: _("emporté une copie du dossier"),
        Action.ASKED_TO_SEE: _("posé la question : puis-je voir… ?"),
        Action.BLOCKED: _("bloqué %(the)s"),
        Action.CASE_ANSWERED: _("répondu à un signalement"),
        Action.CASE_OPENED: _("signalé ne pas connaître %(the)s"),
        Action.CASE_WITHDRAWN: _("retiré un signalement sur %(the)s"),
        Action.CIRCLE_ENDED: _("retiré l'accès donné %(to)s"),
        Action.CIRCLE_GIVEN: _("donné accès %(to)s"),
        Action.CLOSED: _("fermé le dossier"),
        Action.CODE_RENEWED: _("imprimé un nouveau code d'activation"),
        Action.CONSENT_ENDED: _("repris un accord sur des mots de la synthèse"),
        Action.CONSENT_RECORDED: _("noté un accord sur des mots de la synthèse"),
        Action.DEPOSITED: _("déposé un document"),
        Action.EMERGENCY_CHOICES: _("choisi pour les cas d'urgence"),
        Action.EMERGENCY_ENDED: _("fermé l'accès pris en urgence par %(the)s"),
        Action.EMERGENCY_OPENED: _("ouvert un accès d'urgence"),
        Action.EMERGENCY_REFUSED: _("demandé un accès d'urgence, qui a été refusé"),
        Action.EMERGENCY_SEEN: _("regardé l'accès pris en urgence par %(the)s"),
        Action.ENTRY_WITHDRAWN: _("retiré une information du profil médical"),
        Action.ENTRY_WRITTEN: _("écrit dans le profil médical"),
        Action.ERASURE_ASKED: _("demandé que tout soit détruit"),
        Action.ERASURE_TAKEN_BACK: _("annulé la demande que tout soit détruit"),
        Action.EXISTENCE_ASKED: _("vérifié si le dossier existe"),
        Action.GP_CONFIRMED: _("confirmé %(the)s comme médecin traitant"),
        Action.GP_DECLARED: _("déclaré %(the)s comme médecin traitant"),
        Action.GP_ENDED: _("retiré %(the)s comme médecin traitant"),
        Action.MASKED: _("masqué un élément %(hidden)s"),
        Action.OPENED: _("créé le dossier"),
        Action.QUESTION_CLOSED: _("traité une question d'un soignant"),
        Action.RELEASED: _("rendu un document visible"),
        Action.REOPENED: _("rouvert le dossier"),
        Action.REPLACED: _("déposé une nouvelle version d'un document"),
        Action.SEEN_AS: _("regardé le dossier comme %(eyes)s"),
        Action.SHARED: _("montré un élément %(to)s"),
        Action.SHARE_ENDED: _("repris un élément montré %(to)s"),
        Action.SYNTHESIS_DRAFTED: _("préparé une synthèse médicale"),
        Action.SYNTHESIS_SIGNED: _("publié la synthèse médicale"),
        Action.SYNTHESIS_UNDONE: _("défait la synthèse médicale, juste après l'avoir publiée"),
        Action.UNBLOCKED: _("débloqué %(the)s"),
        Action.UNMASKED: _("montré de nouveau un élément %(to)s"),
        Action.WITHDRAWN: _("retiré un document"),
    }
    if event.element_kind == RULE:
        words[Action.MASKED] = _("posé une règle qui masque %(hidden)s")
        words[Action.UNMASKED] = _("levé une règle qui masquait %(hidden)s")
    known = Action(event.act) if event.act in Action.values else None
    if known in words:
        return words[known] % values
    return _("agi (%(what)s)") % {"what": known.label if known else event.act}


def _joined(verbs: Sequence[str]) -> str:
    if len(verbs) == 1:
        return verbs[0]
    return _("%(first)s et %(last)s") % {"first": ", ".join(verbs[:-1]), "last": verbs[-1]}


def automatic_sentence(event: JournalEvent) -> SafeString:
    """Say what the system did by itself: no person was there."""
    if event.act == Action.FILLED.value:
        return format_html(_("Vos remboursements ont été mis à jour {at}."), at=moment(event.at))
    label = Action(event.act).label if event.act in Action.values else _("mise à jour")
    return format_html("{} : {}.", moment(event.at), label)
