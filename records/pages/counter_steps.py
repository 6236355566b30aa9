"""Where an opening at a counter is: its draft, the screen it is at, and the way back to it.

Knows no form: what the screens ask is theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from records.opening import Known


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.pages.drafts import Opening


DRAFT: Final = "counter"
#: Of « Le patient est avec moi », which goes by the same screens.
PRESENCE: Final = "presence"


def step_of(draft: Opening | None) -> str:
    """Return the screen an opening is at."""
    if draft is None:
        return "counter"
    if draft.done:
        return "counter_done"
    if draft.chosen is None:
        return "counter_person"
    if not draft.checked:
        return "counter_identity"
    return "counter_consent" if draft.known == Known.NOTHING else "counter_existing"


def is_stale(request: BoundRequest, draft: Opening) -> bool:
    """Tell whether a form was drawn for an opening that isn't the one under way any more."""
    return request.method == "POST" and request.POST.get("attempt") != draft.attempt.hex


def elsewhere(request: BoundRequest, draft: Opening | None) -> HttpResponse:
    """Send to the screen the opening is at: after « back », another tab, or a pause too long."""
    if request.method == "POST":
        text = _("Cet écran n'était plus à jour : rien n'a été créé. Reprenez ici.")
        if draft is None:
            text = _("L'ouverture a été interrompue plus de 20 minutes. Reprenez au début.")
        if draft is None or not draft.done:
            messages.warning(request, text)
    return redirect(f"records:{step_of(draft)}")
