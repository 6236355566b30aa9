"""Ask the web process of this machine whether it can serve: for docker-compose's health check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from dmp.health import ask


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Exit 0 when the web process says ok."""

    help = "Ask the web process of this machine whether it can serve."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The port to ask."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, port: int, **_options: Any) -> None:
        """Say ok, or fail with the reason."""
        found = ask(port)
        if found != "ok":
            raise CommandError(f"The web process cannot serve: {found}.")
        self.stdout.write(found)
