"""Doors of the queue for access: tidying and telling.

A late round opens nothing: the gate decides. What waits to be told is a row; a message only wakes.
"""

from __future__ import annotations

import uuid

from celery import shared_task

from access import circle, notices, tidying, watching
from access.binding import binding
from access.viewer import WORKER


@shared_task(name="access.sweep", acks_late=False)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Remove guardian's rows of the doors whose last day is over."""
    with binding(WORKER):
        circle.sweep_ended()


@shared_task(name="access.tidy", acks_late=False)  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Every night: forget what signed somebody in and is over."""
    with binding(WORKER):
        tidying.tidy(by=WORKER)


@shared_task(name="access.send_notice", acks_late=False)  # type: ignore[untyped-decorator]
def send_notice(notice_id: str) -> None:
    """Send one notice: it doesn't wait for the next round."""
    notices.send(uuid.UUID(notice_id))


@shared_task(name="access.send_waiting", acks_late=False)  # type: ignore[untyped-decorator]
def send_waiting() -> None:
    """Go round: send what is due, put aside what a dead worker left."""
    notices.send_waiting()


@shared_task(name="access.remind", acks_late=False)  # type: ignore[untyped-decorator]
def remind() -> None:
    """Every morning: write down what the calendar has to tell."""
    with binding(WORKER):
        notices.remind(by=WORKER)


@shared_task(name="access.look_out", acks_late=False)  # type: ignore[untyped-decorator]
def look_out() -> None:
    """Look through what the journal has said since: what is unusual is told."""
    more = True
    while more:
        with binding(WORKER):
            more = watching.look_out(by=WORKER)
