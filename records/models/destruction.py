"""That a record was destroyed: all that stays of it beside the tombstones of its journal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DestructionGround(models.TextChoices):
    ASKED = "asked", _("demandée par la personne")
    YEARS = "years", _("dix ans après la fermeture")
    OPERATOR = "operator", _("ordonnée à l'exploitant")


class Destruction(models.Model):
    """Written by the statement that removes the rows; ended once the files are gone too."""

    record_id = models.UUIDField(primary_key=True)
    ground = models.CharField(max_length=8, choices=DestructionGround)
    destroyed_at = models.DateTimeField()
    files_gone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"destruction of {self.record_id}"
