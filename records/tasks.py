"""Doors of the queue for records: what the calendar does to one. A message only wakes."""

from __future__ import annotations

from celery import shared_task

from access.binding import binding
from access.viewer import WORKER
from records import opening
from records.deposits import by_number


@shared_task(name="records.destroy", acks_late=False)  # type: ignore[untyped-decorator]
def destroy() -> None:
    """Destroy the records whose time has come, and what was sealed unread for nobody."""
    opening.destroy_due()
    with binding(WORKER):
        by_number.destroy_unread(by=WORKER)
