"""``manage.py fill_waiting``: fill now what waits, without a worker (run as the worker's role)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from imports import filling


class Command(BaseCommand):
    """One round of the worker's, here and now."""

    help = "Fills the records that wait. Run it with DMP_PROCESS=worker."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Fill until nothing waits."""
        if settings.DMP_PROCESS != "worker":
            raise CommandError("Set DMP_PROCESS=worker: the claims store is the worker's alone.")
        while filling.fill_waiting(seconds=30):
            continue
