"""Everything on one machine with one command; the servers' own ways are in dmp.embedded."""

from __future__ import annotations

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand

from dmp import embedded


class Command(BaseCommand):
    """Start PostgreSQL and Valkey (the rest follows in the next commits)."""

    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--servers", action="store_true")

    def handle(self, **options: Any) -> None:
        servers = embedded.Servers(embedded.layout(os.environ))
        try:
            servers.start_postgres()
            servers.make_roles()
            servers.start_valkey()
            self.stdout.write(f"READY {os.environ['DATABASE_URL']}")
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
        finally:
            servers.stop()
