"""The red strip of a doctor who came by an opening: until when, and how long is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _, ngettext

from access.binding import PARIS, bound, now, today
from access.emergency.known import live_openings_known_to
from access.models import Opening, OpeningKind
from access.models.periods import live
from dmp.templatetags.wording import NBSP, hour


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Strip:
    """What the strip says."""

    opening_id: uuid.UUID
    record_id: uuid.UUID
    call: bool
    until: str
    left: str


def strip_on(*, by: Viewer, record_id: uuid.UUID) -> Strip | None:
    """Return the strip of a record this doctor came to while an opening of theirs lasts."""
    kinds = bound().openings.get(record_id, frozenset())
    if not kinds or by.professional_id is None:
        return None
    lens = bound().lens
    # Through their eyes it is told of as far as who looks knows.
    known = (
        live_openings_known_to(lens.own)
        if lens
        else Opening.objects.filter(live(now()), record_id=record_id)
    )
    mine = known.filter(professional_id=by.professional_id, kind__in=kinds)
    opening = mine.order_by("-until", "id").first()
    if opening is None:  # seen through the eyes of somebody who never came
        return None
    call = opening.kind == OpeningKind.REGULATION
    return Strip(
        opening.id, record_id, call, until_words(opening.until), _left(opening.until - now())
    )


def until_words(until: dt.datetime) -> str:
    """Return the hour it stops at, and that it is tomorrow's."""
    if until.astimezone(PARIS).date() > today():
        return _("demain %(hour)s") % {"hour": hour(until)}
    return hour(until)


def _left(left: dt.timedelta) -> str:
    """Return « 7 h 12 », « 8 heures », « 40 minutes »; never nothing while it lasts."""
    hours, minutes = divmod(-(-int(left.total_seconds()) // 60), 60)
    if hours and not minutes:
        return ngettext("%(n)d heure", "%(n)d heures", hours) % {"n": hours}
    if hours:
        words = _("%(hours)s h %(minutes)s") % {"hours": hours, "minutes": f"{minutes:02}"}
        return words.replace(" ", NBSP)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
