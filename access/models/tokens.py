"""Keys of machines: each bound to a user in a capacity, kept as a hash, with an end."""

from __future__ import annotations

from django.db import models

from access.models.people import User
from records.uuid7 import uuid7


class AccessToken(models.Model):
    """A bearer token: whoever holds it is this user in this capacity until it ends."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    capacity = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"token {self.id}"
