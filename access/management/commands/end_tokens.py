"""``manage.py end_tokens EMAIL``: machines that held a token of an account lose it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from access import tokens


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Ends all of them: a token is kept as a hash, so that none can be told from another."""

    help = "Ends every bearer token of an account, as another password does."

    def add_arguments(self, parser: CommandParser) -> None:
        """The account."""
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        """End them and say how many were live."""
        try:
            ended = tokens.end_for(email=options["email"])
        except tokens.NoToken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Tokens ended: {ended}.")
