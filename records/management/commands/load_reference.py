"""Load the official files of codes over the seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from records import reference
from records.apps import reference_folder
from records.reference import official


if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Read the published files of a folder; write the tables that are read before the seed."""

    help = (
        "Reads the official files of medicines (CIS_CIP_bdpm.txt and those beside it), acts"
        " (IR_CCAM_V63.csv), laboratory acts (IR_BIO_R.csv) and devices (NT_LPP.csv) found in"
        " DIR, and uses them before the codes that come with the project. Running processes see"
        " them when they start again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        """Read everything first: a file that can't be read changes nothing."""
        if not folder.is_dir():
            raise CommandError(f"DIR: {folder} isn't a folder. Give the folder of the files.")
        try:
            found = official.read_folder(folder)
        except official.UnreadableFileError as problem:
            raise CommandError(str(problem)) from problem
        if not found:
            raise CommandError(
                f"DIR: no official file was found in {folder}. Expected one of"
                f" {official.PRESENTATIONS}, {official.CCAM}, {official.NABM}, {official.LPP}."
            )
        official.write(found, reference_folder())
        reference.use_overrides(reference_folder())
        for table in found:
            self.stdout.write(f"{table.name}: {len(table.rows)} codes from {table.source}")
