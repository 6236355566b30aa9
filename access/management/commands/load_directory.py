"""``manage.py load_directory FILE``: the professionals and the places where they work."""

from __future__ import annotations

import argparse
import csv
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from access import directory_file
from access.binding import binding
from access.viewer import WORKER


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Reads it whole: a row that is wrong is named, and nothing is then kept."""

    help = f"Reads a directory, UTF-8 with these columns: {';'.join(directory_file.COLUMNS)}."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, or - for what comes in."""
        parser.add_argument("file", type=argparse.FileType(encoding="utf-8-sig"))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load it, or say what is wrong with it."""
        try:
            with options["file"] as lines, binding(WORKER):
                rows = directory_file.load_directory(by=WORKER, lines=lines)
        except (directory_file.NotLoaded, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"{error} Nothing was kept.") from error
        self.stdout.write(f"{rows} rows.")
