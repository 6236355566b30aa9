"""Sessions left alone end by themselves, sooner where others pass by.

Nothing typed is lost: drafts are kept by the server.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from access.accounts import IDLE_MINUTES
from access.people import SESSION_CAPACITY
from access.viewer import Role


if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

SESSION_SEEN = "seen_at"
_SHORTEST = 10
_STEP = 30


class IdleMiddleware:
    """Sign out a session that was idle longer than its capacity allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check and move the time this session was last seen."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        role = str(request.session.get(SESSION_CAPACITY, "")).partition(":")[0]
        minutes = IDLE_MINUTES.get(Role(role), _SHORTEST) if role in set(Role) else _SHORTEST
        moment = int(time.time())
        seen = int(request.session.get(SESSION_SEEN, moment))
        if moment - seen > minutes * 60:
            logout(request)
            messages.info(request, _("Votre session s'est fermée toute seule. Reconnectez-vous."))
            return redirect("account_login")
        if moment - seen > _STEP or SESSION_SEEN not in request.session:
            request.session[SESSION_SEEN] = moment
        return self.get_response(request)
