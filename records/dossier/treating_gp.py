"""Who the treating GP of a record is, for whoever decides, and since when a synthesis is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from access.binding import PARIS, bound, today
from access.circle.treating_gp import live_treating_gp
from access.notices import synthesis_asked_at
from records.days import same_day
from records.dossier import telling
from records.models import RecordStatus


if TYPE_CHECKING:
    from access.models import Professional
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


#: A request that was answered by nothing is made again a month later.
ASKED_AGAIN_AFTER: Final = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A first synthesis was asked for: since when, and from when on it may be asked again."""

    on: str
    again: str


def treating_gp_of(dossier: Dossier) -> Professional | None:
    """Return the treating GP, for who decides; None where there is none."""
    if not dossier.may_decide:
        return None
    held = live_treating_gp(dossier.record_id)
    return held.professional if held else None


def synthesis_asked(dossier: Dossier, *, by: Viewer, gp: Professional | None) -> Asked | None:
    """Return since when a first synthesis is asked for: to who may ask, to the doctor asked.

    None where it wasn't. ``gp`` is what ``treating_gp_of`` said. What a minor asked alone isn't
    told to who represents them, nor through anybody's eyes. ``again`` is empty where it may be
    asked for again today: a month later, or of a doctor who was chosen anew since.
    """
    asked = by.professional_id if dossier.by_treating_gp else gp.id if gp else None
    if asked is None:
        return None
    lens = bound().lens
    who = [dossier.standing, lens.own] if lens else [dossier.standing]
    family = any(one.speaks_for_minor for one in who)
    times = synthesis_asked_at(dossier.record_id, asked, to_family=family)
    if not times:
        return None
    if dossier.by_treating_gp:
        return Asked(on=telling.day_and_month(times[-1]), again="")
    held = live_treating_gp(dossier.record_id)
    again = same_day(times[-1].astimezone(PARIS).date(), months=ASKED_AGAIN_AFTER)
    waits = today() < again and held is not None and held.since <= times[-1]
    return Asked(
        on=telling.day_and_month(times[-1]), again=telling.day_and_month(again) if waits else ""
    )


def may_ask(dossier: Dossier, *, gp: str, asked: Asked | None) -> bool:
    """Tell whether a first synthesis may be asked for today, or again: a doctor reads it."""
    opened = dossier.status == RecordStatus.OPEN
    return opened and bool(gp) and not (asked and asked.again)
