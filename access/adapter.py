"""What this product asks of allauth: no open sign-up, accounts come with a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter


if TYPE_CHECKING:
    from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """The account adapter named in the settings."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's call
        """Return no: an account belongs to a person met at a counter or checked by the fund."""
        return False
