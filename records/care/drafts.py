"""A first draft of the synthesis, each line with its evidence; the doctor decides on all of it.

Three obligatory sections. Never a dose, and never an illness guessed from a medicine: at most
a question, which isn't included, exported or shown to anyone but the doctor who drafts.
Allergies aren't here: claims say nothing of them, and the doctor must answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from records.care.dispensings import a_year_before, in_12_months
from records.care.documents import HISTORY_REPORTS, RESULTS
from records.care.questions import questions_from
from records.care.titles import says_something
from records.care.treatments import Status, treatments
from records.care.words import phrase


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from records.care.documents import DocumentFact
    from records.care.lines import CareLine
    from records.care.names import Names
    from records.care.treatments import Treatment
    from records.care.words import Phrase, Value

# A draft is read in a minute: the latest documents of each sort, no more.
HISTORY_SHOWN: Final = 5
RESULTS_SHOWN: Final = 3


class Section(StrEnum):
    """The three obligatory sections, in their order."""

    PROBLEMS = "problems"
    ATTENTION = "attention"
    TREATMENTS = "treatments"


class Level(StrEnum):
    """How sure a proposed line is.

    A: declared or delivered, included. B: named in a document, or maybe stopped: proposed.
    C: a question, never included.
    """

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class LongTermIllness:
    """A long-term illness the fund declared (ALD); `until` is None while it runs."""

    id: UUID
    icd10: str
    label: str
    since: date
    until: date | None
    categories: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a line rests on: the elements it cites, and what they say."""

    source_ids: tuple[UUID, ...]
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A proposed line. `key` stays the same from one draft to the next.

    `masked` tells that the patient hid a source it cites: it is then not included, and
    publishing it is the doctor's and the patient's decision. `question` is the key of a
    level C question, else empty.
    """

    key: str
    section: Section
    level: Level
    phrase: Phrase
    code_system: str
    code: str
    evidence: tuple[Evidence, ...]
    included: bool
    masked: bool
    question: str
    categories: int

    @property
    def source_ids(self) -> tuple[UUID, ...]:
        """Return every element the line cites."""
        return tuple(dict.fromkeys(i for found in self.evidence for i in found.source_ids))


@dataclass(frozen=True, slots=True)
class Draft:
    """The proposed lines; those of a section are surest first, then the latest first."""

    lines: tuple[DraftLine, ...]

    def of(self, section: Section) -> tuple[DraftLine, ...]:
        """Return the lines of one section; an empty section stands in the document too."""
        return tuple(line for line in self.lines if line.section is section)


def draft_synthesis(
    *,
    lines: Collection[CareLine],
    illnesses: Iterable[LongTermIllness],
    documents: Iterable[DocumentFact],
    names: Names,
    on: date,
    lang: str,
    masked: Collection[UUID] = frozenset(),
    never_ask: Collection[str] = frozenset(),
) -> Draft:
    """Draft the synthesis from what the doctor sees, as of a day.

    `masked` are the elements the patient hid from someone. A treatment that stands without
    them cites only the others, so that nothing hidden is laundered into the synthesis.
    """
    hidden = frozenset(masked)
    open_lines = [line for line in lines if line.id not in hidden]
    every = treatments(lines, names, on=on, lang=lang)
    shown = treatments(open_lines, names, on=on, lang=lang)
    chosen = _standing_without(every, shown)
    active = [one for one in illnesses if one.until is None or one.until >= on]
    in_progress = [one for one in shown if one.status is Status.IN_PROGRESS]
    codes = [one.icd10 for one in active]
    proposed = [
        *_illness_lines(active),
        *_document_lines(tuple(documents), on),
        *(
            _question_line(question.key, source, on)
            for question, source in questions_from(in_progress, codes, never_ask)
        ),
        *(_treatment_line(one, on) for one in chosen if one.status is not Status.PAST),
    ]
    return Draft(tuple(_with_masks(line, hidden) for line in _ordered(proposed)))


def _ordered(proposed: Iterable[DraftLine]) -> list[DraftLine]:
    # Sorting keeps the order of equals: each kind of line was already given the latest first.
    sections = list(Section)
    return sorted(proposed, key=lambda line: (sections.index(line.section), line.level.value))


def _standing_without(
    every: Iterable[Treatment], shown: Iterable[Treatment]
) -> Iterator[Treatment]:
    """Give each treatment as its open lines tell it, where these are enough to tell it."""
    alone = {one.key: one for one in shown}
    for treatment in every:
        kept = alone.get(treatment.key)
        same = kept is not None and kept.status is treatment.status
        yield kept if kept is not None and same else treatment


def _with_masks(line: DraftLine, hidden: frozenset[UUID]) -> DraftLine:
    if hidden.isdisjoint(line.source_ids):
        return line
    return replace(line, masked=True, included=False)


def _illness_lines(active: Iterable[LongTermIllness]) -> Iterator[DraftLine]:
    by_code: dict[str, LongTermIllness] = {}
    for one in sorted(active, key=lambda one: (one.since, one.id.int), reverse=True):
        by_code.setdefault(one.icd10, one)
    for one in by_code.values():
        said = phrase("draft.declared_illness", since=one.since, code=one.icd10, name=one.label)
        evidence = Evidence((one.id,), phrase("draft.evidence_illness"))
        yield DraftLine(
            key=f"illness:{one.icd10}",
            section=Section.PROBLEMS,
            level=Level.A,
            phrase=said,
            code_system="CIM10",
            code=one.icd10,
            evidence=(evidence,),
            included=True,
            masked=False,
            question="",
            categories=one.categories,
        )


def _document_lines(documents: Sequence[DocumentFact], on: date) -> Iterator[DraftLine]:
    """Propose the latest reports as history, and the year's latest results to attend to.

    A line of history is words: a report whose title has none of its own is left to be read.
    """
    since = a_year_before(on)
    known = [one for one in documents if one.by_professional and one.occurred_on <= on]
    known.sort(key=lambda one: (one.occurred_on, one.id.int), reverse=True)
    history = [one for one in known if one.type_code in HISTORY_REPORTS and says_something(one)]
    results = [one for one in known if one.type_code in RESULTS and one.occurred_on > since]
    for section, found in (
        (Section.PROBLEMS, history[:HISTORY_SHOWN]),
        (Section.ATTENTION, results[:RESULTS_SHOWN]),
    ):
        for one in found:
            evidence = Evidence((one.id,), phrase("draft.evidence_document"))
            yield DraftLine(
                key=f"document:{one.id}",
                section=section,
                level=Level.B,
                phrase=phrase("draft.document", on=one.occurred_on, title=one.title),
                code_system="",
                code="",
                evidence=(evidence,),
                included=False,
                masked=False,
                question="",
                categories=one.categories,
            )


def _question_line(question: str, source: Treatment, on: date) -> DraftLine:
    return DraftLine(
        key=f"question:{question}",
        section=Section.PROBLEMS,
        level=Level.C,
        phrase=phrase(f"question.{question}"),
        code_system="",
        code="",
        evidence=(_deliveries(source, on, named=True),),
        included=False,
        masked=False,
        question=question,
        categories=source.categories,
    )


def _treatment_line(treatment: Treatment, on: date) -> DraftLine:
    current = treatment.status is Status.IN_PROGRESS
    form = "draft.treatment" if current else "draft.treatment_maybe_stopped"
    return DraftLine(
        key=f"treatment:{treatment.key}",
        section=Section.TREATMENTS,
        level=Level.A if current else Level.B,
        phrase=phrase(form, name=treatment.substance),
        code_system="ATC" if treatment.atc else "",
        code=treatment.atc,
        evidence=(_deliveries(treatment, on, named=False),),
        included=current,
        masked=False,
        question="",
        categories=treatment.categories,
    )


def _deliveries(treatment: Treatment, on: date, *, named: bool) -> Evidence:
    """Say how often and when last it was delivered, citing only the year that is counted.

    Named where the line above says a problem; a line that is the medicine has said its name.
    """
    year = in_12_months(treatment.dispensings, on)
    facts: dict[str, Value] = {"count": len(year), "last": treatment.last_on}
    if named:
        said = phrase("draft.evidence_treatment", name=treatment.substance, **facts)
    else:
        said = phrase("treatment.given_times", **facts)
    return Evidence(tuple(line_id for one in year for line_id in one.line_ids), said)
