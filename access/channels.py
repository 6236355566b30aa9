"""How a short message reaches a person: e-mail, SMS, or the page itself in the demonstration.

An adapter: the sender of SMS is the installation's, named by a setting. Knows no record.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.core.mail import send_mail
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _


class SmsSender(Protocol):
    """What an installation's sender of SMS answers to."""

    def __call__(self, *, to: str, text: str) -> None:
        """Send a text to a telephone number."""
        ...


class NoChannel(Exception):
    """There is no way to reach this person: the sentence says what to do."""


def shown_on_page(*, to: str, text: str) -> None:
    """The demonstration's sender: nothing leaves, the page shows the code."""


def reaches(kind: str) -> bool:
    """Tell whether a kind of channel is installed here."""
    return kind == "email" or bool(settings.DMP_SMS_SENDER) or settings.DMP_DEMO


def send(kind: str, *, to: str, text: str) -> None:
    """Send a neutral text by a kind of channel. Raises ``NoChannel`` where none is installed."""
    if kind == "email":
        send_mail(_("Votre code"), text, settings.DEFAULT_FROM_EMAIL, [to])
        return
    path = settings.DMP_SMS_SENDER
    sender: SmsSender = import_string(path) if path else shown_on_page
    if not reaches(kind):
        raise NoChannel(_("L'envoi de SMS n'est pas installé ici. Choisissez l'e-mail."))
    sender(to=to, text=text)
