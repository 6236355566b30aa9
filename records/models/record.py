"""The record, its identifiers and its representatives: facts, never who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.identifiers import NIR_RANK
from records.keys import unseal_with_master
from records.models.people import Person
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from collections.abc import Mapping


class RecordStatus(models.TextChoices):
    OPEN = "open", _("ouvert")
    CLOSED = "closed", _("fermé")
    SUSPENDED = "suspended", _("suspendu")


class Record(models.Model):
    """One person's shared record. Death is a date, not a status: it overrides every status."""

    # By chance, as the person's: who only asks whether it exists reads no date in its key.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=RecordStatus, default=RecordStatus.OPEN)
    died_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField()
    opened_by_kind = models.CharField(max_length=20)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Everything is destroyed within three months of this (CSP R1111-36).
    erasure_asked_at = models.DateTimeField(null=True, blank=True)
    consent_at = models.DateTimeField()
    consent_given_by = models.CharField(max_length=20, default="holder")
    emergency_refused = models.BooleanField(null=True, blank=True)
    regulation_refused = models.BooleanField(null=True, blank=True)
    notify_by = models.CharField(max_length=10, blank=True)
    # Of these three, what who represents a minor said or found, where the minor then answered
    # alone: they read it and change it, and what the minor said stands.
    family_choices = models.JSONField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    key_wrapped = models.BinaryField()

    class Meta:
        default_permissions = ()
        permissions = [
            ("treat_record", "Treating GP of the record"),
            ("consult_record", "Member of the record's circle"),
            ("receive_share", "Receives a share of the record"),
        ]
        indexes = [
            models.Index(fields=["holder"], name="record_by_holder"),
            models.Index(fields=["opened_at"], name="record_by_day"),
            # Few are closed: the clock looks for those whose time has come.
            models.Index(fields=["closed_at"], condition=Q(status="closed"), name="record_closed"),
        ]

    def __str__(self) -> str:
        return f"record {self.id}"

    def choice(self, name: str, *, to_family: bool) -> Any:
        """Return one of the three choices, as the holder or as who represents a minor reads it."""
        kept = (self.family_choices if to_family else None) or {}
        return kept.get(name, getattr(self, name))

    def after(
        self, answered: Mapping[str, Any], *, by_minor: bool, by_family: bool
    ) -> dict[str, Any]:
        """Return the columns that change when some of the choices are answered.

        What a minor answered is theirs alone, the same as it was too: their family changes what it
        reads, and displaces nothing.
        """
        kept = dict(self.family_choices or {})
        if by_minor:
            kept = {name: getattr(self, name) for name in answered} | kept
            return {**answered, "family_choices": kept or None}
        if not by_family:
            return {**answered, "family_choices": None}
        theirs = {name: answer for name, answer in answered.items() if name in kept}
        rest = {name: answer for name, answer in answered.items() if name not in kept}
        return {**rest, "family_choices": {**kept, **theirs} or None}


class IdentifierStatus(models.TextChoices):
    PROVISIONAL = "provisional", _("provisoire")
    RETRIEVED = "retrieved", _("récupérée")
    VALIDATED = "validated", _("validée")
    QUALIFIED = "qualified", _("qualifiée")


class RecordIdentifiers(models.QuerySet["RecordIdentifier"]):
    """Numbers of records."""

    def own(self) -> RecordIdentifiers:
        """Leave those of holders today, one a record: a rank on a card is a parent's too."""
        return self.filter(until=None).exclude(system=NIR_RANK).order_by("since", "id")


class RecordIdentifier(models.Model):
    """A national identifier of a record: found by keyed hash, readable only by decryption.

    A former number still leads to the record, and what is sent under it still fills it. One that
    the holder had before there was a record is known by its hash alone: nothing is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField(default=1)
    value_sealed = models.BinaryField()
    status = models.CharField(max_length=12, choices=IdentifierStatus)
    since = models.DateTimeField()
    # Since when another is their number.
    until = models.DateTimeField(null=True, blank=True)
    # False where it was noted by mistake, and leads to nothing.
    theirs = models.BooleanField(default=True)

    objects = RecordIdentifiers.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "digest"],
                # A rank is shared by brothers and sisters: it is one person's with a birth date.
                condition=Q(theirs=True) & ~Q(system=NIR_RANK),
                name="one_record_per_identifier",
            )
        ]
        indexes = [
            models.Index(fields=["record"], name="identifier_by_record"),
            models.Index(
                fields=["digest"], condition=Q(system=NIR_RANK), name="identifier_by_rank"
            ),
        ]

    def __str__(self) -> str:
        return f"identifier {self.id}"

    def value(self) -> str:
        """Return the number itself, which only the master key opens; empty for a hash alone."""
        if not self.value_sealed:
            return ""
        return unseal_with_master(self.value_sealed, about=self.id.bytes).decode()


class Ground(models.TextChoices):
    PARENT = "parent", _("parent")
    GUARDIAN = "guardian", _("tuteur")


class Representation(models.Model):
    """A legal representative of the holder. A parent's ends by itself at the holder's majority."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=10, choices=Ground)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["record", "person"], name="representation_by_record"),
            models.Index(fields=["person"], name="representation_by_person"),
        ]

    def __str__(self) -> str:
        return f"representation {self.id}"


class ConsentRefusals(models.Model):
    """How many people said no at a counter on a day. Nobody's name, nobody's counter."""

    day = models.DateField(primary_key=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "consent refusals"

    def __str__(self) -> str:
        return f"refusals of {self.day}"
