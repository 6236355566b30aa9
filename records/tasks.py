"""Doors of the queue for records: what the calendar does to one. A message only wakes."""

from __future__ import annotations

from celery import shared_task

from records import opening


@shared_task(name="records.destroy", acks_late=False)  # type: ignore[untyped-decorator]
def destroy() -> None:
    """Destroy the records whose time has come, and end what was begun."""
    opening.destroy_due()
