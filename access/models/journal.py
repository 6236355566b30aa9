"""The journal's rows: no foreign keys, append-only in the database, chained per record."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from records.uuid7 import uuid7


class JournalEvent(models.Model):
    """One act: when, who, for whom, what, how, why. Partitioned by record, never altered."""

    pk = models.CompositePrimaryKey("record_id", "id")
    id = models.UUIDField(default=uuid7, editable=False)
    record_id = models.UUIDField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=32)
    actor_user_id = models.UUIDField(null=True)
    actor_person_id = models.UUIDField(null=True)
    actor_professional_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=16)
    actor_name = models.CharField(max_length=150, blank=True)
    actor_profession = models.CharField(max_length=10, blank=True)
    actor_structure_id = models.UUIDField(null=True)
    actor_structure_name = models.CharField(max_length=150, blank=True)
    on_behalf_of = models.UUIDField(null=True)
    door = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    element_kind = models.CharField(max_length=14, blank=True)
    element_id = models.UUIDField(null=True)
    shown = models.IntegerField(null=True)
    rests_on_secret = models.BooleanField(default=False)
    title_sealed = models.BinaryField(null=True)
    payload_digest = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["record_id", "-at"], name="journal_by_record_date"),
            # What came lately, over all records, for the worker: next to nothing to write.
            BrinIndex(fields=["at"], name="journal_by_date", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"event {self.id}"


class JournalHead(models.Model):
    """The end of a record's chain: locked by the last statement before commit."""

    record_id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"head {self.record_id}"
