"""Make up claims files, for a demonstration or a load test."""

from __future__ import annotations

from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from imports.generating import files, stories
from imports.generating.days import Calendar
from imports.generating.ledger import Totals


if TYPE_CHECKING:
    from argparse import ArgumentParser

_EARLIEST: Final = date(2020, 1, 1)
_LATEST: Final = date(2099, 12, 31)
_MOST_SEED: Final = 2**31


class Command(BaseCommand):
    """Write lines.csv, illnesses.csv, declared_doctors.csv and slip.csv in a folder."""

    help = (
        "Writes the four files of a fund for invented people: 26 months of care before --until."
        " The same people, seed and last day give the same bytes."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many, which, where and until when."""
        parser.add_argument("--people", type=int, required=True, help="how many people")
        parser.add_argument("--seed", type=int, default=0, help="another seed, other people")
        parser.add_argument("--out", type=Path, default=Path("claims"), metavar="DIR")
        parser.add_argument(
            "--until", metavar="DATE", help="last day, as 2026-11-23; today by default"
        )
        parser.add_argument(
            "--stories", action="store_true", help="add the people of the demonstration, first"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check, write, say how much."""
        people, seed, out = options["people"], options["seed"], options["out"]
        if people < 0 or (people == 0 and not options["stories"]):
            raise CommandError("--people: expected how many people to invent, 1 or more.")
        if not 0 <= seed < _MOST_SEED:
            raise CommandError(f"--seed: expected a number from 0 to {_MOST_SEED - 1}.")
        if out.exists() and not out.is_dir():
            raise CommandError(f"--out: {out} is a file; name a folder.")
        calendar = Calendar(self._until(options["until"]))
        totals = Totals(calendar)
        told = stories.claims(calendar, totals) if options["stories"] else ()
        invented = files.generate(people=people, seed=seed, calendar=calendar, totals=totals)
        try:
            written = files.write(out, chain(told, invented), totals)
        except files.TooManyPeopleError as problem:
            raise CommandError(f"--people: {problem}") from problem
        self.stdout.write(
            f"{out}: {written.lines} lines, {written.illnesses} long-term illnesses and"
            f" {written.declared_doctors} declared doctors of {written.people} people,"
            f" until {calendar.until.isoformat()}"
        )

    def _until(self, text: str | None) -> date:
        if text is None:
            return timezone.localdate()
        try:
            until = date.fromisoformat(text)
        except ValueError as problem:
            raise CommandError(
                f"--until: {text!r} isn't a date; expected one like 2026-11-23."
            ) from problem
        if not _EARLIEST <= until <= _LATEST:
            raise CommandError(f"--until: expected a date from {_EARLIEST} to {_LATEST}.")
        return until
