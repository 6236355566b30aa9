"""Doors to what protects an account: password, authenticator application, passkeys, last codes.

The views are allauth's; who may come to them is said here. Knows no record.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as application
from django.shortcuts import redirect
from django.urls import reverse

from access import passkeys, people
from access.coming_back import with_page
from access.doors import SIGNED_IN, Door, door


if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from access.doors import BoundRequest


class Security(factor.IndexView):
    """How this person proves who they are, and what they may add."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return their passkeys, and whether one can be made at this address."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user: Any = self.request.user
        return {
            **context,
            "passkeys": passkeys.passkeys_of(user),
            "place": passkeys.place_of(self.request),
        }


class DeactivateApplication(application.DeactivateTOTPView):
    """The application serves no longer; a passkey still does, if there is one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return whether a passkey remains."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user: Any = self.request.user
        return {**context, "has_passkey": passkeys.has_passkey(user)}


class ActivateApplication(application.ActivateTOTPView):
    """Scan, type a code back: whoever did has passed their second factor in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the application, and count it for the session under way."""
        response: HttpResponse = super().form_valid(form)
        self.request.session.cycle_key()
        self.request.session[people.SESSION_SECOND_FACTOR] = people.APPLICATION
        return response


def enrolling(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Declare a view open to who passed a second factor, or has just had a code come back.

    Somebody who works here has no application the first time: a code proves that the address is
    theirs. Somebody who has nothing but a password adds no factor to an account.
    """

    @functools.wraps(view)
    def guarded(request: BoundRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.viewer.admitted or people.code_came_back(request)):
            return redirect(with_page(reverse("access:second_factor"), request))
        return view(request, *args, **kwargs)

    guarded.door = Door(SIGNED_IN, second_factor=False)  # type: ignore[attr-defined]
    return guarded


def _behind_a_door(view: Any) -> Any:
    return door(SIGNED_IN)(view)


change_password = _behind_a_door(account.password_change)
security = _behind_a_door(Security.as_view())
deactivate_application = _behind_a_door(DeactivateApplication.as_view())
see_last_codes = _behind_a_door(recovery.view_recovery_codes)
make_last_codes = _behind_a_door(recovery.generate_recovery_codes)
download_last_codes = _behind_a_door(recovery.download_recovery_codes)
activate_application = enrolling(ActivateApplication.as_view())
