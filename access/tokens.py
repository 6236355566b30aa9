"""Bearer tokens: made for a user in a capacity, found by hash, the capacity checked at each use."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.utils import timezone

from access.models import AccessToken
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from access.models import User

DEFAULT_LIFE = dt.timedelta(hours=12)
PREFIX = "Bearer "


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def make_token(*, user: User, capacity: str, life: dt.timedelta = DEFAULT_LIFE) -> str:
    """Make a token and return it: it is shown once and kept as a hash only."""
    token = secrets.token_urlsafe(32)
    at = timezone.now()
    AccessToken.objects.create(
        id=uuid7(), user=user, capacity=capacity, digest=_digest(token), made_at=at,
        expires_at=at + life,
    )  # fmt: skip
    return token


def find_token(header: str) -> AccessToken | None:
    """Return the live token of an Authorization header, its user active."""
    if not header.startswith(PREFIX):
        return None
    return (
        AccessToken.objects.select_related("user__professional", "user__person")
        .filter(
            digest=_digest(header.removeprefix(PREFIX).strip()),
            expires_at__gt=timezone.now(),
            ended_at=None,
            user__is_active=True,
        )
        .first()
    )
