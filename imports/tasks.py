"""Doors of the queue. A message only wakes: what waits is in the database, and is found anyway."""

from __future__ import annotations

import uuid

from celery import current_app, shared_task

from imports import filling, loading, tidying


# A load takes minutes: its message is gone at once, and the rounds find it if its worker dies.
@shared_task(name="imports.load", acks_late=False)  # type: ignore[untyped-decorator]
def load(load_id: str) -> None:
    """Do a load, or what is left of it."""
    loading.run_quietly(uuid.UUID(load_id))


@shared_task(name="imports.fill", keeps_connection=True)  # type: ignore[untyped-decorator]
def fill(record_id: str) -> None:
    """Fill one record: somebody may be waiting at a counter."""
    filling.fill(uuid.UUID(record_id))


@shared_task(name="imports.sweep", acks_late=False, keeps_connection=True)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Go round: fill what waits, wake the loads that wait or stopped."""
    for load_id in loading.waiting():
        current_app.send_task("imports.load", [str(load_id)])
    filling.fill_waiting()


@shared_task(name="imports.roll", acks_late=False)  # type: ignore[untyped-decorator]
def roll() -> None:
    """Every night: ask for the records with care older than 24 months, and those that failed."""
    filling.roll()


@shared_task(name="imports.tidy", acks_late=False)  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Every night: forget files, refused rows and states older than thirty days."""
    tidying.tidy()
