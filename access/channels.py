"""How a short message reaches a person: e-mail, SMS, a letter; in the demonstration, the page.

Adapters: the senders of SMS and of letters are the installation's, named by settings. A letter is
the fund's to print: the address is theirs, and isn't copied here. Knows no record.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _


if TYPE_CHECKING:
    from collections.abc import Iterator


class SmsSender(Protocol):
    """What an installation's sender of SMS answers to. Whatever it raises: nothing left."""

    def __call__(self, *, to: str, text: str) -> None:
        """Send a text to a telephone number."""
        ...


class LetterSender(Protocol):
    """What an installation's sender of letters answers to; the fund knows where people live."""

    def __call__(self, *, nir: str, name: str, text: str) -> None:
        """Have a text posted to somebody, at the address the fund holds for a number."""
        ...


class NoChannel(Exception):
    """There is no way to reach this person: the sentence says what to do."""


class NotSent(NoChannel):
    """The way there is said no this time; what it raised is the cause."""


@contextmanager
def _asking(sorry: str) -> Iterator[None]:
    """Whatever a sender raises, nothing left: it is said in a sentence, not by a crash."""
    try:
        yield
    except Exception as error:
        raise NotSent(sorry) from error


def shown_on_page(*, to: str, text: str) -> None:
    """The demonstration's sender: nothing leaves, the page shows the code."""


def reaches(kind: str) -> bool:
    """Tell whether a kind of channel is installed here."""
    installed = {"mobile": settings.DMP_SMS_SENDER, "post": settings.DMP_LETTER_SENDER}
    return kind == "email" or bool(installed.get(kind)) or settings.DMP_DEMO


def send(kind: str, *, to: str, text: str, subject: str = "", key: str = "") -> None:
    """Send a neutral text by e-mail or SMS.

    Raises ``NoChannel`` where no sender is installed, and ``NotSent`` where it says no.
    ``key`` names the message where a channel has a place for it: a mail server that is given the
    same one twice may keep it once.
    """
    if kind == "email":
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        message = EmailMessage(
            subject or _("Votre code"),
            text,
            settings.DEFAULT_FROM_EMAIL,
            [to],
            headers={"Message-ID": f"<{key}@{host}>"} if key else {},
        )
        with _asking(not_sent()):
            message.send()
        return
    path = settings.DMP_SMS_SENDER
    sender: SmsSender = import_string(path) if path else shown_on_page
    if not reaches(kind):
        raise NoChannel(_("L'envoi de SMS n'est pas installé ici. Choisissez l'e-mail."))
    with _asking(not_sent()):
        sender(to=to, text=text)


def not_sent() -> str:
    """Return what is read where a message could not leave."""
    return _("Le message n'est pas parti. Recommencez dans un moment.")


def post(*, nir: str, name: str, text: str) -> None:
    """Have a letter posted. Raises ``NoChannel`` where nobody does it, ``NotSent`` where it fails.

    In the demonstration nothing leaves: the page that asks for the code shows it.
    """
    if not reaches("post"):
        raise NoChannel(_("L'envoi de lettres n'est pas installé ici. Il faut un portable."))
    if settings.DMP_LETTER_SENDER:
        with _asking(_("La lettre n'est pas partie. Recommencez dans un moment.")):
            sender: LetterSender = import_string(settings.DMP_LETTER_SENDER)
            sender(nir=nir, name=name, text=text)
