"""The desk: proposed lines from what the GP sees; never a dose, never an unanswered question."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from access import policy
from access.binding import note, now, today, use_case
from access.journal import Action
from access.policy import NotVisible, Refused
from records import files, reference
from records.care.drafts import DraftLine, Level, LongTermIllness, draft_synthesis
from records.care.words import phrase
from records.dossier import telling
from records.dossier.care import read_lines
from records.dossier.care_views import named
from records.dossier.entrance import Dossier, enter
from records.dossier.facts import ILLNESS_SECTION, document_fact
from records.hidden_words import given_away
from records.models import (
    ElementKind,
    Record,
    Section,
    Synthesis,
    SynthesisLine,
    SynthesisSource,
)
from records.synthesis.choices import (
    NO_ALLERGY,
    NOT_ASKED,
    Choices,
    choices_from,
    draft_row,
    unseal_choices,
)


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Viewer

MAX_TEXT = 500
MAX_ADDED = 30
# The three obligatory sections of the national synthesis, in their order; allergies are asked.
DRAFT_SECTIONS = (Section.PROBLEMS, Section.ATTENTION, Section.TREATMENTS)


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """One proposed line, in words, with what it rests on."""

    key: str
    section: str
    text: str
    evidence: tuple[str, ...]
    level: str
    kept: bool
    masked: bool
    question: str
    code_system: str
    code: str
    sources: tuple[tuple[str, uuid.UUID], ...]
    categories: int


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one record: proposed lines, choices, the last version, what would leak."""

    dossier: Dossier
    lines: tuple[ProposedLine, ...]
    choices: Choices
    last_number: int
    last_on: str
    last_texts: tuple[str, ...]
    opened_at: dt.datetime
    leaks: tuple[str, ...] = field(default=())

    def of(self, section: Section) -> tuple[ProposedLine, ...]:
        """Return the lines of one section."""
        return tuple(line for line in self.lines if line.section == section)

    def to_publish(self) -> list[tuple[Section, str, ProposedLine | None]]:
        """Return what would be signed, in the order of the document."""
        return list(_published(self.lines, self.choices))

    @property
    def added(self) -> tuple[str, ...]:
        """What is new since the last version."""
        return tuple(t for _s, t, _l in self.to_publish() if t not in self.last_texts)

    @property
    def removed(self) -> tuple[str, ...]:
        """What the last version said and this one no longer does."""
        kept = {text for _s, text, _l in self.to_publish()}
        return tuple(text for text in self.last_texts if text not in kept)


def section_titles() -> dict[str, str]:
    """Return the title of each section, in the reader's language."""
    return {section.value: str(section.label) for section in Section}


def enter_as_gp(*, by: Viewer, record_id: uuid.UUID) -> Dossier:
    """Come to a record as its treating GP. Raises ``NotVisible`` or ``Refused``."""
    dossier = enter(by=by, record_id=record_id)
    if not dossier.by_treating_gp:
        raise Refused(_("Seul le médecin traitant écrit la synthèse."))
    return dossier


def author_of(by: Viewer) -> uuid.UUID:
    """Return the professional a treating GP is. Raises ``NotVisible`` for anybody else."""
    if by.professional_id is None:
        raise NotVisible
    return by.professional_id


@use_case
def open_desk(*, by: Viewer, record_id: uuid.UUID) -> Desk:
    """Return the desk with its draft, computed now from what the GP sees, as one event."""
    dossier = enter_as_gp(by=by, record_id=record_id)
    desk = desk_of(dossier, by=by)
    note(
        Action.SYNTHESIS_DRAFTED,
        record_id,
        by=by,
        door=dossier.door,
        shown=len(desk.lines),
    )
    return desk


def desk_of(dossier: Dossier, *, by: Viewer) -> Desk:
    """Compute the desk: the draft from what the GP sees, and what was decided on it."""
    record = Record.objects.get(id=dossier.record_id)
    row = draft_row(dossier.record_id, author_of(by))
    last = Synthesis.objects.filter(record_id=dossier.record_id).order_by("-number").first()
    said: list[SynthesisLine] = []
    if last is not None:
        kept = policy.visible_synthesis_lines(dossier.standing).filter(synthesis_id=last.id)
        said = list(kept.order_by("position"))
    texts = tuple(line.text for line in said)
    choices = unseal_choices(row, files.record_key(record))
    if row is None or not (choices.allergies or choices.kept or choices.left):
        sourced = SynthesisSource.objects.filter(line__in=said).values_list("line_id", flat=True)
        choices = replace(choices_from(said, set(sourced)), never=choices.never)
    proposed, hidden, shown = _proposed(dossier, choices)
    written = f"{choices.attention} {choices.added} {choices.allergy_text}"
    return Desk(
        dossier=dossier,
        lines=proposed,
        choices=choices,
        last_number=last.number if last else 0,
        last_on=telling.day_and_month(last.signed_at.date()) if last else "",
        last_texts=texts,
        opened_at=row.opened_at if row else now(),
        leaks=tuple(given_away(written, hidden, shown)),
    )


