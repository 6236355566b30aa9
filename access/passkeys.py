"""Passkeys: a person's own, whether a browser can make one at this address, what one answered.

The cryptography is allauth's and fido2's. Knows no record.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import struct
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.core.exceptions import ValidationError


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest

    from access.models import User

Checked = TypeVar("Checked")

MOST = 10
NAME_LENGTH = 60
CHANGES_AN_HOUR = 30
#: What a browser sends of one key is about 2,000 characters.
ANSWER_LENGTH = 20_000
#: Of a number in it: -65535 is the longest that names an algorithm.
NUMBER_LENGTH = 6
#: What reading an answer that no browser made can raise, in allauth and in fido2.
_UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError,
    NotImplementedError, RecursionError, struct.error,
)  # fmt: skip
_TOO_MANY = "too_many_login_attempts"


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey as its owner sees it. ``id`` is ours: no number of a row is in an address."""

    id: uuid.UUID
    name: str
    added_at: dt.datetime
    used_at: dt.datetime | None


def _own(user: User) -> list[Authenticator]:
    kept = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    return list(kept.order_by("created_at", "id"))


def _id_of(key: Authenticator) -> uuid.UUID:
    message = f"passkey|{key.pk}".encode()
    digest = hmac.new(settings.DMP_INDEX_KEY, message, hashlib.sha256).digest()
    return uuid.UUID(bytes=digest[:16])


def passkeys_of(user: User) -> list[Passkey]:
    """Return a user's passkeys, oldest first."""
    return [
        Passkey(_id_of(key), key.wrap().name, key.created_at, key.last_used_at)
        for key in _own(user)
    ]


def has_passkey(user: User) -> bool:
    """Tell whether a user has a passkey."""
    return bool(_own(user))


def may_have_another(user: User) -> bool:
    """Tell whether a user may add a passkey."""
    return len(_own(user)) < MOST


def own_passkey(user: User, passkey_id: uuid.UUID) -> Authenticator | None:
    """Return one of the user's own; another's and a missing one are both None."""
    return next((key for key in _own(user) if _id_of(key) == passkey_id), None)


def read(check: Callable[[], Checked], *, otherwise: str) -> Checked:
    """Run a check of what a browser sent. Raises ``ValidationError``, one sentence for all.

    Too many tries keep their own sentence.
    """
    try:
        return check()
    except ValidationError as error:
        if error.code == _TOO_MANY:
            raise
        raise ValidationError(otherwise) from error
    except _UNREADABLE as error:
        raise ValidationError(otherwise) from error


def answered(check: Callable[[], Checked], *, otherwise: str) -> Checked:
    """Check the answer to this session's challenge, which is spent by it, right or wrong."""
    try:
        return read(check, otherwise=otherwise)
    finally:
        auth.clear_state()


def worth_keeping(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what is needed of a new passkey's checked answer, written again from its bytes."""
    whole = dict(auth.parse_registration_response(answer))
    said = dict(whole["response"])
    needed = {name: said[name] for name in ("clientDataJSON", "attestationObject")}
    named = {"id": whole["rawId"], "rawId": whole["rawId"], "type": "public-key"}
    return named | {"response": needed}


@dataclass(frozen=True, slots=True)
class Place:
    """The address a page was asked at, and why no browser has passkeys there, if none has.

    A passkey belongs to a name. *address*: the site was reached by a number. *plain*: the page
    isn't encrypted, which browsers allow for this machine's own name only. ``elsewhere`` is the
    same site by name, where this machine is meant.
    """

    host: str
    obstacle: str
    elsewhere: str


def place_of(request: HttpRequest) -> Place:
    """Return where a request came to."""
    parts = urlsplit(f"{request.scheme}://{request.get_host()}")
    host = parts.hostname or ""
    if not _is_number(host):
        own_name = host == "localhost" or host.endswith(".localhost")
        return Place(host, "" if request.is_secure() or own_name else "plain", "")
    known = host in {"127.0.0.1", "::1"} and "localhost" in settings.ALLOWED_HOSTS
    port = f":{parts.port}" if parts.port else ""
    return Place(host, "address", f"{parts.scheme}://localhost{port}" if known else "")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
