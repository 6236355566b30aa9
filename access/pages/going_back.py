"""Where a pressed button leads back to: the page it was on, never another site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.http import url_has_allowed_host_and_scheme


if TYPE_CHECKING:
    from django.http import HttpRequest


def back_to(request: HttpRequest) -> str:
    """Return the address the form asked to come back to, empty unless it is one of ours."""
    asked = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours and asked.startswith("/") else ""
