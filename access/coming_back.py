"""Where whoever has to sign in first is brought back to: a page, never the address of a press.

What a button sends to can't be read: after signing in, a person is back where the button is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseRedirect


READING = frozenset({"GET", "HEAD"})


def page_of(request: HttpRequest) -> str:
    """Return the page somebody was on, as a path of this site; empty where that isn't known."""
    if request.method in READING:
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if not ours:
        return ""
    found = urlsplit(came_from)
    path = "/" + found.path.lstrip("/")  # two bars would name another site
    return f"{path}?{found.query}" if found.query else path


def with_page(address: str, request: HttpRequest) -> str:
    """Return an address that knows the page to go on to afterwards."""
    page = page_of(request)
    return f"{address}?next={quote(page, safe='/')}" if page else address


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Django's own, which would bring back to the address a form was sent to."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Send to sign in; afterwards, back to the page."""
        return redirect(with_page(resolve_url(self.get_login_url(view_func)), request))
