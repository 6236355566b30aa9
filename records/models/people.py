"""Persons and how to reach them: identity traits only, no role, no viewer."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.uuid7 import uuid7


class Sex(models.TextChoices):
    FEMALE = "F", _("féminin")
    MALE = "M", _("masculin")
    UNKNOWN = "U", _("non précisé")


class Language(models.TextChoices):
    FRENCH = "fr", _("français")
    ENGLISH = "en", _("anglais")


def name_said(first_given: str, family: str) -> str:
    """Return a person's name as it is said: identity papers write capitals."""
    return f"{first_given} {family.title() if family.isupper() else family}"


class Person(models.Model):
    """One human being: the five traits of the national identity and the name they use."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    birth_name = models.CharField(max_length=100)
    used_name = models.CharField(max_length=100, blank=True)
    given_names = models.CharField(max_length=200)
    first_given = models.CharField(max_length=100)
    sex = models.CharField(max_length=1, choices=Sex)
    born_on = models.DateField()
    birthplace = models.CharField(max_length=5)
    language = models.CharField(max_length=2, choices=Language, default=Language.FRENCH)
    # The keyed hash of their national number: the mother of a child's record and the holder of
    # her own are one person, and two people born alike never are.
    identifier_digest = models.BinaryField(
        max_length=32, null=True, blank=True, unique=True, editable=False
    )
    # Those of the numbers they had before, the oldest first: still theirs and nobody else's.
    former_digests = ArrayField(
        models.BinaryField(max_length=32), null=True, blank=True, editable=False
    )

    class Meta:
        indexes = [GinIndex(fields=["former_digests"], name="person_by_former_number")]

    def __str__(self) -> str:
        return f"person {self.id}"

    @property
    def family_name(self) -> str:
        """The name they use, else the name of birth."""
        return self.used_name or self.birth_name

    @property
    def full_name(self) -> str:
        """First given name and the name they use, as they are said."""
        return name_said(self.first_given, self.family_name)


class ContactKind(models.TextChoices):
    EMAIL = "email", _("e-mail")
    MOBILE = "mobile", _("portable")
    POST = "post", _("courrier")


class ContactPoint(models.Model):
    """An address of a person. Typed at a counter, it gets nothing but the code until confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ContactKind)
    value_sealed = models.BinaryField()
    given_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "kind"], name="contact_by_person")]

    def __str__(self) -> str:
        return f"contact {self.id}"
