"""Ask a process of this machine whether it works: for docker-compose's health checks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from dmp.health import ask


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


# Celery's clock writes its schedule at least this often, in seconds; twice that is too long.
_BEAT_WRITES = 5 * 60


class Command(BaseCommand):
    """Exit 0 when the process that is asked works."""

    help = "Ask the web process (or the clock, by its file) whether it works."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The web's port, or the clock's schedule."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--beat", type=Path, help="the schedule file given to celery beat")

    def handle(self, *_args: Any, port: int, beat: Path | None, **_options: Any) -> None:
        """Say ok, or fail with the reason."""
        if beat is None:
            found = ask(port)
            if found != "ok":
                raise CommandError(f"The web process cannot serve: {found}.")
        else:
            # The file's ending depends on the database library that Python was built with.
            written = [path.stat().st_mtime for path in beat.parent.glob(f"{beat.name}*")]
            if not written or time.time() - max(written) > 2 * _BEAT_WRITES:
                raise CommandError(f"The clock has not written {beat} for ten minutes.")
        self.stdout.write("ok")
