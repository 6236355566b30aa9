"""Since when a patient asks their treating GP for a first synthesis.

The notice is the request: it says neither who asks nor of what. Must not know whether it was
answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.models import Notice
from access.notices.telling import once_of
from access.notices.wording import SYNTHESIS_ASKED


if TYPE_CHECKING:
    import datetime as dt
    import uuid


def synthesis_asked_at(record_id: uuid.UUID, professional_id: uuid.UUID) -> dt.datetime | None:
    """Return when this doctor was asked for the first synthesis of a record; None if never."""
    once = once_of(SYNTHESIS_ASKED, professional_id, str(record_id))
    return Notice.objects.filter(once=once).values_list("made_at", flat=True).first()
