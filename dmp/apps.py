"""The wiring as a Django application: gives `dev` and `migrate`, and wakes the queue."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Loaded first, so that its commands replace Django's own."""

    name = "dmp"
    verbose_name = "wiring"

    def ready(self) -> None:
        """Make our Celery application the current one: a task sent by name needs it."""
        import_module("dmp.celery")
