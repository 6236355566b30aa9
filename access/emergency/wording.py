"""Why a record was opened without an authorisation, in words; and how the journal keeps it.

Reads nothing. The choice is one of three; what was typed beside it may speak of health.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _, gettext_lazy

from access.journal import Action


if TYPE_CHECKING:
    from collections.abc import Iterable

    from access.models import JournalEvent


class Reason(TextChoices):
    """The three choices of the screen."""

    LIFE = "life", gettext_lazy("Sa vie est en danger")
    SILENT = "silent", gettext_lazy("La personne ne peut pas donner son accord")
    WORSENS = "worsens", gettext_lazy("Son état peut s'aggraver très vite")


#: What stands for the choice where a call was received.
CALL = "call"


def kept(reason: str, text: str) -> str:
    """Return a reason as the journal keeps it."""
    return f"{reason}|{text}"


def asked_why(events: Iterable[JournalEvent], *, whole: bool, you: bool) -> str:
    """Return why a doctor asked for an opening, among what they did on a day."""
    asked = {Action.EMERGENCY_OPENED.value, Action.EMERGENCY_REFUSED.value}
    reasons = [said(event.reason, whole=whole, you=you) for event in events if event.act in asked]
    return " · ".join(filter(None, dict.fromkeys(reasons)))


def said(reason: str, *, whole: bool, you: bool) -> str:
    """Return a kept reason in words; without ``whole``, nothing of what was typed.

    What was ticked is said to ``you`` whose record it is, or of them; only what was typed is
    the doctor's own words, in quotes.
    """
    choice, _bar, text = reason.partition("|")
    if choice == CALL:
        return _("appel %(reference)s") % {"reference": text} if text else ""
    label = _ticked(choice, you=you)
    if not (whole and text):
        return label
    words = _("%(label)s – « %(text)s »") if label else _("« %(text)s »")
    return words % {"label": label, "text": text}


def _ticked(choice: str, *, you: bool) -> str:
    if you:
        words = {
            Reason.LIFE: _("votre vie était en danger"),
            Reason.SILENT: _("vous ne pouviez pas donner votre accord"),
            Reason.WORSENS: _("votre état pouvait s'aggraver très vite"),
        }
    else:
        words = {
            Reason.LIFE: _("sa vie était en danger"),
            Reason.SILENT: _("la personne ne pouvait pas donner son accord"),
            Reason.WORSENS: _("son état pouvait s'aggraver très vite"),
        }
    return words.get(Reason(choice), "") if choice in Reason.values else ""
