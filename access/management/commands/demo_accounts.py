"""``manage.py demo_accounts``: who one may be in the demonstration; the launcher shows it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from access import demo


class Command(BaseCommand):
    """Prints the accounts of the demonstration, and nothing outside it."""

    help = "Lists the demonstration's accounts: group, name, address to sign in with."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print them in columns."""
        rows = [(one.group, one.name, one.email) for one in demo.accounts()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write(f"  {'  '.join(cells).rstrip()}")
