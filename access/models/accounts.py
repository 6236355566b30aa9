"""Codes and messages around accounts: activation, one-time codes, outgoing notices."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

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
    # Given at a counter to a minor of fifteen for a sign-in of their own, never to a parent.
    for_holder = models.BooleanField(default=False)

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


class NoticeState(models.TextChoices):
    WAITING = "waiting", _("en attente")
    SENDING = "sending", _("en cours d'envoi")
    SENT = "sent", _("envoyé")
    ON_SITE = "site", _("sur le site")
    FAILED = "failed", _("en échec")


class Notice(models.Model):
    """A message without health content: to whom, by which channel, from when, what became of it.

    ``channel`` is the wish until it is sent, then the one that was used. ``once`` is a keyed hash
    of what must be told a single time; nobody reads from it what it was about.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    # Who is told as a professional, at the address of their account; then nobody else is.
    professional_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=32)
    channel = models.CharField(max_length=10)
    body = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=NoticeState, default=NoticeState.WAITING)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    once = models.BinaryField(max_length=32, null=True, blank=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-made_at"], name="notice_by_person"),
            models.Index(
                fields=["professional_id", "-made_at"],
                condition=models.Q(professional_id__isnull=False),
                name="notice_by_professional",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="notice_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.id}"
