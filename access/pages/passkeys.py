"""Doors to passkeys: add, name and remove one's own; enter with one, alone or after a password.

The views and the ceremonies are allauth's; who may come, what is said and what is bounded are
here. Knows no record.
"""

from __future__ import annotations

import functools
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from access import accounts, codes, passkeys, people
from access.doors import SIGNED_IN, door, public_door
from access.pages.security import enrolling
from access.pages.start import next_of
from access.policy import NotVisible


if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpResponse

    from access.doors import BoundRequest


def _problems(form: forms.Form) -> list[str]:
    return [str(problem) for field in form.errors.values() for problem in field]


class _SaysWhy:
    """What was wrong is told on the page itself, with another question, and by the status."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Draw the page again."""
        view: Any = self
        page: HttpResponse = view.render_to_response(
            view.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
        return page


class AddPasskey(_SaysWhy, views.AddWebAuthnView):
    """Ask the device for a passkey: whoever made one has passed their second factor here."""

    template_name = "mfa/webauthn/add_form.html"

    def get(self, request: BoundRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, unless there are enough."""
        if not passkeys.may_have_another(request.user):  # type: ignore[arg-type]
            text = _("Vous avez %(most)d clés d'accès. Retirez-en une pour en ajouter une autre.")
            messages.warning(request, text % {"most": passkeys.MOST})
            return redirect("mfa_index")
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def post(self, request: BoundRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check, unless there are enough."""
        if not passkeys.may_have_another(request.user):  # type: ignore[arg-type]
            return self.get(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for a key that the device keeps and that checks who holds it."""
        context: dict[str, Any] = super(views.AddWebAuthnView, self).get_context_data(**kwargs)
        made = auth.begin_registration(self.request.user, passwordless=True)
        return {**context, "place": passkeys.place_of(self.request), "options": made}

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the passkey, and count it for the session under way."""
        response: HttpResponse = super().form_valid(form)
        self.request.session.cycle_key()
        self.request.session[people.SESSION_SECOND_FACTOR] = people.PASSKEY
        return response


class _OwnPasskey:
    """One of the user's own, by our name for it; another's is a page that isn't there."""

    success_url = reverse_lazy("mfa_index")

    def get_object(self, queryset: Any = None) -> Any:  # noqa: ARG002  # Django's call
        """Return the passkey. Raises ``NotVisible``."""
        found = passkeys.own_passkey(self.request.user, self.kwargs["passkey_id"])  # type: ignore[attr-defined]
        if found is None:
            raise NotVisible
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the name the page is about."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "name": self.object.wrap().name}  # type: ignore[attr-defined]


class RenamePasskey(_SaysWhy, _OwnPasskey, views.EditWebAuthnView):
    """Another name for a passkey."""


class RemovePasskey(_OwnPasskey, views.RemoveWebAuthnView):
    """A passkey stops opening; what the device still keeps is of no use."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return whether the account is left with codes sent to it."""
        user: Any = self.request.user
        last = len(passkeys.passkeys_of(user)) == 1 and not accounts.has_application(user)
        return {**super().get_context_data(**kwargs), "last": last}


class SignIn(account.LoginView):
    """The address and the password, or a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return whether a passkey can be used at this address."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "place": passkeys.place_of(self.request)}


class EnterWithPasskey(views.LoginWebAuthnView):
    """The question for the script, then the answer: in, without a password."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what is wrong on the page of passwords, and keep the way back."""
        for problem in _problems(form):
            messages.error(self.request, problem)
        onward = next_of(self.request)
        address = reverse("account_login")
        return redirect(f"{address}?{urlencode({'next': onward})}" if onward else address)


class AfterPassword(_SaysWhy, factor.AuthenticateView):
    """The second factor at sign-in: a passkey, the application's code, or a last code."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what this user has to prove who they are."""
        user = self.stage.login.user
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "place": passkeys.place_of(self.request),
            "options": context["js_data"]["request_options"],
            "has_passkey": passkeys.has_passkey(user),
            "has_application": accounts.has_application(user),
        }


class AgainWithPasskey(_SaysWhy, views.ReauthenticateWebAuthnView):
    """Who is there, before a change of the account: by a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the question for the script."""
        context: dict[str, Any] = super(views.ReauthenticateWebAuthnView, self).get_context_data(
            **kwargs
        )
        asked = auth.begin_authentication(self.request.user)
        return {**context, "place": passkeys.place_of(self.request), "options": asked}


def _counted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Bound how often an account's passkeys are changed."""

    @functools.wraps(view)
    def counted(request: BoundRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        subject = str(request.viewer.user_id)
        changes = request.method == "POST"
        if changes and not codes.count("passkeys", subject, limit=passkeys.CHANGES_AN_HOUR):
            return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        return view(request, *args, **kwargs)

    return counted


add_passkey = enrolling(_counted(AddPasskey.as_view()))
rename_passkey = door(SIGNED_IN)(_counted(RenamePasskey.as_view()))
remove_passkey = door(SIGNED_IN)(_counted(RemovePasskey.as_view()))
sign_in = public_door()(SignIn.as_view())
enter_with_passkey = public_door()(EnterWithPasskey.as_view())
after_password = public_door()(AfterPassword.as_view())
again_with_passkey = door(SIGNED_IN, second_factor=False)(AgainWithPasskey.as_view())
