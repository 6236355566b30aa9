"""What became of « I don't know this person », and what the worker found unusual in the journal.

No clinical content. Decides nothing and tells nobody.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.models.authorisations import Block
from access.models.people import Professional
from records.uuid7 import uuid7


class CaseState(models.TextChoices):
    OPEN = "open", _("en attente de réponse")
    ANSWERED = "answered", _("répondu")
    WITHDRAWN = "withdrawn", _("retiré")


class CaseOutcome(models.TextChoices):
    EXPLAINED = "explained", _("L'accès s'explique")
    NOT_EXPLAINED = "not_explained", _("L'accès ne s'explique pas")


class Case(models.Model):
    """A visit that its holder doesn't recognise: who came, on which day; the fund answers.

    ``block`` is the pause it put on the person's access. ``secret``: no representative may know of
    it. The answer is sealed with the record's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=14, unique=True)
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    structure_id = models.UUIDField(null=True, blank=True)
    structure_name = models.CharField(max_length=150, blank=True)
    visit_on = models.DateField()
    secret = models.BooleanField(default=False)
    block = models.ForeignKey(
        Block, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=9, choices=CaseState, default=CaseState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=13, choices=CaseOutcome, blank=True)
    answer_sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="answered", answer_sealed__isnull=False)
                & ~models.Q(outcome="")
                | ~models.Q(state="answered"),
                name="case_answer_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["record", "-opened_at"], name="case_by_record"),
            models.Index(fields=["due_on"], condition=models.Q(state="open"), name="case_waiting"),
        ]

    def __str__(self) -> str:
        return f"case {self.id}"


class Rush(models.Model):
    """A stretch of time in which a professional read more records than one can in an hour."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    professional_id = models.UUIDField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["professional_id", "until"], name="rush_by_professional")]

    def __str__(self) -> str:
        return f"rush {self.id}"


class Watch(models.Model):
    """How far the worker has looked through the journal for what is unusual."""

    name = models.CharField(primary_key=True, max_length=20)
    seen_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"watch {self.name}"
