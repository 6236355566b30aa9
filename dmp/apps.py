"""The wiring as a Django application: gives `dev` and `migrate`, and wakes the queue."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.db.backends.signals import connection_created

from dmp import keys, plurals


class SiteFilesConfig(StaticFilesConfig):
    """Django's static files, without those of pages that this site does not show."""

    # DRF's browsable interface and guardian's admin: two thirds of the files, half of the start.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "rest_framework", "guardian"]


class WiringConfig(AppConfig):
    """Loaded first, so that its commands replace Django's own."""

    name = "dmp"
    verbose_name = "wiring"

    def ready(self) -> None:
        """Make our Celery application the current one: a task sent by name needs it."""
        import_module("dmp.celery")
        plurals.say_zero_as_one()
        connection_created.connect(keys.read_keys_fast)
