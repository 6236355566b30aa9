"""``manage.py load_claims FILE…``: the same use case as the fund's page, from a shell."""

from __future__ import annotations

import shutil
import sys
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from access.binding import binding
from access.viewer import Role, Viewer
from imports import files, loading
from imports.loading import desk, rejects
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from imports.loading.desk import LoadView

OPERATOR: Final = Viewer(role=Role.FUND_ADMINISTRATOR, active=True, name="manage.py load_claims")
_LOOK_SECONDS: Final = 0.5
_NOBODY_SECONDS: Final = 30


def _packed(folder: Path) -> files.Kept:
    """Keep the tables of a folder as the archive they would be sent in, never in the clear."""
    writer = files.Writer(uuid7())
    try:
        with zipfile.ZipFile(
            files.Sealing(writer), "w", zipfile.ZIP_DEFLATED, strict_timestamps=False
        ) as archive:
            for table in sorted(each for each in folder.iterdir() if each.is_file()):
                archive.write(table, table.name)
        return writer.finish()
    except BaseException:
        writer.abandon()
        raise


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | files.Kept]:
    """Give a file, or the tables of a folder, kept already; forgotten unless a load takes them."""
    if not path.is_dir():
        with path.open("rb") as stream:
            yield stream
        return
    kept = _packed(path)
    try:
        yield kept
    except BaseException:
        files.remove(kept.load_id)
        raise


class Command(BaseCommand):
    """Loads files one after the other; exits 1 if one is refused or interrupted."""

    help = (
        "Loads claims files of the fund. The worker does it; run as the worker"
        " (DMP_PROCESS=worker) it is done here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files, and what to do with them."""
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE",
            help="a file, or a folder of DCIR tables",
        )  # fmt: skip
        parser.add_argument("--check", action="store_true", help="count, and write nothing")
        parser.add_argument(
            "--reason", default="", metavar="TEXT", help="why the totals differ from the slip"
        )
        parser.add_argument(
            "--rejects", type=Path, metavar="FOLDER", help="write the refused rows there"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load each file and say what became of its rows."""
        wrong = False
        for path in options["files"]:
            view = self._load(path, only_check=options["check"], reason=options["reason"])
            self._tell(view)
            if options["rejects"] and view.refused != "0":
                self._write_rejects(view, options["rejects"])
            if view.checked and view.differs and not options["check"]:
                self.stderr.write(f"{path}: its totals differ from the slip; give --reason.")
                wrong = True
            wrong = wrong or not (view.done or view.checked)
        if wrong:
            sys.exit(1)

    def _load(self, path: Path, *, only_check: bool, reason: str) -> LoadView:
        try:
            with _opened(path) as stream, binding(OPERATOR):
                load_id = loading.receive(
                    by=OPERATOR, stream=stream, file_name=path.name, only_check=only_check,
                    totals_reason=reason,
                )  # fmt: skip
        except files.TooLargeError as error:
            raise CommandError(f"{path}: {loading.too_large()}") from error
        except (OSError, loading.WrongFile) as error:
            raise CommandError(f"{path}: {error}") from error
        if settings.DMP_PROCESS == "web":
            self._wait(load_id)
        else:
            while self._view(load_id).running and not loading.run(load_id):
                time.sleep(_LOOK_SECONDS)  # another file is being loaded
        return self._view(load_id)

    def _view(self, load_id: uuid.UUID) -> LoadView:
        with binding(OPERATOR):
            return desk.read_load(by=OPERATOR, load_id=load_id)

    def _wait(self, load_id: uuid.UUID) -> None:
        """Follow the worker; say so when none takes the file."""
        begun = time.monotonic()
        told = ""
        while (view := self._view(load_id)).running:
            progress = view.progress
            line = f"{progress.label} ({progress.percent or 0} %)"
            if line != told:
                self.stdout.write(line)
                told = line
            if progress.percent is None and time.monotonic() - begun > _NOBODY_SECONDS:
                self.stderr.write(f"No worker has taken this file for {_NOBODY_SECONDS} s yet.")
                begun = time.monotonic()
            time.sleep(_LOOK_SECONDS)

    def _tell(self, view: LoadView) -> None:
        self.stdout.write(f"{view.file_name}: {view.state[0]}")
        for problem in (*view.problems, *view.found.notices):
            self.stdout.write(f"  {problem}")
        for words, count, _meaning in view.counts:
            self.stdout.write(f"  {words}: {count}")
        for group in view.groups:
            self.stdout.write(f"  {group.title} ({group.column}): {group.count}. {group.advice}")
            for example in group.examples:
                self.stdout.write(
                    f"    {example.place or example.line}: {example.found} {example.correction}"
                )

    def _write_rejects(self, view: LoadView, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with binding(OPERATOR):
            found = rejects.hand_back_to_operator(by=OPERATOR, load_id=view.id)
        path = folder / found.name
        path.touch(mode=0o600)
        with found.content as content, path.open("wb") as file:
            shutil.copyfileobj(content, file)
        self.stdout.write(f"  {path}")
