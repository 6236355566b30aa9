"""``manage.py seed_demo``: the demonstration's world, once; the launcher calls it each time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from imports import demo_world


if TYPE_CHECKING:
    from django.core.management.base import CommandParser

FILES = ("lines", "illnesses", "declared_doctors")


class Command(BaseCommand):
    """Load the stories' claims as the worker, then build the people through the use cases."""

    help = (
        "Builds the demonstration's world; nothing when it is there or the demonstration is off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How many invented people stand beside the stories'."""
        parser.add_argument("--people", type=int, default=200, help="invented people beside them")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Build it once."""
        if not settings.DMP_DEMO or demo_world.is_there():
            return
        until = timezone.localdate()
        with tempfile.TemporaryDirectory(prefix="dmp-claims-") as folder:
            call_command(
                "make_claims", "--people", str(options["people"]), "--stories", "--out", folder,
                "--until", until.isoformat(), verbosity=0, stdout=self.stderr,
            )  # fmt: skip
            paths = [str(Path(folder) / f"{name}.csv") for name in FILES]
            self._as_worker("load_claims", *paths)
        for step in demo_world.build(until):
            self.stdout.write(f"demonstration: {step}")
        self._as_worker("fill_waiting")
        self.stdout.write("demonstration: reimbursements")

    def _as_worker(self, *arguments: str) -> None:
        """Run a command as the worker's role: the web's can't write the store."""
        root = Path(settings.BASE_DIR)
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, str(root / "manage.py"), *arguments],
            cwd=root,
            env={**os.environ, "DMP_PROCESS": "worker"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError(f"{arguments[0]}: {done.stderr or done.stdout}")
