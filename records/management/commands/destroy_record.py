"""``manage.py destroy_record RECORD``: destroys one record now, as the tables' owner."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from records import opening


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Asks first, unless told not to. Nothing of the record is shown."""

    help = "Destroys a record: rows, key, history and files. Nothing brings it back."

    def add_arguments(self, parser: CommandParser) -> None:
        """The record's key, and whether to ask."""
        parser.add_argument("record", type=uuid.UUID)
        parser.add_argument("--no-input", action="store_true", help="do not ask")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Destroy it, or say why not."""
        record_id = options["record"]
        if settings.DMP_PROCESS != "owner":
            raise CommandError("Only the owner of the tables destroys: set DMP_PROCESS=owner.")
        state = opening.known_as(record_id)
        if not state:
            raise CommandError(f"There is no record {record_id}: nothing was destroyed.")
        if not options["no_input"]:
            self.stdout.write(f"Record {record_id} is {state}. Nothing brings it back.")
            if input("Type destroy to go on: ").strip() != "destroy":
                raise CommandError("Nothing was destroyed.")
        opening.destroy(record_id, ordered=True)
        self.stdout.write(f"Record {record_id} is destroyed. Its backups expire by themselves.")
