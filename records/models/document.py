"""Documents, their versions and their files. Bytes are sealed outside the database."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.element import KeyedElement
from records.uuid7 import uuid7


class AuthorKind(models.TextChoices):
    PROFESSIONAL = "professional", _("professionnel")
    HOLDER = "holder", _("titulaire")
    REPRESENTATIVE = "representative", _("représentant légal")
    DELEGATE = "delegate", _("aidant")
    FUND = "fund", _("Assurance maladie")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Document(KeyedElement):
    """A logical document: its flags, masks and shares hold for all its versions."""

    title = models.CharField(max_length=200)
    class_code = models.CharField(max_length=4)
    author_kind = models.CharField(max_length=14, choices=AuthorKind)
    author_person_id = models.UUIDField(null=True, blank=True)
    author_name = models.CharField(max_length=150)
    author_profession = models.CharField(max_length=20, blank=True)
    author_specialty = models.CharField(max_length=60, blank=True)
    author_structure_name = models.CharField(max_length=150, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "id"], name="document_of_record")]
        indexes = [
            models.Index(fields=["record", "-occurred_on", "-id"], name="document_by_record_date"),
            # A professional's own list of what they deposited, the latest first.
            models.Index(fields=["author_id", "-created_at"], name="document_by_author_date"),
            # What arrived since a synthesis, asked of hundreds of records at once.
            models.Index(
                fields=["record", "created_at"],
                condition=models.Q(withdrawn_at__isnull=True, archived_at__isnull=True),
                name="document_by_arrival",
            ),
        ]


class DocumentVersion(models.Model):
    """One deposited state of a document; the highest number is the current one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record_id = models.UUIDField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    deposited_at = models.DateTimeField()
    deposited_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["record_id", "id"], name="version_of_record"),
        ]

    def __str__(self) -> str:
        return f"version {self.id}"


class DocumentFile(models.Model):
    """One format of a version (PDF, image, text): where its bytes are, what they measure."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record_id = models.UUIDField()
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha1 = models.BinaryField(max_length=20)
    stored_as = models.CharField(max_length=64)
    preview_stored_as = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["version"], name="file_by_version")]

    def __str__(self) -> str:
        return f"file {self.id}"
