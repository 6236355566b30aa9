"""The holder's rules that hide elements. Evaluated when something is read, never copied."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.uuid7 import uuid7


class MaskTarget(models.TextChoices):
    ELEMENT = "element", _("un élément")
    EPISODE = "episode", _("un épisode de soins")
    PROFESSIONAL = "professional", _("tout ce qui vient d'un professionnel")
    CATEGORY = "category", _("une catégorie sensible")
    EVERYTHING = "everything", _("tout le dossier")


class MaskAudience(models.TextChoices):
    EVERYONE = "everyone", _("tous les professionnels")
    PROFESSION = "profession", _("une profession")
    PROFESSIONAL = "professional", _("un professionnel")
    STRUCTURE = "structure", _("une structure")
    DELEGATE = "delegate", _("un aidant")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Mask(models.Model):
    """What, from whom, until when, and whether it opens when life is in danger.

    No foreign key on types, professions or people: a rule may name what is not in the directory.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="+")
    target = models.CharField(max_length=12, choices=MaskTarget)
    target_id = models.UUIDField(null=True, blank=True)
    target_categories = models.IntegerField(default=0)
    audience = models.CharField(max_length=12, choices=MaskAudience)
    audience_id = models.UUIDField(null=True, blank=True)
    audience_profession = models.CharField(max_length=10, blank=True)
    opens_in_emergency = models.BooleanField(default=False)
    gesture = models.UUIDField(null=True, blank=True)
    set_by = models.UUIDField(null=True, blank=True)
    set_by_kind = models.CharField(max_length=14, default="holder")
    secret = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(target="everything")
                | Q(target="category", target_categories__gt=0)
                | Q(
                    target__in=["element", "episode", "professional"],
                    target_id__isnull=False,
                ),
                name="mask_names_its_target",
            ),
            models.CheckConstraint(
                condition=Q(audience="everyone")
                | (Q(audience="profession") & ~Q(audience_profession=""))
                | Q(
                    audience__in=["professional", "structure", "delegate"],
                    audience_id__isnull=False,
                ),
                name="mask_names_its_audience",
            ),
        ]
        indexes = [models.Index(fields=["record"], name="mask_by_record")]

    def __str__(self) -> str:
        return f"mask {self.id}"


class Receipt(models.Model):
    """A printable receipt of a consent or a change of visibility. Its number is random."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=14, unique=True)
    kind = models.CharField(max_length=20)
    given_to = models.UUIDField(null=True, blank=True)
    gesture = models.UUIDField(null=True, blank=True)
    body_sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["record", "-made_at"], name="receipt_by_record")]

    def __str__(self) -> str:
        return f"receipt {self.id}"
