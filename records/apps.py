"""The app of what is kept: records, their elements, their reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.conf import settings

from records import reference


if TYPE_CHECKING:
    from pathlib import Path


def reference_folder() -> Path:
    """Return the folder of the codes an operator loaded, beside the folder of the files."""
    return settings.DMP_FILES_DIR.parent / "reference"


class RecordsConfig(AppConfig):
    name = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read the codes an operator loaded before those of the project."""
        folder = reference_folder()
        reference.use_overrides(folder if folder.is_dir() else None)
