"""The lines proposed from what the GP sees today, in words; never a dose. Signs nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation

from access import policy
from access.binding import today
from records import reference
from records.care.drafts import DraftLine, Level, LongTermIllness, draft_synthesis
from records.care.words import phrase
from records.dossier import telling
from records.dossier.care import read_lines
from records.dossier.care_views import named
from records.dossier.facts import ILLNESS_SECTION, document_fact
from records.models import Document, ElementKind, Entry, EntryKind, ReimbursementLine
from records.synthesis.naming import PADLOCK, UNTOLD, Source, Vocabulary


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection

    from records.dossier.care_views import ReadLine
    from records.dossier.entrance import Dossier

BY_HAND = "hand"  # the level of a line that no rule proposes


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """One line the GP decides on, in words, with what it rests on.

    ``text`` and ``evidence`` are French, as the document; ``asked`` and ``told`` are the same for
    the screen. ``note`` says what changed since the last version, whose line is ``itself``.
    """

    key: str
    section: str
    text: str
    evidence: tuple[str, ...]
    level: str
    included: bool
    masked: bool
    question: str
    code_system: str
    code: str
    sources: tuple[Source, ...]
    categories: int
    asked: str = ""
    told: tuple[str, ...] = ()
    by_hand: bool = False
    said: bool = False
    note: str = ""
    history: str = ""
    itself: uuid.UUID | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What the GP sees of a record, read once."""

    lines: list[ReadLine]
    illnesses: list[Any]
    documents: list[Any]


def read_seen(dossier: Dossier) -> Seen:
    """Return what the gate gives the GP to draft from."""
    illnesses = policy.visible_lines(dossier.standing).filter(section=ILLNESS_SECTION)
    documents = policy.visible_documents(dossier.standing)
    return Seen(
        lines=read_lines(dossier),
        illnesses=list(illnesses.order_by("occurred_on", "id")),
        documents=list(documents.order_by("id")),
    )


def vocabulary_of(dossier: Dossier, seen: Seen) -> Vocabulary:
    """Return the words of everything the GP sees."""
    words = Vocabulary(padlock=settings.DMP_PADLOCK)
    words.know(dossier.name)
    untold = _hidden_untold(dossier)

    def marks(key: uuid.UUID, told: tuple[str, ...]) -> tuple[str, ...]:
        return (*told, UNTOLD) if key in untold else told

    for read in seen.lines:
        words.add_care(read.care, marks(read.care.id, read.marks))
    for one in seen.illnesses:
        label = reference.label(one.code_system, one.code, "fr") or one.label
        words.add_label(
            (ElementKind.LINE.value, one.id), label, marks(one.id, policy.marks_of(one)),
            on=one.occurred_on, categories=one.categories,
        )  # fmt: skip
    for document in seen.documents:
        words.add_document(document, marks(document.id, policy.marks_of(document)))
    for entry in policy.visible_entries(dossier.standing).order_by("id"):
        words.add_entry(entry, marks(entry.id, policy.marks_of(entry)))
    return words


def _hidden_untold(dossier: Dossier) -> set[uuid.UUID]:
    """Return what is masked where no padlock says so: a line by hand rests on it all the same."""
    if settings.DMP_PADLOCK:
        return set()
    models: tuple[type[Any], ...] = (ReimbursementLine, Document, Entry)
    hidden = (policy.under_a_mask(model, dossier.standing) for model in models)
    return {key for rows in hidden for key in rows.values_list("id", flat=True)}


def allergies_said(dossier: Dossier) -> tuple[str, ...]:
    """Return the allergies that the patient wrote themself, as the GP sees them."""
    entries = policy.visible_entries(dossier.standing).filter(kind=EntryKind.ALLERGY)
    texts = (entry.content.get("text", "") for entry in entries.order_by("created_at", "id"))
    return tuple(dict.fromkeys(text for text in texts if text))


def propose(seen: Seen, never_ask: Collection[str]) -> tuple[ProposedLine, ...]:
    """Return what the published rules propose today."""
    documents = [one for one in seen.documents if one.archived_at is None]
    masked = {read.care.id for read in seen.lines if PADLOCK in read.marks}
    for rows in (seen.illnesses, documents):
        masked |= {one.id for one in rows if PADLOCK in policy.marks_of(one)}
    filed = {one.id for one in documents}
    # The document is French whatever the language of the screen it is signed on.
    with translation.override("fr"):
        draft = draft_synthesis(
            lines=[named(read.care) for read in seen.lines],
            illnesses=[_illness(one) for one in seen.illnesses],
            documents=[document_fact(one) for one in documents],
            names=reference,
            on=today(),
            lang="fr",
            masked=masked,
            never_ask=never_ask,
        )
        proposed = [_line(line, filed) for line in draft.lines]
    return tuple(
        replace(
            one,
            asked=telling.tell(line.phrase) if line.question else "",
            told=tuple(telling.tell(found.phrase) for found in line.evidence),
        )
        for one, line in zip(proposed, draft.lines, strict=True)
    )


def _line(line: DraftLine, filed: set[uuid.UUID]) -> ProposedLine:
    said = phrase(f"problem.{line.question}") if line.question else line.phrase
    return ProposedLine(
        key=line.key,
        section=line.section.value,
        text=telling.tell(said),
        evidence=tuple(telling.tell(found.phrase) for found in line.evidence),
        level=line.level.value,
        included=line.included and line.level is not Level.C,
        masked=line.masked,
        question=line.question,
        code_system=line.code_system,
        code=line.code,
        sources=tuple(
            ((ElementKind.DOCUMENT if key in filed else ElementKind.LINE).value, key)
            for key in line.source_ids
        ),
        categories=line.categories,
    )


def _illness(line: Any) -> LongTermIllness:
    ended: dt.date | None = line.care_end if line.care_end != line.occurred_on else None
    return LongTermIllness(
        id=line.id,
        icd10=line.code,
        label=reference.label(line.code_system, line.code, "fr") or line.label,
        since=line.occurred_on,
        until=ended,
        categories=line.categories,
    )
