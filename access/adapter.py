"""What this product asks of allauth: no open sign-up, and secrets of applications kept sealed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from records.keys import seal_with_master, unseal_with_master


if TYPE_CHECKING:
    from django.http import HttpRequest

_ABOUT: Final = b"authenticator"


class Adapter(DefaultAccountAdapter):
    """The account adapter named in the settings."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's call
        """Return no: an account belongs to a person met at a counter or checked by the fund."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again, unless it was given in the last minutes.

        An application is installed at the very sign-in that found it missing.
        """
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        known = get_authentication_records(self.request, self.request.user)
        last = max((one["at"] for one in known), default=0)
        return bool(time.time() - last > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor's adapter named in the settings: nothing is readable in the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret with the master key."""
        return seal_with_master(text.encode(), about=_ABOUT).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret in clear."""
        return unseal_with_master(bytes.fromhex(encrypted_text), about=_ABOUT).decode()
