"""The desk: what may be said of a patient, what the GP decided, what would be signed and why not.

Lines come from the published rules, from the last version and from the GP's hand; each keeps its
sources, and the gate withholds it from whoever doesn't see one of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access.binding import bound, note, use_case
from access.journal import Action
from access.policy import NotVisible, Refused
from records import files
from records.care.words import QUESTIONS, phrase
from records.dossier import telling
from records.dossier.entrance import Dossier, enter
from records.hidden_words import words_written
from records.models import ElementKind, Record, Section, ticked_answer
from records.synthesis.carrying import (
    ALLERGIES,
    HIDDEN_SINCE,
    LastVersion,
    carried,
    last_version,
    learn,
)
from records.synthesis.choices import Choices, draft_row, paragraphs, unseal_choices
from records.synthesis.consents import agreed_words
from records.synthesis.proposing import (
    ProposedLine,
    allergies_said,
    propose,
    read_seen,
    vocabulary_of,
)


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.synthesis.naming import Hit, Source, Vocabulary


NO_DRAFT = -1  # no version has it: what was typed and not signed is left aside


@dataclass(frozen=True, slots=True)
class ToSign:
    """One line as it would be signed: ``line`` is what it comes from, nothing where just typed."""

    section: Section
    text: str
    key: str
    sources: tuple[Source, ...]
    categories: int
    masked: bool
    new: bool
    line: ProposedLine | None

    @property
    def answer(self) -> str:
        """The line in the reader's language, where it is a ticked answer."""
        return ticked_answer(self.key)


@dataclass(frozen=True)
class Desk:
    """The desk of one record: lines to decide on, the last version, what would be signed."""

    dossier: Dossier
    lines: tuple[ProposedLine, ...]
    choices: Choices
    last: LastVersion
    allergies: str
    to_sign: tuple[ToSign, ...]
    leaks: tuple[Hit, ...]
    agreed: frozenset[str]
    words: Vocabulary
    allergies_said: tuple[str, ...]

    def of(self, section: str) -> tuple[ProposedLine, ...]:
        """Return the lines of one section."""
        return tuple(line for line in self.lines if line.section == section)

    @property
    def last_on(self) -> str:
        """The day the last version was signed; nothing where there is none."""
        signed = self.last.synthesis
        return telling.day_and_month(signed.signed_at) if signed else ""

    @cached_property
    def added(self) -> tuple[ToSign, ...]:
        """What is new since the last version."""
        return tuple(one for one in self.to_sign if one.new)

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """What the last version said and this one no longer does."""
        kept = {(one.section, one.text) for one in self.to_sign}
        lines = (said.line for said in self.last.lines)
        return tuple(line.text for line in lines if (line.section, line.text) not in kept)

    @property
    def never_asked(self) -> list[tuple[str, str]]:
        """The questions the GP never wants to see again, in words."""
        known = sorted(self.choices.never & QUESTIONS.keys())
        return [(key, telling.tell(phrase(f"question.{key}"))) for key in known]

    @property
    def questions(self) -> int:
        """How many questions wait for an answer."""
        return sum(
            bool(one.question) and not one.kept and one.key not in self.choices.refused
            and one.key not in self.choices.answers
            for one in self.lines
        )  # fmt: skip

    @cached_property
    def seen(self) -> str:
        """A digest of what would be signed: what is signed is what was read."""
        said = [[one.section, one.text, one.masked] for one in self.to_sign]
        last = str(self.last.synthesis.id) if self.last.synthesis else ""
        return hashlib.sha256(json.dumps([last, said]).encode()).hexdigest()[:32]


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
def open_desk(*, by: Viewer, record_id: uuid.UUID, choices: Choices | None = None) -> Desk:
    """Return the desk with its draft, computed now from what the GP sees, as one event.

    ``choices``, not kept yet, are taken in the place of those that are. One answer is one event,
    however often it opens the desk.
    """
    dossier = enter_as_gp(by=by, record_id=record_id)
    desk = desk_of(dossier, by=by, choices=choices)
    drafted = Action.SYNTHESIS_DRAFTED
    if not any(one.action is drafted and one.record_id == record_id for one in bound().events):
        note(drafted, record_id, by=by, door=dossier.door, shown=len(desk.lines))
    return desk


def changes_since(*, by: Viewer, record_id: uuid.UUID) -> int:
    """Return how much would change if the GP signed again today; 0 where nothing was signed.

    For the treating GP alone, whom nothing is hidden from; nothing is shown, so nothing is noted.
    """
    dossier = enter_as_gp(by=by, record_id=record_id)
    key = files.record_key(Record.objects.get(id=record_id))
    decided = unseal_choices(draft_row(record_id, author_of(by)), key, last_number=NO_DRAFT)
    desk = desk_of(dossier, by=by, choices=decided)
    if desk.last.synthesis is None:
        return 0
    return len(desk.added) + len(desk.removed) + desk.questions


