"""The holder's own entries: blood group, allergies, treatments, contacts, wishes."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import AuthorKind
from records.models.element import KeyedElement


class EntryKind(models.TextChoices):
    BLOOD_GROUP = "blood_group", _("Groupe sanguin")
    ALLERGY = "allergy", _("Allergie")
    TREATMENT = "treatment", _("Traitement")
    HISTORY = "history", _("Antécédent")
    VACCINATION = "vaccination", _("Vaccination")
    MEASURE = "measure", _("Mesure")
    CONTACT = "contact", _("Personne à prévenir")
    TRUSTED_PERSON = "trusted_person", _("Personne de confiance")
    WISHES = "wishes", _("Volontés")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Entry(KeyedElement):
    """One statement by the holder or for them. Its document type is EXPPAT_2 (decision)."""

    kind = models.CharField(max_length=16, choices=EntryKind)
    content = models.JSONField(default=dict)
    author_kind = models.CharField(max_length=14, choices=AuthorKind)
    author_person_id = models.UUIDField(null=True, blank=True)
    on_emergency_card = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["record", "id"], name="entry_of_record")]
        indexes = [models.Index(fields=["record", "kind"], name="entry_by_record_kind")]
