"""Who the treating GP of a record is, by name, for whoever decides for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.circle.treating_gp import live_treating_gp


if TYPE_CHECKING:
    from records.dossier.entrance import Dossier


def treating_gp_of(dossier: Dossier) -> str:
    """Return the treating GP's name, for who decides; nothing where there is none."""
    if not dossier.may_decide:
        return ""
    held = live_treating_gp(dossier.record_id)
    return held.professional.full_name if held and held.professional else ""