def desk_of(dossier: Dossier, *, by: Viewer, choices: Choices | None = None) -> Desk:
    """Compute the desk: the draft from what the GP sees, and what was decided on it."""
    record = Record.objects.get(id=dossier.record_id)
    key = files.record_key(record)
    last = last_version(dossier)
    if choices is None:
        row = draft_row(dossier.record_id, author_of(by))
        choices = unseal_choices(row, key, last_number=last.number)
    seen = read_seen(dossier)
    words = vocabulary_of(dossier, seen)
    words.know(by.name)
    learn(words, last, dossier)
    agreed = agreed_words(dossier.record_id, key)
    lines = tuple(
        _decided(line, choices, words, agreed)
        for line in carried(propose(seen, choices.never), last)
    )
    allergies = choices.allergies or last.allergies
    published = _published(lines, choices, allergies)
    to_sign, leaks = _with_words(published, words, agreed, last)
    return Desk(
        dossier=dossier, lines=lines, choices=choices, last=last, allergies=allergies,
        to_sign=to_sign, leaks=leaks, agreed=agreed, words=words,
        allergies_said=allergies_said(dossier),
    )  # fmt: skip


def _decided(
    line: ProposedLine, choices: Choices, words: Vocabulary, agreed: frozenset[str]
) -> ProposedLine:
    """Tell whether a line is kept; one that names what was hidden since isn't, by itself."""
    if line.by_hand:
        [found] = words_written([line.text])
        hits = words.hits(found, line.text, itself=_itself(line))
        if any(hit.key not in agreed for hit in hits):
            line = replace(line, included=False, note=line.note or HIDDEN_SINCE)
    kept = choices.keeps(line.key, line.level, otherwise=line.included)
    return replace(line, kept=kept)


def _itself(line: ProposedLine | None) -> Source | None:
    if line is None or line.itself is None:
        return None
    return (ElementKind.SYNTHESIS_LINE.value, line.itself)


Published = tuple[Section, str, "ProposedLine | None", str]


def _published(
    lines: tuple[ProposedLine, ...], choices: Choices, allergies: str
) -> list[Published]:
    """Return what would be signed, in the order of the document."""
    typed = {
        Section.PROBLEMS: choices.added,
        Section.ALLERGIES: choices.allergy_text if allergies == "known" else "",
        Section.ATTENTION: choices.attention,
    }
    found: list[Published] = []
    for section in Section:
        if section == Section.ALLERGIES and allergies in ALLERGIES:
            key, text = ALLERGIES[allergies]
            found.append((section, text, None, key))
        found += [
            (section, line.text, line, line.key)
            for line in lines
            if line.kept and line.section == section
        ]
        found += [(section, text, None, "") for text in paragraphs(typed.get(section, ""))]
    # Said twice, by the last version and by hand, it is said once.
    once: dict[tuple[str, str], Published] = {}
    for one in found:
        once.setdefault((one[0], one[1]), one)
    return list(once.values())


def _with_words(
    published: list[Published], words: Vocabulary, agreed: frozenset[str], last: LastVersion
) -> tuple[tuple[ToSign, ...], tuple[Hit, ...]]:
    """Give lines by hand what they name, as sources; return what may not be named yet."""
    written = [text for _section, text, line, key in published if _by_hand(line, key)]
    found = iter(words_written(written))
    known = {(said.line.section, said.line.text) for said in last.lines}
    to_sign: list[ToSign] = []
    leaks: dict[str, Hit] = {}
    for section, text, line, key in published:
        sources = line.sources if line else ()
        categories = line.categories if line else 0
        if _by_hand(line, key):
            named = next(found)
            for hit in words.hits(named, text, itself=_itself(line)):
                if hit.key not in agreed:
                    leaks.setdefault(hit.word, hit)
            freed = words.hidden_under(named.keys() & agreed)
            new = words.rests_on(named, agreed, allergies=section == Section.ALLERGIES)
            sources = tuple(dict.fromkeys((*(set(sources) - freed), *new)))
            categories |= words.categories_of(named.keys() - agreed)
        masked = bool(line and line.masked) or words.hides(sources)
        to_sign.append(
            ToSign(section, text, key, sources, categories, masked,
                   (section, text) not in known, line)
        )  # fmt: skip
    return tuple(to_sign), tuple(leaks[word] for word in sorted(leaks))


def _by_hand(line: ProposedLine | None, key: str) -> bool:
    return line.by_hand if line else not key
