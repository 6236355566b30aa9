"""What the system did by itself, in a sentence: no person was there. Reads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from access.journal import Action
from dmp.templatetags.wording import moment


if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from access.models import JournalEvent


def automatic_sentence(event: JournalEvent) -> SafeString:
    """Say what the system did by itself: no person was there."""
    if event.act == Action.FILLED.value:
        return format_html(_("Vos remboursements ont été mis à jour {at}."), at=moment(event.at))
    label = Action(event.act).label if event.act in Action.values else _("mise à jour")
    return format_html("{} : {}.", moment(event.at), label)
