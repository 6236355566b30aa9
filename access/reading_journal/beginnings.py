"""Records whose trace doesn't begin with their opening: emptied whole, and begun again or not.

A chain holds what is left of it together; of one taken away with its head, nothing says that it
was there but the record. Reads no line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from access.journal import Action
from access.models import JournalEvent
from records.models import Record


if TYPE_CHECKING:
    import uuid


def without_beginning(record_id: uuid.UUID | None = None) -> set[uuid.UUID]:
    """Return the records, or the one that is asked for, whose first line isn't their opening."""
    opening = JournalEvent.objects.filter(record_id=OuterRef("id"), seq=1, act=Action.OPENED.value)
    found = Record.objects.exclude(Exists(opening))
    if record_id is not None:
        found = found.filter(id=record_id)
    return set(found.values_list("id", flat=True))
