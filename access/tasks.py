"""Doors of the queue for access: tidying only. A late round opens nothing: the gate decides."""

from __future__ import annotations

from celery import shared_task

from access import circle
from access.binding import binding
from access.viewer import WORKER


@shared_task(name="access.sweep", acks_late=False)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Remove guardian's rows of the doors whose last day is over."""
    with binding(WORKER):
        circle.sweep_ended()
