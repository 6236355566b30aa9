"""What the last version said, carried to the next: kept, sent back to the GP, or listed as gone.

Nothing is dropped in silence: a line is proposed again, or it is among those that will no longer
be said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from access import naming, policy
from records.dossier import telling
from records.models import (
    Document,
    ElementKind,
    Entry,
    ReimbursementLine,
    Section,
    Synthesis,
    SynthesisLine,
    SynthesisSource,
)
from records.synthesis.choices import NO_ALLERGY, NOT_ASKED
from records.synthesis.naming import PADLOCK
from records.synthesis.proposing import BY_HAND, ProposedLine


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from records.dossier.entrance import Dossier
    from records.synthesis.naming import Source, Vocabulary

# What changed since the last version, said beside a line.
SOURCE_GONE = "source_gone"
NOT_PROPOSED = "not_proposed"
HIDDEN_SINCE = "hidden_since"
# A line by hand, and the answer on allergies, go on under these names.
HAND = "hand:"
ALLERGIES = {
    "none": ("allergies:none", NO_ALLERGY),
    "not_asked": ("allergies:not_asked", NOT_ASKED),
}
# What a rule proposes as long as it is true: no longer proposed, it may no longer be.
_OF_A_RULE = ("illness:", "treatment:")


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line of the last version: what it rested on, and what is left of it."""

    line: SynthesisLine
    key: str
    sources: tuple[Source, ...]
    gone: tuple[Source, ...]
    masked: bool
    history: str

    @property
    def by_hand(self) -> bool:
        """Nobody but the GP proposed it."""
        return self.key.startswith(HAND)


@dataclass(frozen=True, slots=True)
class LastVersion:
    """The last version as its treating GP reads it."""

    synthesis: Synthesis | None = None
    lines: tuple[SaidLine, ...] = ()

    @property
    def number(self) -> int:
        """Its number; 0 where there is none."""
        return self.synthesis.number if self.synthesis else 0

    @property
    def allergies(self) -> str:
        """Return what it answered on allergies."""
        said = [one for one in self.lines if one.line.section == Section.ALLERGIES]
        for answer, (key, text) in ALLERGIES.items():
            if any(key == one.key or one.line.text == text for one in said):
                return answer
        return "known" if said else ""


def last_version(dossier: Dossier) -> LastVersion:
    """Return the newest version that has not been taken back, with what each line rests on."""
    rows = policy.visible_synthesis_lines(dossier.standing)
    every = list(rows.select_related("synthesis").order_by("-synthesis__number", "position", "id"))
    if not every:
        return LastVersion()
    newest = every[0].synthesis
    lines = [line for line in every if line.synthesis_id == newest.id]
    cited: dict[uuid.UUID, list[Source]] = {}
    sources = SynthesisSource.objects.filter(record_id=dossier.record_id, line__in=lines)
    for line_id, kind, element in sources.order_by("id").values_list(
        "line_id", "kind", "element_id"
    ):
        cited.setdefault(line_id, []).append((kind, element))
    left = _still_there(dossier, [one for held in cited.values() for one in held])
    return LastVersion(
        newest,
        tuple(_said(line, cited.get(line.id, ()), left, every) for line in lines),
    )


def _said(
    line: SynthesisLine, cited: Iterable[Source], left: set[Source], every: list[SynthesisLine]
) -> SaidLine:
    sources = tuple(one for one in cited if one in left)
    gone = tuple(one for one in cited if one not in left)
    # Lines signed before lines had keys go on under one of their own.
    key = line.key or (f"said:{line.id}" if sources or gone else f"{HAND}{line.id}")
    return SaidLine(
        line, key, sources, gone, PADLOCK in policy.marks_of(line), _history(line, key, every)
    )


