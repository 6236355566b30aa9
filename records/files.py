"""Bytes of a record on disk: sealed with its key, named so that nothing links two persons.

Knows paths and keys; never who may read. A file is only ever given out by a use case that asked
the gate.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from records import keys


if TYPE_CHECKING:
    import datetime as dt

    from records.models import Record


def record_key(record: Record) -> bytes:
    """Return the clear key of a record, for the time of one call."""
    return keys.unwrap(bytes(record.key_wrapped), record.id.bytes)


def _path(record: Record, name: str) -> Path:
    return Path(settings.DMP_FILES_DIR) / "records" / record.id.hex / name[:2] / name


def store(record: Record, content: bytes) -> str:
    """Seal bytes on disk and return their name. Equal bytes of one record are kept once."""
    key = record_key(record)
    name = keys.name_for(key, content)
    path = _path(record, name)
    if path.exists():
        return name
    _write(path, keys.seal(key, content, about=name.encode()))
    return name


def _write(path: Path, sealed: bytes) -> None:
    """Write a file that is there whole or not at all, and stays once its row is committed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(sealed)
        stream.flush()
        os.fsync(stream.fileno())
    Path(temporary).rename(path)
    settle_names(path.parent)


def settle_names(folder: Path) -> None:
    """Have the names of files on the disk: or a power cut may leave the row and no file."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _unread() -> Path:
    return Path(settings.DMP_FILES_DIR) / "unread"


def seal_unread(content: bytes, *, on: dt.datetime) -> None:
    """Seal bytes that are for no record: nothing says whose, and nobody opens them again."""
    name = f"{int(on.timestamp())}-{uuid.uuid4().hex}"
    _write(_unread() / name, keys.seal_with_master(content, about=name.encode()))


def destroy_unread(*, before: dt.datetime) -> int:
    """Remove what was sealed before an instant; return how many. What is left over goes too."""
    folder, limit = _unread(), int(before.timestamp())
    gone = 0
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        began = path.name.partition("-")[0]
        when = int(began) if began.isdigit() else int(path.stat().st_mtime)
        if when < limit:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def remove_all(record_id: uuid.UUID) -> None:
    """Remove everything kept for a record. Done again, there is nothing left to do."""
    folder = Path(settings.DMP_FILES_DIR) / "records" / record_id.hex
    if folder.exists():
        shutil.rmtree(folder)


def load(record: Record, name: str) -> bytes:
    """Return the bytes kept under a name. Raises ``SealBroken`` if they were altered."""
    return keys.unseal(record_key(record), _path(record, name).read_bytes(), about=name.encode())
