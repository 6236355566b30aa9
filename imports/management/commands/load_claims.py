"""``manage.py load_claims FILE…``: the fund's files into the store, from a shell, done at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from access.binding import binding
from access.viewer import Role, Viewer
from imports import loading
from imports.models import Load, LoadState


if TYPE_CHECKING:
    from argparse import ArgumentParser

OPERATOR = Viewer(
    role=Role.FUND_ADMINISTRATOR, active=True, second_factor="shell", name="load_claims"
)


class Command(BaseCommand):
    """Receives each file and does its load here, as the worker's role, without a queue."""

    help = "Loads claims files. Run it with DMP_PROCESS=worker: the store is the worker's alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, and whether to check only."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="say what would be done, only")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load them in turn; say what became of every row."""
        if settings.DMP_PROCESS != "worker":
            raise CommandError("Set DMP_PROCESS=worker: the claims store is the worker's alone.")
        wrong = 0
        for path in options["files"]:
            load = self._load(path, only_check=options["check"])
            wrong += load.state not in {LoadState.DONE, LoadState.CHECKED}
        if wrong:
            raise CommandError(f"{wrong} file(s) were not loaded.")

    def _load(self, path: Path, *, only_check: bool) -> Load:
        try:
            with path.open("rb") as stream, binding(OPERATOR):
                load_id = loading.receive(
                    by=OPERATOR, stream=stream, file_name=path.name, only_check=only_check
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        except loading.WrongFile as error:
            raise CommandError(f"{path}: {error}") from error
        loading.run(load_id)
        load = Load.objects.get(id=load_id)
        self.stdout.write(
            f"{path.name}: {load.get_state_display()}, {load.rows_read} rows read ="
            f" {load.rows_created} created + {load.rows_changed} changed"
            f" + {load.rows_identical} identical + {load.rows_refused} refused"
            f" + {load.rows_set_aside} set aside"
        )
        if load.problem_code:
            self.stdout.write(f"{path.name}: {load.problem_code}")
        return load
