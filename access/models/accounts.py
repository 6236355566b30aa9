"""Codes and messages around accounts: activation, one-time codes, outgoing notices."""

from __future__ import annotations

from django.db import models

from records.uuid7 import uuid7


class ActivationCode(models.Model):
    """The leaflet's code: nine characters kept as a keyed hash, fourteen days, three tries."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=3)
    used_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["digest"], name="activation_by_digest")]

    def __str__(self) -> str:
        return f"activation code {self.id}"


class OneTimeCode(models.Model):
    """A short code sent by a channel a person gave: a keyed hash, few minutes, few tries."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=3)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject"], name="code_by_subject")]

    def __str__(self) -> str:
        return f"one-time code {self.id}"


class Notice(models.Model):
    """An outgoing message without health content: what was sent, to whom, when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=32)
    channel = models.CharField(max_length=10)
    body = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person_id", "-made_at"], name="notice_by_person")]

    def __str__(self) -> str:
        return f"notice {self.id}"