def _proposed(
    dossier: Dossier, choices: Choices
) -> tuple[tuple[ProposedLine, ...], list[str], list[str]]:
    """Return the proposed lines, and the words of masked and of open elements."""
    lines = read_lines(dossier)
    illnesses = list(
        policy.visible_lines(dossier.standing)
        .filter(section=ILLNESS_SECTION)
        .order_by("occurred_on", "id")
    )
    documents = list(
        policy.visible_documents(dossier.standing).filter(archived_at=None).order_by("id")
    )
    masked = {read.care.id for read in lines if "padlock" in read.marks}
    masked |= {one.id for one in illnesses if "padlock" in policy.marks_of(one)}
    masked |= {one.id for one in documents if "padlock" in policy.marks_of(one)}
    with translation.override("fr"):
        draft = draft_synthesis(
            lines=[named(read.care) for read in lines],
            illnesses=[_illness(one) for one in illnesses],
            documents=[document_fact(one) for one in documents],
            names=reference,
            on=today(),
            lang="fr",
            masked=masked,
            never_ask=choices.never,
        )
        filed = {one.id for one in documents}
        proposed = tuple(_line(line, choices, filed) for line in draft.lines)
    words_hidden: list[str] = []
    words_open: list[str] = []
    for read in lines:
        care = read.care
        medicine = reference.medicine(care.code) if care.code_system == "CIP13" else None
        parts = [care.label, care.performer_name, care.prescriber_name, care.performer_specialty]
        parts += [medicine.name, medicine.substance] if medicine else []
        (words_hidden if care.id in masked else words_open).extend(parts)
    for one in documents:
        parts = [one.title, one.author_name, one.author_specialty]
        (words_hidden if one.id in masked else words_open).extend(parts)
    return proposed, words_hidden, words_open


def _illness(line: Any) -> LongTermIllness:
    return LongTermIllness(
        id=line.id,
        icd10=line.code,
        label=reference.label(line.code_system, line.code, "fr") or line.label,
        since=line.occurred_on,
        until=line.care_end if line.care_end != line.occurred_on else None,
        categories=line.categories,
    )


def _line(line: DraftLine, choices: Choices, filed: set[uuid.UUID]) -> ProposedLine:
    kept = choices.keeps(line) and not (line.level is Level.C and line.key not in choices.kept)
    text = telling.tell(line.phrase)
    if line.question and kept:
        text = telling.tell(phrase(f"problem.{line.question}"))
    return ProposedLine(
        key=line.key,
        section=line.section.value,
        text=text,
        evidence=tuple(telling.tell(found.phrase) for found in line.evidence),
        level=line.level.value,
        kept=kept,
        masked=line.masked,
        question=line.question,
        code_system=line.code_system,
        code=line.code,
        sources=tuple(
            (ElementKind.DOCUMENT if source in filed else ElementKind.LINE, source)
            for source in line.source_ids
        ),
        categories=line.categories,
    )


def _published(
    lines: tuple[ProposedLine, ...], choices: Choices
) -> list[tuple[Section, str, ProposedLine | None]]:
    found: list[tuple[Section, str, ProposedLine | None]] = [
        (Section.PROBLEMS, line.text, line)
        for line in lines
        if line.kept and line.section == Section.PROBLEMS
    ]
    found += [(Section.PROBLEMS, text, None) for text in paragraphs(choices.added)]
    # The document is French whatever the language of the screen it is signed on.
    answers = {
        "none": [NO_ALLERGY],
        "not_asked": [NOT_ASKED],
        "known": paragraphs(choices.allergy_text),
    }
    found += [(Section.ALLERGIES, text, None) for text in answers.get(choices.allergies, [])]
    found += [
        (Section.ATTENTION, line.text, line)
        for line in lines
        if line.kept and line.section == Section.ATTENTION
    ]
    found += [(Section.ATTENTION, text, None) for text in paragraphs(choices.attention)]
    found += [
        (Section.TREATMENTS, line.text, line)
        for line in lines
        if line.kept and line.section == Section.TREATMENTS
    ]
    return found


def paragraphs(text: str) -> list[str]:
    """Return the lines of a free text, bounded in length and number."""
    written = text.replace("\x00", " ").splitlines()
    return [line.strip()[:MAX_TEXT] for line in written if line.strip()][:MAX_ADDED]
