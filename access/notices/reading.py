"""What a person was told lately, as the site shows it: also where no message could leave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from access.binding import PARIS, now
from access.models import Notice
from access.notices.wording import BODIES, words


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from access.viewer import Viewer

LATELY: Final = dt.timedelta(days=30)
MOST: Final = 3
# Enough rows to find that many that say different things.
READ: Final = 4 * MOST


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: the day it was written, its words."""

    on: dt.date
    body: str


def told_lately(
    *, by: Viewer, record_id: uuid.UUID, own: bool, but: Collection[str] = ()
) -> tuple[Told, ...]:
    """Return what this person, and nobody else, was told of a record in the last thirty days.

    In the page's language, whichever it was sent in, each thing once a day; ``own`` is whether
    they are its holder; ``but`` names the kinds whose matter is said beside it.
    """
    if by.person_id is None:
        return ()
    rows = Notice.objects.filter(
        kind__in=BODIES.keys() - set(but),
        person_id=by.person_id,
        record_id=record_id,
        made_at__gt=now() - LATELY,
    ).order_by("-made_at", "-id")[:READ]
    told = (
        Told(row.made_at.astimezone(PARIS).date(), words(row.kind, own=own, here=True))
        for row in rows
    )
    return tuple(dict.fromkeys(told))[:MOST]