def _history(line: SynthesisLine, key: str, every: list[SynthesisLine]) -> str:
    """Say by whom and since when a line is said."""
    first = min(
        (one for one in every if one.id == line.id or (line.key and one.key == line.key)),
        key=lambda one: one.synthesis.number,
    ).synthesis
    by_hand = _("Écrite par %(name)s le %(day)s")
    kept = _("Dans la synthèse depuis le %(day)s, par %(name)s")
    return (by_hand if key.startswith(HAND) else kept) % {
        "name": naming.the(first.author_name),
        "day": telling.day_and_month(first.signed_at),
    }


def _still_there(dossier: Dossier, cited: list[Source]) -> set[Source]:
    models: dict[ElementKind, type[Any]] = {
        ElementKind.DOCUMENT: Document,
        ElementKind.LINE: ReimbursementLine,
        ElementKind.ENTRY: Entry,
    }
    left: set[Source] = set()
    for kind, model in models.items():
        ids = {element for of, element in cited if of == kind}
        if ids:
            rows = policy.visible(model, dossier.standing).filter(id__in=ids)
            left |= {(kind.value, key) for key in rows.values_list("id", flat=True)}
    return left


def learn(words: Vocabulary, last: LastVersion, dossier: Dossier) -> None:
    """Add what the last version says of what the patient hid.

    The lines they hid, and the lines that rest on what they hid, taken back by its author or not.
    """
    gone = [one for said in last.lines for one in said.gone]
    masked = policy.under_a_mask_though_withdrawn(dossier.standing, {key for _kind, key in gone})
    for said in last.lines:
        line = said.line
        if said.masked:
            words.hide((ElementKind.SYNTHESIS_LINE.value, line.id), line.text, on=line.occurred_on)
        hidden = [source for source in said.gone if source[1] in masked]
        if not said.by_hand:
            hidden += [source for source in said.sources if words.hides([source])]
        for source in hidden:
            words.hide(source, line.text, on=line.occurred_on)


def carried(proposed: tuple[ProposedLine, ...], last: LastVersion) -> tuple[ProposedLine, ...]:
    """Return what is decided on: each proposal, told what was said of it, then what is carried."""
    by_key: Mapping[str, SaidLine] = {said.key: said for said in last.lines}
    by_text = {(said.line.section, said.line.text): said for said in last.lines}
    taken: set[str] = set()
    lines = []
    for one in proposed:
        said = by_key.get(one.key) or by_text.get((one.section, one.text))
        if said is not None:
            taken.add(said.key)
            one = _told(one, said)  # noqa: PLW2901  # the same line, with its history
        lines.append(one)
    answers = {text for _key, text in ALLERGIES.values()}
    for said in last.lines:
        answered = said.line.section == Section.ALLERGIES and said.line.text in answers
        if said.key not in taken and not answered:
            lines.append(_carry(said))
    return tuple(lines)


def _told(line: ProposedLine, said: SaidLine) -> ProposedLine:
    # « Peut-être arrêté » isn't what the last version said, though it is of the same treatment.
    same = said.line.text == line.text
    return replace(
        line, said=same, included=line.included or same, history=said.history, itself=said.line.id
    )


def _carry(said: SaidLine) -> ProposedLine:
    line = said.line
    key, by_hand, note = said.key, said.by_hand, ""
    if said.gone:
        # What it rested on was taken back: it is the GP's own line from now on, or none.
        key, by_hand, note = f"{HAND}{line.id}", True, SOURCE_GONE
    elif key.startswith(_OF_A_RULE):
        note = NOT_PROPOSED
    evidence = () if by_hand else tuple(str(part) for part in line.evidence)
    return ProposedLine(
        key=key,
        section=line.section,
        text=line.text,
        evidence=evidence,
        told=evidence,
        level=BY_HAND,
        included=not note,
        masked=said.masked,
        question="",
        code_system=line.code_system,
        code=line.code,
        sources=said.sources,
        categories=line.categories,
        by_hand=by_hand,
        said=True,
        note=note,
        history=said.history,
        itself=line.id,
    )
