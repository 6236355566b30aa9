"""What goes with an element about to be hidden, computed from what the asker sees alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import naming, policy
from access.binding import today
from access.elements import Named, key_of, named, those_visible
from dmp.templatetags.wording import day
from records import reference
from records.care.bundle import (
    BundleReason,
    GuessReason,
    SynthesisFact,
    bundle_of,
    still_guessable,
)
from records.care.documents import PRESCRIPTIONS, DocumentFact
from records.care.lines import MEDICINE, VACCINE
from records.care.treatments import treatments
from records.dossier.care import events_of, read_lines
from records.dossier.facts import document_fact
from records.models import ReimbursementLine, SynthesisSource


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection, Iterable

    from access.standing import Standing
    from records.care.lines import CareLine
    from records.dossier.entrance import Dossier
    from records.models import Element


DAYS_SAID = 3
MEDICINES = frozenset({MEDICINE, VACCINE})
# What a person thinks of first comes first; within a kind, the earliest.
_ORDER = (
    BundleReason.DOCUMENT,
    BundleReason.CLAIM_LINE,
    BundleReason.PRESCRIPTION,
    BundleReason.DISPENSING,
    BundleReason.LABORATORY,
    BundleReason.IMAGING,
    BundleReason.STAY,
    BundleReason.TRANSPORT,
    BundleReason.SYNTHESIS,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to tick: an element, or several that go by the same name; its plain reason."""

    value: str
    label: str
    why: str
    count: int
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What the asker sees of a record, as the rules of care read it."""

    lines: tuple[CareLine, ...]
    documents: tuple[DocumentFact, ...]
    synthesis: tuple[SynthesisFact, ...]


def read_known(dossier: Dossier) -> Known:
    """Return what the asker sees of lines, documents and synthesis, for the rules of care."""
    return Known(
        lines=tuple(read.care for read in read_lines(dossier)),
        documents=tuple(_facts(dossier.standing)),
        synthesis=tuple(_synthesis(dossier.standing)),
    )


def _facts(standing: Standing) -> Iterable[DocumentFact]:
    return map(document_fact, policy.visible_documents(standing))


def _synthesis(standing: Standing) -> Iterable[SynthesisFact]:
    """The lines of the last version; older ones are replaced and read apart."""
    rows = list(
        policy.visible_synthesis_lines(standing).order_by("-synthesis__number", "position")
    )
    lines = [row for row in rows if row.synthesis_id == rows[0].synthesis_id]
    cited: dict[uuid.UUID, set[uuid.UUID]] = {row.id: set() for row in lines}
    sources = SynthesisSource.objects.filter(line__in=lines)
    for line_id, element_id in sources.values_list("line_id", "element_id"):
        cited[line_id].add(element_id)
    return [SynthesisFact(key, frozenset(held)) for key, held in cited.items()]


def whole_event(dossier: Dossier, chosen: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Return the lines of the events that chosen lines belong to: a page shows one thing."""
    wanted = set(chosen)
    events = events_of(dossier, read_lines(dossier))
    return [key for event in events if wanted & set(event.line_ids) for key in event.line_ids]


def bundle(dossier: Dossier, known: Known, chosen: list[uuid.UUID]) -> list[Choice]:
    """Return the lines to tick: what was chosen first, then what goes with it and why."""
    same_event = _("le soin que vous regardez")
    looked_at = _("l'élément que vous regardez") if len(chosen) == 1 else same_event
    reasons: dict[uuid.UUID, str] = dict.fromkeys(chosen, looked_at)
    for key in whole_event(dossier, chosen):
        reasons.setdefault(key, same_event)
    found = [
        item
        for key in chosen
        for item in bundle_of(key, known.lines, known.documents, known.synthesis)
    ]
    for item in sorted(found, key=lambda item: _ORDER.index(item.reason)):
        name = str(dict(item.phrase.values).get("name", ""))
        reasons.setdefault(item.id, _reason(item.reason, name))
    for key in _said_of(dossier, known, reasons):
        reasons.setdefault(key, _("ce qui est dit de ce médicament dans le profil"))
    elements = {
        key_of(element): element for element in those_visible(dossier.standing, list(reasons))
    }
    ordered = [elements[key] for key in reasons if key in elements]
    return [_choice(group, reason) for group, reason in _grouped(ordered, reasons)]


def _said_of(dossier: Dossier, known: Known, hidden: Collection[uuid.UUID]) -> Iterable[uuid.UUID]:
    """Return the entries that name a medicine of which some box is about to be hidden."""
    found = treatments(known.lines, reference, on=today(), lang=naming.language())
    keys = [one.key for one in found if not set(hidden).isdisjoint(one.line_ids)]
    if not keys:
        return []
    rows = policy.visible_entries(dossier.standing).filter(content__treatment__in=keys)
    return rows.order_by("id").values_list("id", flat=True)


