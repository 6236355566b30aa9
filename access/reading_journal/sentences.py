"""The words of the journal: what a person did on a day, in one sentence. Reads nothing.

A verb is said only for elements the reader sees; for the rest they came, and that is all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _, ngettext

from access import naming
from access.journal import Action
from access.reading_journal.acts import Context, act_words, repeated
from access.reading_journal.known import PEOPLE
from access.viewer import Role
from dmp.templatetags.wording import listed, moment, span
from records import reference
from records.deposits.reasons import WRONG_PERSON


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from django.utils.safestring import SafeString

    from access.elements import Named
    from access.models import JournalEvent


MOST_TITLES = 5
#: What one does in less is said at one hour.
_AT_ONCE = dt.timedelta(minutes=10)
_OPENINGS = {Action.ELEMENT_READ.value, Action.PREVIEWED.value, Action.DOWNLOADED.value}
_WRITTEN = {Action.DEPOSITED.value, Action.REPLACED.value, Action.RELEASED.value}
_DOORS = (
    "emergency",
    "regulation",
    "treating_gp",
    "share",
    "author",
    "circle",
    "presence",
    "counter",
)
_URGENT = {"emergency", "regulation"}
_IN_EMERGENCY = {Action.EMERGENCY_OPENED.value, Action.EMERGENCY_REFUSED.value}
_SYNTHESIS = (Action.SYNTHESIS_DRAFTED.value, Action.SYNTHESIS_SIGNED.value)
_LISTS = {Action.LIST_READ.value, Action.SYNTHESIS_READ.value}


@dataclass(frozen=True, slots=True)
class Said:
    """A visit in words."""

    sentence: SafeString
    why: str
    emergency: bool
    titles: tuple[str, ...]


def visit_sentence(events: Sequence[JournalEvent], context: Context) -> Said:
    """Say what one person did on one day: who, what, when; and how they came, below."""
    ordered = sorted(events, key=lambda event: (event.at, event.seq))
    first = ordered[0]
    did = listed(_verbs(ordered, context) or [_("ouvert le dossier")])
    own = first.actor_person_id is not None and first.actor_person_id == context.by.person_id
    door = next((d for d in _DOORS if any(event.door == d for event in ordered)), "")
    urgent = [one for one in ordered if one.door in _URGENT or one.act in _IN_EMERGENCY]
    # Of an emergency that the sentence tells, the line below has nothing to add.
    opened = any(one.act in _IN_EMERGENCY for one in ordered)
    told = "" if door == "emergency" and opened else door
    # They may have come earlier that day by another way: the hour said is the opening's.
    begun, ended = (urgent or ordered)[0].at, ordered[-1].at
    at = moment(begun) if ended - begun < _AT_ONCE else span(begun, ended)
    if own:
        sentence = format_html(_("<b>Vous</b> avez {did} {at}."), did=did, at=at)
    else:
        who = format_html("<b>{}</b>{}", _who(first), _relation(first, door, context))
        sentence = format_html(_("{who} a {did} {at}."), who=who, did=did, at=at)
    return Said(
        sentence=sentence,
        why="" if own else _why(first, told, copy=_has_a_copy(ordered, context)),
        emergency=bool(urgent),
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
        words = _("qui %(does)s") % {"does": naming.represents(you=context.by_holder)}
    elif event.actor_role == Role.DELEGATE.value:
        words = _("qui %(does)s") % {"does": naming.helps(you=context.by_holder)}
    return f", {words}," if words else ""


def _has_a_copy(events: Iterable[JournalEvent], context: Context) -> bool:
    """Tell whether a professional took back what the holder may ask them a copy of (line 2)."""
    return context.by_holder and any(
        event.act == Action.WITHDRAWN.value
        and event.actor_role == Role.PROFESSIONAL.value
        and event.reason != WRONG_PERSON
        and event.element_id not in context.silent
        for event in events
    )


def _why(event: JournalEvent, door: str, *, copy: bool) -> str:
    """Who they are, how they came in, and what may be asked of them."""
    parts = []
    if event.actor_role == Role.PROFESSIONAL.value:
        parts.append(reference.profession_label(event.actor_profession, naming.language()))
        parts.append(event.actor_structure_name)
    how = {
        "circle": _("avec une autorisation"),
        "emergency": _("accès d'urgence"),
        "regulation": _("accès centre 15"),
        "share": _("un élément lui a été montré"),
        "author": _("pour un document de sa main"),
        "presence": _("en votre présence"),
        "counter": _("au comptoir"),
    }
    parts.append(how.get(door, ""))
    if copy:
        parts.append(_("vous pouvez lui demander une copie de ce qui a été retiré"))
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
    done = _acts(events, context)
    opened = _about(events, context, _OPENINGS)
    synthesis = _of_the_synthesis(done, opened)
    if synthesis:
        done = [one for one in done if one[0].act not in _SYNTHESIS]
        opened = [one for one in opened if one.kind != "synthesis_line"]
    acts = [act_words(event, context, times) for event, times in done]
    verbs = [*acts, *synthesis, *_reads(opened)]
    return verbs or list(dict.fromkeys(filter(None, map(_listed, events))))


def _of_the_synthesis(done: list[tuple[JournalEvent, int]], opened: list[Named]) -> list[str]:
    """Say in one go what was done of the synthesis, where it is more than one thing."""
    times = {event.act: count for event, count in done}
    drafted, signed = (act in times for act in _SYNTHESIS)
    read = any(one.kind == "synthesis_line" for one in opened)
    words = {
        (True, True, True): [_("lu, préparé et publié la synthèse médicale")],
        (True, True, False): [_("lu la synthèse médicale"), _("préparé la suivante")],
        (True, False, True): [_("lu et publié la synthèse médicale")],
        (False, True, True): [_("préparé et publié la synthèse médicale")],
    }.get((read, drafted, signed), [])
    published = times.get(Action.SYNTHESIS_SIGNED.value, 1)
    return [repeated(each, published) for each in words]


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


def _is_of_another_synthesis(event: JournalEvent, context: Context) -> bool:
    """Whether it is about a version that is no other to the reader (policy, sections 5 and 6).

    What changed in it is hidden from them: that it was published would tell. Of one that was
    undone nobody sees a line any more: its holder alone is told.
    """
    if event.act == Action.SYNTHESIS_SIGNED.value:
        return event.at not in context.signed
    return event.act == Action.SYNTHESIS_UNDONE.value and not context.by_holder


def _acts(events: Sequence[JournalEvent], context: Context) -> list[tuple[JournalEvent, int]]:
    """Everything but reading, and how often; nothing of an element the reader doesn't see."""
    said: dict[str, tuple[JournalEvent, int]] = {}
    for event in [one for one in events if one.act not in _OPENINGS | _LISTS]:
        about = event.element_id if event.element_kind not in {*PEOPLE, ""} else None
        withdrawn = event.act == Action.WITHDRAWN.value and about not in context.silent
        if about is not None and about not in context.titles and not withdrawn:
            continue
        if _is_of_another_synthesis(event, context):
            continue
        words = act_words(event, context)
        # Each step at the desk computes the draft again; to the person it is one preparation.
        before = 0 if event.act == Action.SYNTHESIS_DRAFTED else said.get(words, (event, 0))[1]
        said[words] = (event, before + 1)
    return list(said.values())
