"""``manage.py make_account EMAIL --rpps N | --fund ROLE``: an account that no counter opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from access import enrolling
from access.binding import binding
from access.viewer import WORKER


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Makes it without a password: the page of a forgotten one gives them theirs."""

    help = "Makes the account of a professional of the directory, or one of the fund's own."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address to sign in with, and whose it is."""
        parser.add_argument("email")
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--rpps", help="a professional's national number")
        whose.add_argument("--fund", choices=enrolling.FUND_ROLES, help="what they do at the fund")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it, or say why not."""
        email = options["email"]
        try:
            with binding(WORKER):
                if options["fund"]:
                    enrolling.enrol_fund(by=WORKER, email=email, role=options["fund"])
                else:
                    enrolling.enrol_professional(by=WORKER, email=email, rpps=options["rpps"])
        except enrolling.NotEnrolled as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{email} has an account: they choose a password by « oublié ».")
