"""Saving a draft, signing it, taking it back at once: a new version, what each line rests on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.translation import gettext as _

from access import narrow_ways
from access.binding import note, now, today, use_case
from access.circle.deciding import lock
from access.journal import Action
from access.masks import cover_line
from access.policy import Refused
from records import files
from records.models import (
    Record,
    Section,
    Synthesis,
    SynthesisDraft,
    SynthesisLine,
    SynthesisSource,
)
from records.odd_letters import has_odd_letters, odd_letters_said
from records.synthesis.carrying import HAND, LastVersion, last_version
from records.synthesis.choices import (
    ALLERGY_ANSWERS,
    MAX_FIELD,
    MAX_LINES,
    MAX_TEXT,
    NO,
    YES,
    Choices,
    draft_row,
    paragraphs,
    seal_choices,
)
from records.synthesis.consents import record_consents
from records.synthesis.desk import Desk, ToSign, author_of, desk_of, enter_as_gp
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier

SYNTHESIS_TYPE = "SYNTH"
UNDONE_WITHIN = dt.timedelta(minutes=10)
UNDONE = "undone"
# More lines than this, and nobody reads it in a minute.
MOST_LINES = 200


def _come_to_write(by: Viewer, record_id: uuid.UUID) -> tuple[Dossier, Record]:
    """Hold the record for its treating GP: what two presses at once write is written once.

    Come again once it is held: whoever was replaced meanwhile writes nothing.
    """
    enter_as_gp(by=by, record_id=record_id)  # who only waits learns nothing
    record = lock(record_id)
    dossier = enter_as_gp(by=by, record_id=record_id)
    assert record is not None  # noqa: S101  # one comes to no record that isn't there
    return dossier, record


@use_case
def save_choices(*, by: Viewer, record_id: uuid.UUID, choices: Choices) -> None:
    """Keep what the GP decided: a draft of theirs alone, sealed; nothing is published.

    Raises ``Refused`` for what can't be kept whole.
    """
    enter_as_gp(by=by, record_id=record_id)
    if choices.allergies and choices.allergies not in ALLERGY_ANSWERS:
        raise Refused(_("Dites si le patient a des allergies."))
    if any(
        len(text) > MAX_FIELD for text in (choices.added, choices.attention, choices.allergy_text)
    ):
        raise Refused(
            _("Un champ dépasse %(most)s caractères : raccourcissez-le.") % {"most": MAX_FIELD}
        )
    dossier, record = _come_to_write(by, record_id)
    key = files.record_key(record)
    row = draft_row(record_id, author_of(by))
    if row is None:
        row = SynthesisDraft(id=uuid7(), record=record, author_id=author_of(by), opened_at=now())
    row.base_number = last_version(dossier).number
    row.body_sealed = seal_choices(choices, key, row.id.bytes)
    row.updated_at = now()
    row.save()


def problems_of(desk: Desk) -> list[tuple[str, str]]:
    """Return what is missing or too long before signing: the field it is in, and a sentence."""
    choices = desk.choices
    problems = [
        (field, sentence)
        for field, text, name in (
            ("added", choices.added, _("Ajouter à la synthèse")),
            ("attention", choices.attention, _("Points de vigilance")),
            ("allergy_text", choices.allergy_text, _("Allergies")),
        )
        for sentence in _too_long(name, paragraphs(text))
    ]
    kept = [one for one in desk.of(Section.ALLERGIES) if one.kept]
    if desk.allergies not in ALLERGY_ANSWERS:
        problems.append(("allergies-none", _("Dites si le patient a des allergies.")))
    elif desk.allergies != "known" and (kept or paragraphs(choices.allergy_text)):
        problems.append((
            "allergies-none",
            _("Vous gardez une allergie et répondez qu'il n'y en a pas, ou qu'elle n'a pas été"
              " recherchée. Choisissez « Des allergies », ou retirez-la."),
        ))  # fmt: skip
    elif desk.allergies == "none" and desk.allergies_said and not choices.despite:
        problems.append((
            "despite",
            _("Le patient a écrit une allergie : %(text)s. Reprenez-la, ou cochez que vous l'avez"
              " vérifié avec lui.") % {"text": ", ".join(desk.allergies_said)},
        ))  # fmt: skip
    elif desk.allergies == "known" and not kept and not paragraphs(choices.allergy_text):
        problems.append(("allergy_text", _("Écrivez à quoi le patient est allergique.")))
    if len(desk.to_sign) > MOST_LINES:
        problems.append((
            "added",
            _("La synthèse a %(count)s lignes, et ne peut en avoir que %(most)s : retirez-en.")
            % {"count": len(desk.to_sign), "most": MOST_LINES},
        ))  # fmt: skip
    return problems


def _too_long(name: str, lines: list[str]) -> list[str]:
    found = [
        _("« %(field)s », ligne %(number)s : %(count)s caractères, %(most)s au plus. Coupez-la en"
          " deux.")
        % {"field": name, "number": number, "count": len(line), "most": MAX_TEXT}
        for number, line in enumerate(lines, start=1)
        if len(line) > MAX_TEXT
    ]  # fmt: skip
    if any(map(has_odd_letters, lines)):
        found.append(odd_letters_said())
    if len(lines) > MAX_LINES:
        found.append(
            _("« %(field)s » : %(count)s lignes, %(most)s au plus.")
            % {"field": name, "count": len(lines), "most": MAX_LINES}
        )
    return found


def why_not(desk: Desk, seen: str) -> str:
    """Return why this can't be signed as it was read, in a sentence; nothing if it can."""
    for _field, sentence in problems_of(desk):
        return sentence
    if desk.leaks:
        return _(
            "Votre texte nomme ce que le patient a masqué : %(words)s. Retirez ces mots, ou notez"
            " son accord."
        ) % {"words": ", ".join(hit.word for hit in desk.leaks)}
    if seen != desk.seen:
        return _(
            "Le brouillon a changé depuis que vous l'avez lu, ou il est déjà signé. Relisez-le,"
            " puis signez."
        )
    return ""


