"""How a short message reaches a person: e-mail, SMS, a letter; in the demonstration, the page.

Adapters: the senders of SMS and of letters are the installation's, named by settings. A letter is
the fund's to print: the address is theirs, and isn't copied here. Knows no record.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _


class Sender(Protocol):
    """What an installation's sender of SMS, or of letters, answers to."""

    def __call__(self, *, to: str, text: str) -> None:
        """Send a text to a telephone number, or to who the fund knows under a national number.

        Whatever it raises means that nothing left.
        """
        ...


class NoChannel(Exception):
    """There is no way to reach this person: the sentence says what to do."""


def shown_on_page(*, to: str, text: str) -> None:
    """The demonstration's sender: nothing leaves, the page shows the code."""


def _installed(kind: str) -> str:
    """The dotted path of the installation's sender; empty where there is none."""
    paths = {"mobile": settings.DMP_SMS_SENDER, "post": settings.DMP_LETTER_SENDER}
    return str(paths.get(kind, ""))


def reaches(kind: str) -> bool:
    """Tell whether a kind of channel is installed here."""
    return kind == "email" or bool(_installed(kind)) or settings.DMP_DEMO


def send(kind: str, *, to: str, text: str, subject: str = "", key: str = "") -> None:
    """Send a neutral text by a kind of channel. Raises ``NoChannel`` where none is installed.

    ``key`` names the message where a channel has a place for it: a mail server that is given the
    same one twice may keep it once.
    """
    if kind == "email":
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        EmailMessage(
            subject or _("Votre code"),
            text,
            settings.DEFAULT_FROM_EMAIL,
            [to],
            headers={"Message-ID": f"<{key}@{host}>"} if key else {},
        ).send()
        return
    path = _installed(kind)
    sender: Sender = import_string(path) if path else shown_on_page
    if not reaches(kind):
        raise NoChannel(_("L'envoi de SMS n'est pas installé ici. Choisissez l'e-mail."))
    sender(to=to, text=text)
