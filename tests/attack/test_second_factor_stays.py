"""A password alone never becomes a second factor of one's own making."""

from __future__ import annotations

import base64
import hmac
import struct
import time

import pytest
from allauth.mfa.models import Authenticator

from access.models import User
from tests.clients import StrictClient


PASSWORD = "une phrase assez longue"  # noqa: S105  # of nobody


def _code(secret: str) -> str:
    """The six digits an authenticator application shows now (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), "sha1").digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 10**6:06d}"


@pytest.mark.django_db
def test_an_application_is_added_only_after_the_second_factor(as_owner):
    with as_owner():
        user = User.objects.create_user("a@exemple.test", PASSWORD)
    client = StrictClient()
    client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD})
    page = "/compte/securite/application/"

    client.post("/compte/verification/", {"password": PASSWORD})
    asked = client.get(page)
    secret = client.session.get("mfa.totp.secret", "")
    if secret:
        client.post(page, {"code": _code(secret)})

    assert not Authenticator.objects.filter(user=user).exists()
    assert asked.status_code == 302
    assert asked["Location"].startswith("/connexion/code/")
