"""Bearer tokens: made for a user in a capacity, found by hash, checked at each use."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.utils import timezone

from access.models import AccessToken, User
from records.uuid7 import uuid7


DEFAULT_LIFE = dt.timedelta(hours=12)
SCHEME = "bearer"


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


class NoToken(ValueError):
    """No account, or no such capacity: the sentence says which there are."""


def make_for(*, email: str, capacity: str = "") -> str:
    """Make a token for an account in one of its capacities, the last by default.

    Raises ``NoToken`` naming the capacities there are.
    """
    from access.people import capacities_of  # noqa: PLC0415  # it finds tokens here

    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None:
        raise NoToken(f"No active account under {email}.")
    found = sorted(held.key for held in capacities_of(user))
    chosen = capacity or (found[-1] if found else "")
    if chosen not in found:
        raise NoToken(f"This account has these capacities: {', '.join(found)}.")
    return make_token(user=user, capacity=chosen)


def end_tokens(user: User) -> int:
    """End the tokens of an account: whoever takes another password shuts out who held one.

    Returns how many were live.
    """
    at = timezone.now()
    live = AccessToken.objects.filter(user=user, ended_at=None, expires_at__gt=at)
    return live.update(ended_at=at)


def end_for(*, email: str) -> int:
    """End the tokens of an account, active or not. Returns how many were live.

    Raises ``NoToken`` where there is no such account.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise NoToken(f"No account under {email}: no token was ended.")
    return end_tokens(user)


def find_token(header: str) -> AccessToken | None:
    """Return the live token of an Authorization header, its user active."""
    scheme, _space, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        return None
    return (
        AccessToken.objects.select_related("user__professional", "user__person")
        .filter(
            digest=_digest(token.strip()),
            expires_at__gt=timezone.now(),
            ended_at=None,
            user__is_active=True,
        )
        .first()
    )
