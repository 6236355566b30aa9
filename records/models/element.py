"""What every element of a record has in common: the facts that decide who sees it.

An element is what can be seen or hidden: a document, a reimbursement line, an entry of the
holder, a line of the synthesis. Rules (masks, shares) are never copied here.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from records.models.record import Record
from records.uuid7 import uuid7


class Element(models.Model):
    """The columns the gate reads, the same on the four kinds of element."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurred_on = models.DateField()
    type_code = models.CharField(max_length=20)
    categories = models.IntegerField(default=0)
    episodes = ArrayField(models.UUIDField(), default=list, blank=True)
    author_id = models.UUIDField(null=True, blank=True)
    author_structure_id = models.UUIDField(null=True, blank=True)
    performer_id = models.UUIDField(null=True, blank=True)
    prescriber_id = models.UUIDField(null=True, blank=True)
    secret = models.BooleanField(default=False)
    about_another = models.BooleanField(default=False)
    unannounced_until = models.DateField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


class KeyedElement(Element):
    """An element of a plain table: a single-column key and (record, id) unique for children."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta(Element.Meta):
        abstract = True


class Episode(models.Model):
    """A care episode: never renumbered; a merge keeps the redirect and the masks of both."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    secret = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"episode {self.id}"
