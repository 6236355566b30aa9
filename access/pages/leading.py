"""The page of one element, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse


if TYPE_CHECKING:
    import uuid


_PAGES = {
    "document": "records:document",
    "line": "records:care_event",
    "entry": "records:entry",
    "synthesis_line": "records:synthesis_line",
}


def page_of(record_id: uuid.UUID, kind: str, element_id: uuid.UUID) -> str:
    """Return the address of the page where an element is read."""
    return reverse(_PAGES[kind], args=[record_id, element_id])
