"""Giving an archive out piece by piece. Touches files only: every row was read before."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from records import files
from records.keys import SealBroken


if TYPE_CHECKING:
    from collections.abc import Iterator

    from records.archive.reading import Archive


class _Outlet(io.RawIOBase):
    """Where the archive is written: hands over what came in, and can't go back."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what came in since the last time."""
        data = b"".join(self.waiting)
        self.waiting.clear()
        return data


def stream(archive: Archive) -> Iterator[bytes]:
    """Give the archive out piece by piece, one file in memory at a time. Asks no database.

    A file that cannot be read is named in a note inside rather than spoiling the rest.
    """
    outlet = _Outlet()
    missing = []
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("dossier.html", archive.index)
        whole.writestr("dossier.css", _stylesheet())
        whole.writestr("dossier.json", archive.data)
        yield outlet.taken()
        for file in archive.files:
            try:
                content = files.load(archive.record, file.stored_as)
            except (OSError, SealBroken):
                missing.append(file.path)
                continue
            whole.writestr(file.path, content)
            yield outlet.taken()
        if missing:
            said = _("Ces fichiers n'ont pas pu être lus. Demandez-les à qui les a déposés :")
            whole.writestr("manquants.txt", "\n".join([said, *missing, ""]))
    yield outlet.taken()


def _stylesheet() -> bytes:
    found = finders.find("dmp/archive.css")
    assert isinstance(found, str)  # noqa: S101  # one of our own files
    with open(found, "rb") as file:  # noqa: PTH123  # a path the finders gave
        return file.read()
