"""``manage.py verify_journal [RECORD]``: finds a line of the journal removed or altered."""

from __future__ import annotations

import sys
import uuid
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from access.journal import SYSTEM, chain_is_whole, chain_length, chains
from access.reading_journal import without_beginning


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Walks each record's chain from its opening to its head; says nothing of what it says."""

    help = "Checks the journal's chains, destroyed records' too; exits 1 if one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        """One record, or all of them."""
        parser.add_argument("record", type=uuid.UUID, nargs="?", help="its key; else all")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each broken chain, then the counts."""
        asked = options["record"]
        cut = without_beginning(asked)
        if asked and not cut and not chain_length(asked) and chain_is_whole(asked):
            raise CommandError(f"The journal has nothing about {asked}: check the record's key.")
        whole, broken = 0, len(cut)
        for record_id in sorted(cut):
            self._say_broken(record_id)
        for record_id in [asked] if asked else chains():
            if record_id in cut:
                continue
            if chain_is_whole(record_id):
                whole += 1
                continue
            broken += 1
            self._say_broken(record_id)
        self.stdout.write(f"{whole} whole, {broken} broken.")
        if broken:
            sys.exit(1)

    def _say_broken(self, record_id: uuid.UUID) -> None:
        about = "of no record" if record_id == SYSTEM else f"of record {record_id}"
        self.stdout.write(f"The journal {about} is broken: a line is missing or altered.")
