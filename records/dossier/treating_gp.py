"""Who the treating GP of a record is, for whoever decides, and since when a synthesis is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.binding import bound
from access.circle.treating_gp import live_treating_gp
from access.notices import synthesis_asked_at
from records.dossier import telling


if TYPE_CHECKING:
    from access.models import Professional
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


def treating_gp_of(dossier: Dossier) -> Professional | None:
    """Return the treating GP, for who decides; None where there is none."""
    if not dossier.may_decide:
        return None
    held = live_treating_gp(dossier.record_id)
    return held.professional if held else None


def synthesis_asked_on(dossier: Dossier, *, by: Viewer, gp: Professional | None) -> str:
    """Return the day a first synthesis was asked for, for who may ask and for the doctor asked.

    Nothing where it wasn't. ``gp`` is what ``treating_gp_of`` said. What a minor asked alone isn't
    told to who represents them, nor through anybody's eyes.
    """
    asked = by.professional_id if dossier.by_treating_gp else gp.id if gp else None
    if asked is None:
        return ""
    lens = bound().lens
    who = [dossier.standing, lens.own] if lens else [dossier.standing]
    family = any(one.speaks_for_minor for one in who)
    at = synthesis_asked_at(dossier.record_id, asked, to_family=family)
    return telling.day_and_month(at) if at else ""
