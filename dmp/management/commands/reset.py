"""Forget a demonstration: the opposite of `dev`."""

from __future__ import annotations

import os
import shutil
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dmp import layout, supervision


class Command(BaseCommand):
    """Remove what `dev` made in DATA_DIR, and nothing else that may be there."""

    help = "Forget the invented people and everything else that dev made in DATA_DIR."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Refuse real data and data in use; remove by name."""
        if not settings.DMP_DEMO:
            raise CommandError("Only a demonstration is forgotten: set DMP_DEMO=1 if it is one.")
        where = layout.of(os.environ)
        lock = supervision.hold(where)
        for name in layout.PARTS:
            part = where.base / name
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)
        if where.sockets.parent != where.base:
            shutil.rmtree(where.sockets, ignore_errors=True)
        os.close(lock)
        (where.base / "lock").unlink()
        self.stdout.write(f"{where.base} is empty again.")
