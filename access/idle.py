"""Sessions left alone end by themselves, sooner where others pass by.

Nothing typed on the desk is lost: drafts are kept by the server.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from access.accounts import IDLE_MINUTES
from access.coming_back import with_page
from access.people import MACHINE_PATHS, SESSION_CAPACITY
from access.viewer import Role


if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

SESSION_SEEN = "seen_at"
_MINUTE = 60
_SHORTEST = 10  # minutes, before a capacity is chosen
_STEP = 30  # seconds: the session isn't written at every press


class IdleMiddleware:
    """Sign out a session that was idle longer than its capacity allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check and move the time this session was last seen."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        moment = int(time.time())
        seen = int(request.session.get(SESSION_SEEN, moment))
        if moment - seen > _minutes(request) * _MINUTE:
            return self._signed_out(request)
        known = SESSION_SEEN in request.session
        if not known or (moment - seen > _STEP and not _asks_by_itself(request)):
            request.session[SESSION_SEEN] = moment
        return self.get_response(request)

    def _signed_out(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        if request.path.startswith(MACHINE_PATHS):
            return self.get_response(request)  # told there, in the machine's own words
        messages.info(request, _("Votre session s'est fermée toute seule. Reconnectez-vous."))
        sign_in = reverse("account_login")
        return redirect(sign_in if _asks_by_itself(request) else with_page(sign_in, request))


def _minutes(request: HttpRequest) -> int:
    role = str(request.session.get(SESSION_CAPACITY, "")).partition(":")[0]
    return IDLE_MINUTES.get(Role(role), _SHORTEST) if role in set(Role) else _SHORTEST


def _asks_by_itself(request: HttpRequest) -> bool:
    """Tell a page that asks for news by itself: nobody pressed anything.

    Every press of this product is a link or a form; only what moves alone comes by htmx.
    """
    return request.headers.get("HX-Request") == "true"
