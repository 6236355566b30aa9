"""What the GP has decided on a draft and not yet signed: sealed, theirs alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from records import keys
from records.models import Section, SynthesisDraft


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from records.care.drafts import DraftLine
    from records.models import SynthesisLine

ALLERGY_ANSWERS = ("none", "known", "not_asked")
NO_ALLERGY = "Aucune allergie connue"
NOT_ASKED = "Allergies : non recherché"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the GP has decided so far on a draft; kept sealed until signed."""

    kept: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    allergies: str = ""
    allergy_text: str = ""
    attention: str = ""
    added: str = ""
    consent: bool = False

    def keeps(self, line: DraftLine) -> bool:
        """Tell whether a proposed line is to be published."""
        if line.key in self.kept:
            return True
        return line.included and line.key not in self.left


def draft_row(record_id: uuid.UUID, author_id: uuid.UUID) -> SynthesisDraft | None:
    """Return the draft row of an author, if they opened one."""
    return SynthesisDraft.objects.filter(record_id=record_id, author_id=author_id).first()


def unseal_choices(row: SynthesisDraft | None, key: bytes) -> Choices:
    """Return what was decided on a draft; nothing yet where there is no row."""
    if row is None:
        return Choices()
    body: dict[str, Any] = json.loads(keys.unseal(key, row.body_sealed, about=row.id.bytes))
    for name in ("kept", "left", "never"):
        body[name] = frozenset(body.get(name, ()))
    return Choices(**body)


def seal_choices(choices: Choices, key: bytes, about: bytes) -> bytes:
    """Return choices sealed with the record's key."""
    body: dict[str, Any] = {
        "kept": sorted(choices.kept),
        "left": sorted(choices.left),
        "never": sorted(choices.never),
        "allergies": choices.allergies,
        "allergy_text": choices.allergy_text,
        "attention": choices.attention,
        "added": choices.added,
        "consent": choices.consent,
    }
    return keys.seal(key, json.dumps(body).encode(), about=about)


def choices_from(lines: Iterable[SynthesisLine], sourced: set[uuid.UUID]) -> Choices:
    """Return the choices a version says: its allergies and what was added by hand."""
    by_hand: dict[str, list[str]] = {}
    for line in lines:
        if line.id not in sourced:
            by_hand.setdefault(line.section, []).append(line.text)
    allergies = by_hand.get(Section.ALLERGIES, [])
    answer = "known" if allergies else ""
    if allergies == [NO_ALLERGY]:
        answer = "none"
    elif allergies == [NOT_ASKED]:
        answer = "not_asked"
    return Choices(
        allergies=answer,
        allergy_text="\n".join(allergies) if answer == "known" else "",
        attention="\n".join(by_hand.get(Section.ATTENTION, [])),
        added="\n".join(by_hand.get(Section.PROBLEMS, [])),
    )
