"""Users, professionals, structures and practices: who somebody is, never what they may see."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.uuid7 import uuid7


class FundRole(models.TextChoices):
    NONE = "", _("aucun")
    ADMINISTRATOR = "administrator", _("administrateur des chargements")
    AGENT = "agent", _("agent d'accueil")


class UserManager(BaseUserManager["User"]):
    """Makes users; a superuser exists for the framework and sees no clinical content."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password none works."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a superuser: for the framework, never for reading."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in. Several may belong to one person; each capacity is chosen after signing in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    person = models.ForeignKey(
        "records.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    professional = models.ForeignKey(
        "Professional", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    fund_role = models.CharField(max_length=13, choices=FundRole, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return f"user {self.id}"


class Professional(models.Model):
    """A health or social professional. The key is derived from the RPPS number."""

    id = models.UUIDField(primary_key=True, editable=False)
    rpps = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=20, blank=True)
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100)
    profession = models.CharField(max_length=10)
    specialty = models.CharField(max_length=60, blank=True)
    registration_ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"professional {self.id}"

    @property
    def display_name(self) -> str:
        """« Dr Petit », or given and family name where there is no title."""
        return f"{self.title or self.given_name} {self.family_name}"

    @property
    def full_name(self) -> str:
        """« Dr Claire Petit »."""
        return " ".join(part for part in (self.title, self.given_name, self.family_name) if part)


class StructureKind(models.TextChoices):
    PRACTICE = "practice", _("cabinet ou maison de santé")
    PHARMACY = "pharmacy", _("pharmacie")
    HOSPITAL = "hospital", _("établissement de santé")
    LABORATORY = "laboratory", _("laboratoire")
    SAMU = "samu", _("centre 15")
    FUND = "fund", _("caisse d'assurance maladie")
    SOCIAL = "social", _("structure médico-sociale")


class Structure(models.Model):
    """A site where professionals work. The key is derived from the FINESS number."""

    id = models.UUIDField(primary_key=True, editable=False)
    finess = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10, choices=StructureKind)
    address = models.CharField(max_length=200, blank=True)
    group = models.OneToOneField(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"structure {self.id}"


class Practice(models.Model):
    """A professional at work in a structure, under a profession, for a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    profession = models.CharField(max_length=10)
    unit = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["professional"], name="practice_by_professional"),
            models.Index(fields=["structure"], name="practice_by_structure"),
        ]

    def __str__(self) -> str:
        return f"practice {self.id}"
