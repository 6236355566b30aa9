"""The synthesis: published versions, their lines and what each line rests on; drafts apart."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.element import KeyedElement
from records.models.record import Record
from records.uuid7 import uuid7


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Synthesis(models.Model):
    """One signed version of the synthesis. Its lines are the elements, each with its viewers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    author_id = models.UUIDField()
    author_name = models.CharField(max_length=150)
    author_structure_name = models.CharField(max_length=150, blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "syntheses"
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="one_synthesis_per_number"),
            models.UniqueConstraint(fields=["record", "id"], name="synthesis_of_record"),
        ]

    def __str__(self) -> str:
        return f"synthesis {self.id}"


class Section(models.TextChoices):
    PROBLEMS = "problems", _("Pathologies en cours et antécédents")
    ALLERGIES = "allergies", _("Allergies")
    RISKS = "risks", _("Facteurs de risque")
    ATTENTION = "attention", _("Résultats et points de vigilance")
    TREATMENTS = "treatments", _("Traitements au long cours")


_ANSWERS = {
    "allergies:none": _("Aucune allergie connue"),
    "allergies:not_asked": _("Allergies : non recherché"),
}


def ticked_answer(key: str) -> str:
    """Return a line that is a ticked answer in the reader's language; nothing of any other.

    No line is translated that a doctor wrote.
    """
    return str(_ANSWERS.get(key, ""))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SynthesisLine(KeyedElement):
    """One line of a signed synthesis: an element like any other.

    ``key`` names what is said from one version to the next: a proposal's, or one given once to a
    line written by hand. Its history is that of the lines of the same key.
    """

    synthesis = models.ForeignKey(Synthesis, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120, blank=True)
    section = models.CharField(max_length=12, choices=Section)
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=500)
    code_system = models.CharField(max_length=8, blank=True)
    code = models.CharField(max_length=20, blank=True)
    evidence = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "id"], name="synthesis_line_of_record"),
            models.UniqueConstraint(
                fields=["synthesis", "position"], name="one_line_per_position"
            ),
        ]
        indexes = [models.Index(fields=["record", "synthesis"], name="line_by_synthesis")]


class ElementKind(models.TextChoices):
    DOCUMENT = "document", _("document")
    LINE = "line", _("remboursement")
    ENTRY = "entry", _("information saisie")
    SYNTHESIS_LINE = "synthesis_line", _("ligne de synthèse")


class SynthesisSource(models.Model):
    """What a line of the synthesis rests on, named by record and element: no key to lines."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record_id = models.UUIDField()
    line = models.ForeignKey(SynthesisLine, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=ElementKind)
    element_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "kind", "element_id"], name="one_source_once")
        ]
        indexes = [models.Index(fields=["record_id", "element_id"], name="source_by_element")]

    def __str__(self) -> str:
        return f"source {self.id}"


class SynthesisDraft(models.Model):
    """What the treating GP typed and decided: theirs alone, one per record and author.

    What was typed counts while ``base_number`` is the newest version; answers given to proposals
    stay from one version to the next.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    author_id = models.UUIDField()
    body_sealed = models.BinaryField()
    base_number = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "author_id"], name="one_draft_per_author")
        ]

    def __str__(self) -> str:
        return f"draft {self.id}"


class SynthesisConsent(models.Model):
    """The holder agrees to one word that names what they hid: given in person to their GP.

    What it covers is sealed: the word as it is written, and the line it was read in. ``rests_on``
    is an element that carries the word: once the consent is taken back, lines rest on it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    covers_sealed = models.BinaryField()
    rests_on_kind = models.CharField(max_length=14, choices=ElementKind)
    rests_on = models.UUIDField()
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["record"], name="synthesis_consent_by_record")]

    def __str__(self) -> str:
        return f"consent {self.id}"
