"""The desk as its pages show it: sections in the order of the document, notes in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from records.models import Section
from records.synthesis.carrying import HIDDEN_SINCE, NOT_PROPOSED, SOURCE_GONE
from records.synthesis.choices import NO, YES


if TYPE_CHECKING:
    from records.synthesis.desk import Desk, ToSign
    from records.synthesis.proposing import ProposedLine

# Allergies are asked in their own part of the page; the others only when they hold something.
ALWAYS = (Section.PROBLEMS, Section.ATTENTION, Section.TREATMENTS)


@dataclass(frozen=True, slots=True)
class LineToDecide:
    """A line of the draft, its answer so far and what changed, in words."""

    control: str
    line: ProposedLine
    answer: str
    note: str


@dataclass(frozen=True, slots=True)
class DraftSection:
    """A section of the draft."""

    key: str
    title: str
    lines: tuple[LineToDecide, ...]


@dataclass(frozen=True, slots=True)
class SignedSection:
    """A section of what would be signed."""

    title: str
    lines: tuple[ToSign, ...]


def _notes() -> dict[str, str]:
    return {
        SOURCE_GONE: _(
            "Ce sur quoi cette ligne s'appuyait a été retiré. Cochée, elle est écrite par vous."
        ),
        NOT_PROPOSED: _("Le dossier ne le montre plus. Cochez si c'est toujours vrai."),
        HIDDEN_SINCE: _(
            "Le patient masque maintenant ce qu'elle nomme. Cochée, il faudra son accord."
        ),
    }


def draft_sections(desk: Desk) -> list[DraftSection]:
    """Return the sections of the draft, in the order of the document."""
    notes = _notes()
    found = []
    for section in Section:
        lines = desk.of(section)
        if lines or section in ALWAYS or section == Section.ALLERGIES:
            decided = tuple(
                LineToDecide(
                    control=f"{section.value}-{number}",
                    line=line,
                    answer=_answer(desk, line),
                    note=notes.get(line.note, ""),
                )
                for number, line in enumerate(lines, start=1)
            )
            found.append(DraftSection(section.value, str(section.label), decided))
    return found


def _answer(desk: Desk, line: ProposedLine) -> str:
    if line.kept:
        return YES
    refused = desk.choices.refused.get(line.key) == line.level
    return NO if desk.choices.answers.get(line.key) == NO or refused else ""


def sections_to_sign(desk: Desk) -> list[SignedSection]:
    """Return what would be signed, by section."""
    return [
        SignedSection(str(section.label), lines)
        for section in Section
        if (lines := tuple(one for one in desk.to_sign if one.section == section))
    ]
