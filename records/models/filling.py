"""The state of a record's filling from the claims store: the truth; messages are wake-ups."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.record import Record
from records.uuid7 import uuid7


class FillingState(models.TextChoices):
    WAITING = "waiting", _("en attente")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminé")
    FAILED = "failed", _("en échec")


class Filling(models.Model):
    """One filling of a record: taken with ``FOR UPDATE SKIP LOCKED``, repeated safely.

    ``lines`` is what the record holds after it; ``older_lines`` what the fund sent from before the
    24 months, so that an empty record can say which of the two it is; ``set_aside`` the lines
    whose birth date is another person's. ``worked_from`` is a digest of what its lines' episodes
    and kinds rest on beside them (tables, rules, documents): while it is the same, they are too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No index of its own: one below begins with it, and each is written again with every state.
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=FillingState, default=FillingState.WAITING)
    requested_at = models.DateTimeField()
    heartbeat = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    older_lines = models.PositiveIntegerField(default=0)
    worked_from = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="one_filling_under_way",
            )
        ]
        indexes = [
            models.Index(
                fields=["requested_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="filling_waiting",
            ),
            models.Index(fields=["record", "-requested_at"], name="filling_by_record"),
        ]

    def __str__(self) -> str:
        return f"filling {self.id}"


class DoctorProposal(models.Model):
    """A doctor the fund has on file: proposed to the holder as treating GP, never set."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    professional_id = models.UUIDField()
    rpps = models.CharField(max_length=11)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    flow_date = models.DateField()
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "professional_id"], name="one_proposal_per_doctor"
            )
        ]

    def __str__(self) -> str:
        return f"proposal {self.id}"
