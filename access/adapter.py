"""What this product asks of allauth: no open sign-up, secrets sealed, passkeys by our name."""

from __future__ import annotations

import ipaddress
import time
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy

from access import channels, tokens
from access.policy import Refused
from records.keys import seal_with_master, unseal_with_master


if TYPE_CHECKING:
    from django.http import HttpRequest

    from access.models import User

_ABOUT: Final = b"authenticator"


class Adapter(DefaultAccountAdapter):
    """The account adapter named in the settings."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy(
            "Cette adresse e-mail et ce mot de passe ne vont pas ensemble. Vérifiez les deux."
        ),
        "enter_current_password": gettext_lazy("Ce n'est pas votre mot de passe actuel."),
        "incorrect_password": gettext_lazy("Ce n'est pas le bon mot de passe."),
        "too_many_login_attempts": gettext_lazy(
            "Trop d'essais. Attendez quelques minutes, puis recommencez."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's call
        """Return no: an account belongs to a person met at a counter or checked by the fund."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send what allauth writes, known address or not; a mail server that says no is told."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            raise Refused(channels.not_sent()) from error

    def set_password(self, user: User, password: str) -> None:
        """Keep another password: machines lose the account with it, as other sessions do."""
        super().set_password(user, password)
        tokens.end_tokens(user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where a request comes from; in IPv6, the network that one line is given whole."""
        found = ipaddress.ip_address(super().get_client_ip(request))
        if isinstance(found, ipaddress.IPv6Address):
            if found.ipv4_mapped is not None:  # an IPv4 client of a server that listens to both
                return str(found.ipv4_mapped)
            # Whoever has one IPv6 address has 2 ** 64.
            return str(ipaddress.ip_network((found, 64), strict=False).network_address)
        return str(found)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again, unless it was given in the last minutes.

        An application is installed at the very sign-in that found it missing.
        """
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        known = get_authentication_records(self.request, self.request.user)
        last = max((one["at"] for one in known), default=0)
        return bool(time.time() - last > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to say again who is there, in our words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        ours = {
            "reauthenticate": _("Utiliser mon mot de passe"),
            "mfa_reauthenticate": _("Utiliser un code"),
            "mfa_reauthenticate:webauthn": _("Utiliser ma clé d'accès"),
        }
        return [{**method, "description": ours[method["id"]]} for method in methods]


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor's adapter named in the settings: nothing is readable in the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret with the master key."""
        return seal_with_master(text.encode(), about=_ABOUT).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret in clear."""
        return unseal_with_master(bytes.fromhex(encrypted_text), about=_ABOUT).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whose passkeys these are: the name of the site that was asked for."""
        host = urlsplit(f"//{context.request.get_host()}").hostname or ""
        return {"id": host, "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Return what a device writes beside the passkey: the address one signs in with."""
        return {"id": user.pk.hex.encode(), "name": user.email, "display_name": user.email}

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002, ARG002
        """Return the name of a passkey that was given none."""
        return _("Clé d'accès")
