"""``manage.py make_token EMAIL [CAPACITY]``: a bearer token for a machine, shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from access import tokens


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Binds a token to a user in one of their capacities, the last by default."""

    help = "Makes a bearer token (12 hours) for a user in a capacity, and shows it once."

    def add_arguments(self, parser: CommandParser) -> None:
        """The user, and the capacity as the choice of capacities names it."""
        parser.add_argument("email")
        parser.add_argument("capacity", nargs="?", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the token."""
        try:
            token = tokens.make_for(email=options["email"], capacity=options["capacity"])
        except tokens.NoToken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(token)
