"""Saving a draft and signing it: a new version, its lines, what each rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.translation import gettext as _

from access.binding import note, now, today, use_case
from access.journal import Action
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
from records.synthesis.choices import ALLERGY_ANSWERS, Choices, draft_row, seal_choices
from records.synthesis.desk import (
    MAX_TEXT,
    Desk,
    ProposedLine,
    author_of,
    desk_of,
    enter_as_gp,
    paragraphs,
)
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer

SYNTHESIS_TYPE = "SYNTH"


@use_case
def save_choices(*, by: Viewer, record_id: uuid.UUID, choices: Choices) -> None:
    """Keep what the GP decided: a draft of theirs alone, sealed; nothing is published."""
    enter_as_gp(by=by, record_id=record_id)
    if choices.allergies and choices.allergies not in ALLERGY_ANSWERS:
        raise Refused(_("Dites si le patient a des allergies."))
    record = Record.objects.get(id=record_id)
    key = files.record_key(record)
    row = draft_row(record_id, author_of(by))
    if row is None:
        last = Synthesis.objects.filter(record_id=record_id).aggregate(n=Max("number"))["n"]
        row = SynthesisDraft(
            id=uuid7(), record=record, author_id=author_of(by), opened_at=now(),
            base_number=last or 0,
        )  # fmt: skip
    row.body_sealed = seal_choices(choices, key, row.id.bytes)
    row.updated_at = now()
    row.save()


def check_can_sign(desk: Desk) -> None:
    """Raise ``Refused`` with what is missing before signing."""
    if desk.choices.allergies not in ALLERGY_ANSWERS:
        raise Refused(_("Dites si le patient a des allergies."))
    if desk.choices.allergies == "known" and not paragraphs(desk.choices.allergy_text):
        raise Refused(_("Écrivez à quoi le patient est allergique."))
    if desk.leaks and not desk.choices.consent:
        raise Refused(
            _(
                "Votre texte nomme ce que le patient a masqué : %(words)s. "
                "Retirez ces mots, ou cochez qu'il est d'accord."
            )
            % {"words": ", ".join(desk.leaks)}
        )


@use_case
def sign(*, by: Viewer, record_id: uuid.UUID) -> Synthesis:
    """Publish the synthesis: a new version, its lines, what each rests on. The draft is dropped.

    Raises ``Refused`` if something is missing, or if another version was published meanwhile.
    """
    dossier = enter_as_gp(by=by, record_id=record_id)
    Record.objects.select_for_update(of=("self",)).get(id=record_id)
    desk = desk_of(dossier, by=by)
    check_can_sign(desk)
    row = draft_row(record_id, author_of(by))
    if row is not None and row.base_number != desk.last_number:
        raise Refused(
            _("Une autre version a été signée entre-temps. Relisez le brouillon, puis signez.")
        )
    author = by.practice
    synthesis = Synthesis(
        id=uuid7(), record_id=record_id, number=desk.last_number + 1, author_id=author_of(by),
        author_name=by.name, author_structure_name=author.structure_name if author else "",
        signed_at=now(),
    )  # fmt: skip
    synthesis.save(force_insert=True)
    for position, (section, text, proposed) in enumerate(desk.to_publish(), start=1):
        _publish_line(synthesis, section, text, proposed, position=position, by=by)
    if row is not None:
        _forget(row, desk.choices, files.record_key(Record.objects.get(id=record_id)))
    reason = "consent to named words" if desk.leaks else ""
    note(
        Action.SYNTHESIS_SIGNED,
        record_id,
        by=by,
        door=dossier.door,
        reason=reason,
        element_kind="synthesis_line",
        shown=len(desk.to_publish()),
    )
    return synthesis


def _publish_line(
    synthesis: Synthesis, section: Section, text: str, proposed: ProposedLine | None, *,
    position: int, by: Viewer,
) -> None:  # fmt: skip
    line = SynthesisLine(
        id=uuid7(), record_id=synthesis.record_id, synthesis=synthesis, section=section,
        position=position, text=text[:MAX_TEXT], type_code=SYNTHESIS_TYPE, occurred_on=today(),
        created_at=now(), author_id=author_of(by), author_structure_id=by.structure_id,
        categories=proposed.categories if proposed else 0,
        evidence=list(proposed.evidence) if proposed else [],
        code_system=proposed.code_system if proposed else "",
        code=proposed.code if proposed else "",
    )  # fmt: skip
    line.save(force_insert=True)
    for kind, source in proposed.sources if proposed else ():
        SynthesisSource(
            id=uuid7(), record_id=synthesis.record_id, line=line, kind=kind, element_id=source
        ).save(force_insert=True)


def _forget(row: SynthesisDraft, choices: Choices, key: bytes) -> None:
    """Drop the draft; keep only the questions never to be asked again."""
    if not choices.never:
        row.delete()
        return
    row.body_sealed = seal_choices(Choices(never=choices.never), key, row.id.bytes)
    row.base_number += 1
    row.updated_at = now()
    row.save()