def _reason(reason: BundleReason, prescriber: str) -> str:
    """Say why; only what was dispensed has a prescriber."""
    if prescriber:
        return _("prescrit par %(name)s") % {"name": naming.the(prescriber)}
    words = {
        BundleReason.DOCUMENT: _("document du même soin"),
        BundleReason.PRESCRIPTION: _("ordonnance du même soin"),
        BundleReason.DISPENSING: _("délivré en pharmacie pour ce soin"),
        BundleReason.CLAIM_LINE: _("remboursement du même soin"),
        BundleReason.TRANSPORT: _("transport du même jour"),
        BundleReason.LABORATORY: _("analyses demandées pour ce soin"),
        BundleReason.IMAGING: _("imagerie demandée pour ce soin"),
        BundleReason.STAY: _("hospitalisation du même soin"),
        BundleReason.SYNTHESIS: _("ligne de la synthèse médicale qui s'appuie sur ces soins"),
    }
    return words[reason]


def _grouped(
    elements: Iterable[Element], reasons: dict[uuid.UUID, str]
) -> Iterable[tuple[list[Named], str]]:
    """Put lines of one name and one reason together: they are one thing to a person."""
    groups: dict[tuple[str, ...], list[Named]] = {}
    said: dict[tuple[str, ...], str] = {}
    for element in elements:
        name = named(element)
        reason = reasons[name.id]
        together = isinstance(element, ReimbursementLine)
        key = (name.title, reason) if together else (str(name.id),)
        groups.setdefault(key, []).append(name)
        said[key] = reason
    return [(group, said[key]) for key, group in groups.items()]


def _choice(group: list[Named], why: str) -> Choice:
    days = sorted({one.on for one in group})
    return Choice(
        value=" ".join(str(one.id) for one in group),
        label=_label(group[0], days),
        why=why,
        count=len(group),
    )


def _label(name: Named, days: list[dt.date]) -> str:
    if name.kind == "synthesis_line":
        return name.title
    if len(days) == 1:
        return _("%(title)s, %(day)s") % {"title": name.title, "day": day(days[0])}
    if len(days) <= DAYS_SAID:
        said = _(" et ").join((", ".join(day(one) for one in days[:-1]), day(days[-1])))
        return _("%(title)s, les %(days)s") % {"title": name.title, "days": said}
    return _("%(title)s, %(count)s fois, du %(first)s au %(last)s") % {
        "title": name.title,
        "count": len(days),
        "first": day(days[0]),
        "last": day(days[-1]),
    }


def guesses(standing: Standing, hidden: Collection[uuid.UUID], left: Known) -> list[Choice]:
    """Return what stays visible and could let somebody guess, by name, never ticked.

    ``left`` is what the audience sees and the asker knows, what is being hidden included.
    """
    reasons = {
        key: guess.reason
        for guess in still_guessable(hidden, left.lines, left.documents)
        for key in guess.ids
    }
    order = list(GuessReason)
    ordered = sorted(
        those_visible(standing, list(reasons)),
        key=lambda element: order.index(reasons[key_of(element)]),
    )
    hints = {key: _hint(reason) for key, reason in reasons.items()}
    return [replace(_choice(group, why), checked=False) for group, why in _grouped(ordered, hints)]


def _hint(reason: GuessReason) -> str:
    words = {
        GuessReason.SAME_SUBSTANCE: _("même médicament ; cochez pour le masquer aussi"),
        GuessReason.SAME_CATEGORY: _("même sujet sensible ; cochez pour le masquer aussi"),
    }
    return words[reason]


def takes_unknown(gone: Iterable[Element], left: Known, guessed: Iterable[Choice]) -> bool:
    """Tell whether hiding leaves somebody not knowing of a medicine.

    While a box of the same substance is left to them, or a prescription that may name it, it
    isn't true that they won't know. ``left`` and ``guessed`` as ``guesses`` takes and gives them.
    """
    gone = list(gone)
    hidden = {key_of(element) for element in gone}
    boxes = [line for line in left.lines if line.section in MEDICINES]
    given = [line for line in boxes if line.id in hidden]
    if not given:
        return any(element.type_code in PRESCRIPTIONS for element in gone)
    told = {key for choice in guessed for key in choice.value.split()}
    if any(str(one.id) in told and one.type_code in PRESCRIPTIONS for one in left.documents):
        return False
    known = {line.atc for line in boxes if line.id not in hidden and line.atc}
    return any(line.atc not in known for line in given)
