"""What the elements of a record say by their words, and which of them a free text names.

A word is *open* when an element without any mark says it too: it gives nothing away. A word that
only masked elements say is published with the holder's consent. Any other word a line by hand
names gives it a source, so that the line is withheld from whoever no longer sees that element.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from records import hidden_words
from records.models import AuthorKind, ElementKind


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Callable, Collection, Iterable, Sequence

    from records.care.lines import CareLine
    from records.models import Document, Entry

Source = tuple[str, "uuid.UUID"]
PADLOCK = "padlock"
# In its place where the setting takes it away: what is hidden is withheld, and nobody is asked.
UNTOLD = "untold"
# What a line rests on only where nothing else says its word. A line of the synthesis hides by its
# own mask, which goes with it: nothing ever rests on it.
_LAST = {ElementKind.ENTRY.value: 1, ElementKind.SYNTHESIS_LINE.value: 2}


@dataclass(slots=True)
class Word:
    """One word as the record says it: by whom, under which marks."""

    open: bool = False
    masked: bool = False
    only_masked: bool = False
    categories: int = 0
    rests_on: Source | None = None
    hidden: set[Source] = field(default_factory=set)
    rank: tuple[object, ...] = ()

    @property
    def gives_away(self) -> bool:
        """Only what the patient hid says it."""
        return self.masked and not self.open


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of a free text that only masked elements say, as it is written, and its line."""

    key: str
    word: str
    line: str


class Vocabulary:
    """The words of a record, from the elements its treating GP sees."""

    def __init__(self, *, padlock: bool = True) -> None:
        self._hidden = PADLOCK if padlock else UNTOLD
        self._words: dict[str, Word] = {}
        self._known: dict[tuple[str, ...], frozenset[str]] = {}
        self._masked: set[Source] = set()

    def add(
        self, source: Source, keys: Collection[str], marks: Sequence[str], *, on: dt.date,
        categories: int = 0,
    ) -> None:  # fmt: skip
        """Take in what one element says."""
        masked = PADLOCK in marks
        if masked:
            self._masked.add(source)
        for key in keys:
            word = self._words.setdefault(key, Word())
            word.open |= not marks
            word.masked |= masked
            word.only_masked |= masked and len(marks) == 1
            word.categories |= categories
            if masked:
                word.hidden.add(source)
            # Open before hidden, the oldest before others: it is the least often taken back.
            # What the holder wrote is theirs to change: a line never rests on it while open.
            entry = source[0] == ElementKind.ENTRY
            rank = (bool(marks), _LAST.get(source[0], 0), on, source[1].int)
            if not (entry and not marks) and (word.rests_on is None or rank < word.rank):
                word.rests_on, word.rank = source, rank

    def add_care(self, care: CareLine, marks: Sequence[str]) -> None:
        """Take in a reimbursement line: its medicine or act, its people, their specialties."""
        by_place = care.performer_kind == "structure"
        medicine = care.code if care.code_system == "CIP13" else ""
        facts = (
            care.label, medicine, care.atc, care.performer_name, care.prescriber_name,
            care.performer_specialty, care.prescriber_specialty, str(by_place),
        )  # fmt: skip
        keys = self._known.get(facts)
        if keys is None:
            person = hidden_words.keys_of_person
            who: Callable[[str], frozenset[str]] = (
                hidden_words.keys_of_words if by_place else person
            )
            keys = self._known[facts] = frozenset().union(
                hidden_words.keys_of_words(care.label),
                hidden_words.keys_of_medicine(medicine, care.atc),
                who(care.performer_name),
                person(care.prescriber_name),
                hidden_words.keys_of_specialty(care.performer_specialty),
                hidden_words.keys_of_specialty(care.prescriber_specialty),
            )
        source = (ElementKind.LINE.value, care.id)
        self.add(source, keys, marks, on=care.care_start, categories=care.categories)

    def add_document(self, document: Document, marks: Sequence[str]) -> None:
        """Take in a document: its title; its author and their specialty, but for the holder's."""
        keys = hidden_words.keys_of_words(document.title)
        if document.author_kind == AuthorKind.PROFESSIONAL:
            keys |= hidden_words.keys_of_person(document.author_name)
            keys |= hidden_words.keys_of_specialty(document.author_specialty)
            keys |= hidden_words.keys_of_words(document.author_structure_name)
        source = (ElementKind.DOCUMENT.value, document.id)
        self.add(source, keys, marks, on=document.occurred_on, categories=document.categories)

    def add_label(
        self, source: Source, label: str, marks: Sequence[str], *, on: dt.date, categories: int
    ) -> None:
        """Take in an element that is said in one sentence."""
        keys = hidden_words.keys_of_words(label)
        self.add(source, keys, marks, on=on, categories=categories)

    def add_entry(self, entry: Entry, marks: Sequence[str]) -> None:
        """Take in what the holder wrote."""
        content = entry.content if isinstance(entry.content, dict) else {}
        text = " ".join(value for value in content.values() if isinstance(value, str))
        source = (ElementKind.ENTRY.value, entry.id)
        self.add_label(source, text, marks, on=entry.occurred_on, categories=entry.categories)

    def hide(self, source: Source, text: str, *, on: dt.date) -> None:
        """Take in a sentence that the patient hid, or that says what they hid."""
        self.add_label(source, text, (self._hidden,), on=on, categories=0)

    def know(self, *names: str) -> None:
        """Take in names that every reader of the record knows: its holder's, their GP's."""
        for name in names:
            for key in hidden_words.keys_of_person(name):
                self._words.setdefault(key, Word()).open = True

    def hits(self, found: dict[str, str], line: str, *, itself: Source | None) -> list[Hit]:
        """Return the words of a line that only masked elements say, and not only the line."""
        hits = []
        for key, written in found.items():
            word = self._words.get(key)
            if word is not None and word.gives_away and word.hidden != {itself}:
                hits.append(Hit(key, written, line))
        return hits

    def rests_on(
        self, found: Iterable[str], agreed: Collection[str], *, allergies: bool
    ) -> tuple[Source, ...]:
        """Return what a line by hand rests on: for each word it names, one element that says it.

        A word the holder agreed to gives no source, unless something but a mask hides it. An
        allergy is kept safe: it rests on nothing that is open.
        """
        sources: dict[Source, None] = {}
        for key in found:
            word = self._words.get(key)
            if word is None or word.rests_on is None:
                continue
            if word.rests_on[0] == ElementKind.SYNTHESIS_LINE:
                continue
            agreed_to = key in agreed and (word.only_masked or word.open)
            if not (agreed_to or (allergies and word.open)):
                sources[word.rests_on] = None
        return tuple(sources)

    def hidden_under(self, keys: Iterable[str]) -> set[Source]:
        """Return the masked elements that say some words."""
        held = (self._words[key].hidden for key in keys if key in self._words)
        return set().union(*held)

    def hides(self, sources: Iterable[Source]) -> bool:
        """Tell whether the patient hid one of these."""
        return not self._masked.isdisjoint(sources)

    def word(self, key: str) -> Word | None:
        """Return a word of the record."""
        return self._words.get(key)

    def categories_of(self, found: Iterable[str]) -> int:
        """Return the sensitive categories of the words of a line: in doubt, it belongs to them."""
        bits = 0
        for key in found:
            word = self._words.get(key)
            bits |= word.categories if word is not None and not word.open else 0
        return bits
