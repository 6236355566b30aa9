"""What the GP has decided on a draft and not yet signed: sealed, theirs alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from records import keys
from records.models import SynthesisDraft


if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

YES, NO, NEVER = "yes", "no", "never"
ALLERGY_ANSWERS = ("none", "known", "not_asked")
NO_ALLERGY = "Aucune allergie connue"
NOT_ASKED = "Allergies : non recherché"
MAX_TEXT = 500  # a line, as it is kept
MAX_LINES = 30  # of one field
MAX_FIELD = 20_000  # of one field: enough for every line it may hold


@dataclass(frozen=True, slots=True)
class Choices:
    """What the GP has decided so far on a draft; kept sealed until signed.

    ``answers`` are this draft's, by the key of a line. ``refused`` and ``never`` outlive it: what
    was refused, at the level it then had, and the questions never to be asked again.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    allergies: str = ""
    allergy_text: str = ""
    attention: str = ""
    added: str = ""
    despite: bool = False  # no allergy, whatever the patient wrote

    def keeps(self, key: str, level: str, *, otherwise: bool) -> bool:
        """Tell whether a line is to be published: answered now, refused before, or as proposed."""
        answer = self.answers.get(key)
        if answer is not None:
            return answer == YES
        return otherwise and self.refused.get(key) != level

    def lasting(self) -> Choices:
        """Return what outlives the draft."""
        return Choices(refused=self.refused, never=self.never)


def draft_row(record_id: uuid.UUID, author_id: uuid.UUID) -> SynthesisDraft | None:
    """Return the draft row of an author, if they opened one."""
    return SynthesisDraft.objects.filter(record_id=record_id, author_id=author_id).first()


def unseal_choices(row: SynthesisDraft | None, key: bytes, *, last_number: int) -> Choices:
    """Return what was decided; what was typed before another version was signed is over."""
    if row is None:
        return Choices()
    body: dict[str, Any] = json.loads(keys.unseal(key, row.body_sealed, about=row.id.bytes))
    known = {name: body[name] for name in Choices.__dataclass_fields__ if name in body}
    choices = replace(Choices(**known), never=frozenset(body.get("never", ())))
    return choices if row.base_number == last_number else choices.lasting()


def seal_choices(choices: Choices, key: bytes, about: bytes) -> bytes:
    """Return choices sealed with the record's key."""
    body: dict[str, Any] = {
        "answers": dict(choices.answers),
        "refused": dict(choices.refused),
        "never": sorted(choices.never),
        "allergies": choices.allergies,
        "allergy_text": choices.allergy_text,
        "attention": choices.attention,
        "added": choices.added,
        "despite": choices.despite,
    }
    return keys.seal(key, json.dumps(body).encode(), about=about)


def paragraphs(text: str) -> list[str]:
    """Return the lines of a free text: one for each that says something, none twice."""
    written = (" ".join(line.split()) for line in text.replace("\x00", " ").splitlines())
    return list(dict.fromkeys(line for line in written if line))
