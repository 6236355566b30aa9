"""What goes with an element that is being hidden, and what could still be guessed.

Only the elements given are looked at: those the person asking may see. What the database
remembers of episodes isn't used here, since it may rest on an element they may not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from records.care.documents import DISPENSINGS, PRESCRIPTIONS
from records.care.kinds import EventKind
from records.care.links import link
from records.care.together import resolved_kinds
from records.care.words import phrase


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from uuid import UUID

    from records.care.documents import DocumentFact
    from records.care.lines import CareLine
    from records.care.words import Phrase


class BundleReason(StrEnum):
    """Why an element goes with another; the words are in `words.BUNDLE`."""

    DOCUMENT = "document"
    PRESCRIPTION = "prescription"
    DISPENSING = "dispensing"
    CLAIM_LINE = "claim_line"
    TRANSPORT = "transport"
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    STAY = "stay"
    SYNTHESIS = "synthesis"


class GuessReason(StrEnum):
    """Why what stays visible may give away what is hidden."""

    SAME_SUBSTANCE = "same_substance"
    SAME_CATEGORY = "same_category"


@dataclass(frozen=True, slots=True)
class SynthesisFact:
    """A published line of the synthesis and the elements it cites."""

    id: UUID
    cites: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class BundleItem:
    """An element of the same care, and why."""

    id: UUID
    reason: BundleReason
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Guess:
    """Elements left visible that point at what is hidden.

    `atc` is set for a substance, `category` (one bit) for a sensitive category.
    """

    reason: GuessReason
    atc: str
    category: int
    ids: tuple[UUID, ...]
    phrase: Phrase


_REASONS: Final = {
    EventKind.PHARMACY: BundleReason.DISPENSING,
    EventKind.VACCINE: BundleReason.DISPENSING,
    EventKind.DEVICE: BundleReason.DISPENSING,
    EventKind.TRANSPORT: BundleReason.TRANSPORT,
    EventKind.LABORATORY: BundleReason.LABORATORY,
    EventKind.IMAGING: BundleReason.IMAGING,
    EventKind.STAY: BundleReason.STAY,
}


def bundle_of(
    chosen: UUID,
    lines: Collection[CareLine],
    documents: Collection[DocumentFact],
    synthesis: Iterable[SynthesisFact] = (),
) -> tuple[BundleItem, ...]:
    """Return the other elements of the same care, the earliest first, synthesis lines last.

    An element that isn't among those given has no bundle.
    """
    links = {element.id: element.of for element in link(lines, documents)}
    if chosen not in links:
        return ()
    anchors = links[chosen].keys()
    same = {element for element, of in links.items() if of.keys() & anchors}
    dated = sorted(
        (
            (on, item)
            for on, item in (*_of_documents(documents), *_of_lines(tuple(lines)))
            if item.id in same and item.id != chosen
        ),
        key=lambda found: (found[0], found[1].id.int),
    )
    citing = (
        BundleItem(one.id, BundleReason.SYNTHESIS, phrase("bundle.synthesis"))
        for one in sorted(synthesis, key=lambda one: one.id.int)
        if one.cites & same
    )
    return (*(item for _, item in dated), *citing)


def _of_documents(documents: Iterable[DocumentFact]) -> Iterator[tuple[object, BundleItem]]:
    for document in documents:
        reason = BundleReason.DOCUMENT
        if document.type_code in PRESCRIPTIONS:
            reason = BundleReason.PRESCRIPTION
        elif document.type_code in DISPENSINGS:
            reason = BundleReason.DISPENSING
        said = phrase(f"bundle.{reason.value}", on=document.occurred_on)
        yield document.occurred_on, BundleItem(document.id, reason, said)


def _of_lines(lines: Sequence[CareLine]) -> Iterator[tuple[object, BundleItem]]:
    for line, kind in zip(lines, resolved_kinds(lines), strict=True):
        reason = _REASONS.get(kind, BundleReason.CLAIM_LINE)
        said = phrase(f"bundle.{reason.value}", on=line.care_start)
        if reason is BundleReason.DISPENSING and line.prescriber_name:
            by = line.prescriber_name
            said = phrase("bundle.dispensing_by", on=line.care_start, name=by)
        yield line.care_start, BundleItem(line.id, reason, said)


def still_guessable(
    hidden: Collection[UUID],
    lines: Collection[CareLine],
    documents: Collection[DocumentFact],
) -> tuple[Guess, ...]:
    """Return what, left visible, could let someone guess what is about to be hidden.

    First the same substances, then what belongs to the same sensitive categories; each
    element is told once. `lines` and `documents` are those left to the person it is hidden
    from and known to the one asking, with the hidden ones among them.
    """
    gone = frozenset(hidden)
    told: set[UUID] = set()
    return (
        *_same_substances(gone, lines, told),
        *_same_categories(gone, (*lines, *documents), told),
    )


def _same_substances(
    gone: frozenset[UUID], lines: Iterable[CareLine], told: set[UUID]
) -> Iterator[Guess]:
    by_substance: dict[str, list[CareLine]] = {}
    for line in sorted(lines, key=lambda line: (line.care_start, line.id.int)):
        if line.atc:
            by_substance.setdefault(line.atc, []).append(line)
    for atc, held in by_substance.items():
        left = [line for line in held if line.id not in gone]
        if left and len(left) < len(held):
            told.update(line.id for line in left)
            name = next((line.label for line in reversed(left) if line.label), atc)
            said = phrase("bundle.same_substance", count=len(left), name=name)
            ids = tuple(line.id for line in left)
            yield Guess(GuessReason.SAME_SUBSTANCE, atc, 0, ids, said)


def _same_categories(
    gone: frozenset[UUID], elements: Sequence[CareLine | DocumentFact], told: set[UUID]
) -> Iterator[Guess]:
    categories = 0
    for element in elements:
        if element.id in gone:
            categories |= element.categories
    ordered = sorted(elements, key=lambda element: element.id.int)
    for category in _bits(categories):
        ids = tuple(
            element.id
            for element in ordered
            if element.categories & category and element.id not in gone | told
        )
        if ids:
            told.update(ids)
            said = phrase("bundle.same_category", count=len(ids))
            yield Guess(GuessReason.SAME_CATEGORY, "", category, ids, said)


def _bits(categories: int) -> Iterator[int]:
    bit = 1
    while bit <= categories:
        if categories & bit:
            yield bit
        bit <<= 1