@use_case
def agree(*, by: Viewer, record_id: uuid.UUID, words: set[str]) -> int:
    """Record that the holder, present, agrees to named words; return to how many.

    Only words the text holds now, and that need it; another one, later, is asked again.
    """
    dossier, _record = _come_to_write(by, record_id)
    desk = desk_of(dossier, by=by)
    agreed = [
        (hit, word)
        for hit in desk.leaks
        if hit.word in words and (word := desk.words.word(hit.key)) is not None
    ]
    if agreed:
        record_consents(dossier, agreed, by=by, author_id=author_of(by))
    return len(agreed)


@use_case
def sign(*, by: Viewer, record_id: uuid.UUID, seen: str) -> Synthesis:
    """Publish the synthesis: a new version, its lines, what each rests on.

    ``seen`` is the digest of what the GP read. Raises ``Refused`` if something is missing, or if
    what would be signed is no longer that: another version was signed, or the record moved.
    """
    dossier, record = _come_to_write(by, record_id)
    desk = desk_of(dossier, by=by)
    if refusal := why_not(desk, seen):
        raise Refused(refusal)
    # The highest number of all, versions that nobody reads any more too: never given twice.
    highest = Synthesis.objects.filter(record_id=record_id).aggregate(n=Max("number"))["n"]
    synthesis = Synthesis(
        id=uuid7(), record_id=record_id, number=(highest or 0) + 1, author_id=author_of(by),
        author_name=by.name, signed_at=now(),
        author_structure_name=by.practice.structure_name if by.practice else "",
    )  # fmt: skip
    synthesis.save(force_insert=True)
    for position, one in enumerate(desk.to_sign, start=1):
        _publish(synthesis, one, position=position, by=by)
    row = draft_row(record_id, author_of(by))
    if row is not None:
        _remember(row, desk, files.record_key(record))
    note(
        Action.SYNTHESIS_SIGNED, record_id, by=by, door=dossier.door,
        element_kind="synthesis_line", shown=len(desk.to_sign),
    )  # fmt: skip
    return synthesis


def _publish(synthesis: Synthesis, one: ToSign, *, position: int, by: Viewer) -> None:
    proposed = one.line
    key = uuid7()
    line = SynthesisLine(
        id=key, record_id=synthesis.record_id, synthesis=synthesis, section=one.section,
        position=position, text=one.text, type_code=SYNTHESIS_TYPE, occurred_on=today(),
        created_at=now(), author_id=author_of(by), author_structure_id=by.structure_id,
        key=one.key or f"{HAND}{key}", categories=one.categories,
        evidence=list(proposed.evidence) if proposed else [],
        code_system=proposed.code_system if proposed else "",
        code=proposed.code if proposed else "",
    )  # fmt: skip
    line.save(force_insert=True)
    SynthesisSource.objects.bulk_create(
        SynthesisSource(
            id=uuid7(), record_id=synthesis.record_id, line=line, kind=kind, element_id=source
        )
        for kind, source in one.sources
    )
    if proposed is not None and proposed.itself is not None:
        cover_line(record_id=synthesis.record_id, like=proposed.itself, line_id=key)


def _remember(row: SynthesisDraft, desk: Desk, key: bytes) -> None:
    """Keep what was refused for the next drafts; what was typed is over with this version.

    It stays sealed beside, on the version it was typed over: taking this one back finds it again.
    """
    refused = dict(desk.choices.refused)
    for line in desk.lines:
        answer = desk.choices.answers.get(line.key)
        if answer == YES:
            refused.pop(line.key, None)
        elif answer == NO and (line.included or line.question):
            refused[line.key] = line.level
    row.body_sealed = seal_choices(replace(desk.choices, refused=refused), key, row.id.bytes)
    row.base_number = desk.last.number
    row.updated_at = now()
    row.save()


def _undoable(last: LastVersion, by: Viewer) -> Synthesis | None:
    signed = last.synthesis
    if signed is None or signed.author_id != by.professional_id:
        return None
    return signed if now() < signed.signed_at + UNDONE_WITHIN else None


@dataclass(frozen=True, slots=True)
class Undoable:
    """The version a GP may still take back, and until when."""

    version_id: uuid.UUID
    until: dt.datetime


def what_may_be_undone(*, by: Viewer, record_id: uuid.UUID) -> Undoable | None:
    """Return what the GP has just signed and may take back; None where they can't."""
    signed = _undoable(last_version(enter_as_gp(by=by, record_id=record_id)), by)
    return Undoable(signed.id, signed.signed_at + UNDONE_WITHIN) if signed else None


@use_case
def undo(*, by: Viewer, record_id: uuid.UUID, version_id: uuid.UUID) -> None:
    """Take back the version just signed, as if it had not been; the draft is found again.

    It is named: pressed twice, the version before it stays. Raises ``Refused`` after ten minutes:
    a mistake is then corrected by a new version.
    """
    dossier, _record = _come_to_write(by, record_id)
    if narrow_ways.version_is_gone(version_id, UNDONE):
        return
    signed = _undoable(last_version(dossier), by)
    if signed is None or signed.id != version_id:
        raise Refused(_("Dix minutes sont passées. Pour corriger, signez une nouvelle version."))
    narrow_ways.withdraw_version(signed.id, UNDONE)
    note(
        Action.SYNTHESIS_UNDONE, record_id, by=by, door=dossier.door,
        element_kind="synthesis_line",
    )  # fmt: skip
