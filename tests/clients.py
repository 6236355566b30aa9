"""The test client: a browser that complains about what our pages must never hold."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client, TestCase


if TYPE_CHECKING:
    from django.http import HttpResponse


# What the content security policy would refuse in silence, and what a template forgot.
_FORBIDDEN = {
    "an inline event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=[\"']application/(?:ld\+)?json[\"'])[^>]*>",
        re.IGNORECASE,
    ),
    "an inline style": re.compile(r"<style\b|<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "a data: address": re.compile(r"(?:src|href)\s*=\s*[\"']?\s*data:", re.IGNORECASE),
    "an unrendered template": re.compile(r"\{\{|\{%|\{#"),
}


def complaints(html: str) -> list[str]:
    """List what this page must not hold, each with the place where it does."""
    return [
        f"{what}: …{html[max(0, found.start() - 40) : found.end() + 60]}…"
        for what, pattern in _FORBIDDEN.items()
        if (found := pattern.search(html))
    ]


class StrictClient(Client):
    """Check every HTML answer, and run what was to happen after the commit."""

    def request(self, **request: Any) -> HttpResponse:
        """Send, run the after-commit calls (the test's own transaction never ends), check."""
        after = (
            TestCase.captureOnCommitCallbacks(execute=True)
            if connection.in_atomic_block
            else nullcontext()
        )
        with after:
            response = super().request(**request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        if html and not response.streaming:
            found = complaints(response.content.decode(response.charset or "utf-8"))
            assert not found, f"{request.get('PATH_INFO')} holds " + "; ".join(found)
        return response


def sign_in(user, capacity):
    """Return a browser in which a user works in a capacity, second factor used."""
    client = StrictClient()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["capacity"] = capacity
    session["second_factor"] = "totp"
    session.save()
    return client
