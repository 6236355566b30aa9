"""``manage.py fill_waiting``: fill every record that waits, here and now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from imports import filling


class Command(BaseCommand):
    """What the worker's rounds do, until nothing waits; run it as the worker (DMP_PROCESS)."""

    help = "Fills every record that waits for its claims."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Fill until nothing waits."""
        while filling.fill_waiting(seconds=60):
            pass
