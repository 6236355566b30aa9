"""Doors and shares: append-only periods, guardian's mirrors, blocks, openings, delegations.

No row of these tables carries clinical content; elements are named by identifier only.
"""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from access.models.people import Professional, Structure
from records.uuid7 import uuid7


class RecordUserGrant(UserObjectPermissionBase):
    """guardian's row for a user, with a direct key: exists exactly while a period is live."""

    content_object = models.ForeignKey("records.Record", on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()


class RecordGroupGrant(GroupObjectPermissionBase):
    """guardian's row for a structure's group, with a direct key."""

    content_object = models.ForeignKey("records.Record", on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()


class AuthorisationKind(models.TextChoices):
    CIRCLE = "circle", _("équipe de soins")
    TREATING_GP = "treating_gp", _("médecin traitant")
    SHARE = "share", _("partage")


class GivenGround(models.TextChoices):
    HOLDER = "holder", _("donnée par le titulaire")
    PRESENCE = "presence", _("en présence du patient")
    COLLEAGUE = "colleague", _("demandée par un confrère")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Authorisation(models.Model):
    """A period during which a professional or a structure holds a door or a share.

    Append-only but for its end. ``until`` is the instant it stops (a last day counts until 24:00).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=AuthorisationKind)
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    element_id = models.UUIDField(null=True, blank=True)
    ground = models.CharField(max_length=10, choices=GivenGround, default=GivenGround.HOLDER)
    given_by = models.UUIDField(null=True, blank=True)
    given_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    removed_by_holder = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(professional__isnull=False, structure__isnull=True)
                | Q(professional__isnull=True, structure__isnull=False),
                name="authorisation_names_one_grantee",
            ),
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(kind="treating_gp", ended_at__isnull=True, confirmed_at__isnull=False),
                name="one_live_treating_gp",
            ),
            models.CheckConstraint(
                condition=Q(kind="share", element_id__isnull=False)
                | (~Q(kind="share") & Q(element_id__isnull=True)),
                name="share_names_an_element",
            ),
        ]
        indexes = [
            models.Index(fields=["record", "kind"], name="authorisation_by_record"),
            models.Index(fields=["professional", "kind"], name="authorisation_by_professional"),
            models.Index(fields=["structure", "kind"], name="authorisation_by_structure"),
        ]

    def __str__(self) -> str:
        return f"authorisation {self.id}"


class Block(models.Model):
    """A professional the holder blocked: line 7 of the policy, whatever follows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="+")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["record", "professional"], name="block_by_record")]

    def __str__(self) -> str:
        return f"block {self.id}"


class OpeningKind(models.TextChoices):
    EMERGENCY = "emergency", _("accès d'urgence")
    REGULATION = "regulation", _("accès centre 15")


class Opening(models.Model):
    """A time-boxed opening without authorisation. Nothing here forbids a wrong one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="+")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=OpeningKind)
    reason = models.CharField(max_length=20, blank=True)
    reason_text = models.CharField(max_length=500, blank=True)
    call_reference = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["record", "professional"], name="opening_by_record")]

    def __str__(self) -> str:
        return f"opening {self.id}"


class CareKind(models.TextChoices):
    MEDICINES = "medicines", _("médicaments")
    RESULTS = "results", _("résultats")
    LETTERS = "letters", _("courriers et comptes rendus")
    CLAIMS = "claims", _("remboursements")
    ENTRIES = "entries", _("informations que j'ai saisies")


class Delegation(models.Model):
    """An adult chosen by the holder, with a scope and an end. Empty kinds mean everything."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("records.Person", on_delete=models.PROTECT, related_name="+")
    everything = models.BooleanField(default=False)
    kinds = ArrayField(models.CharField(max_length=10, choices=CareKind), default=list, blank=True)
    can_write = models.BooleanField(default=False)
    named_by_representative = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["record", "person"], name="delegation_by_record"),
            models.Index(fields=["person"], name="delegation_by_person"),
        ]

    def __str__(self) -> str:
        return f"delegation {self.id}"


class Invitation(models.Model):
    """What a delegate was offered, until they take it: a code sent to them, kept as a keyed hash.

    The address it was sent to is sealed. Nobody has a door by it: accepting writes a delegation.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    channel = models.CharField(max_length=10)
    address_sealed = models.BinaryField()
    everything = models.BooleanField(default=False)
    kinds = ArrayField(models.CharField(max_length=10, choices=CareKind), default=list, blank=True)
    can_write = models.BooleanField(default=False)
    named_by_representative = models.BooleanField(default=False)
    until = models.DateTimeField()
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=3)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["record"], name="invitation_by_record")]

    def __str__(self) -> str:
        return f"invitation {self.id}"
