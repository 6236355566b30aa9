"""The fund's files as they are kept: sealed, bounded, named by their load. Knows no row.

A kept file begins with its own key, wrapped by the master key and bound to the load; then come
blocks, each sealed with its number and whether it is the last, so that a block that was moved,
altered or lost is noticed.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self

from django.conf import settings

from records import keys
from records.files import settle_names


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from types import TracebackType

MOST_BYTES: Final = 8 * 1024**3
"""A month of the largest scheme, 45 GB in the clear, takes 1 to 4 GB compressed."""
BLOCK: Final = 1024**2
_AROUND: Final = keys.NONCE_BYTES + keys.TAG_BYTES
_WRAPPED: Final = keys.KEY_BYTES + _AROUND
_SEALED_BLOCK: Final = BLOCK + _AROUND
_INCOMING: Final = ".incoming"


class TooLargeError(ValueError):
    """More bytes than a kept file may have."""


class MissingError(FileNotFoundError):
    """The file was removed, or is not whole."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept: its load, the SHA-256 of its clear bytes, and how many they are."""

    load_id: uuid.UUID
    sha256: str
    size: int


def folder() -> Path:
    """Return where the files are, made if need be: never under static or media."""
    path = Path(settings.DMP_FILES_DIR) / "loads"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _path(load_id: uuid.UUID) -> Path:
    return folder() / load_id.hex


def _about(load_id: uuid.UUID, number: int, *, last: bool) -> bytes:
    return f"{load_id}|{number}|{'last' if last else 'more'}".encode()


class Writer:
    """Seals bytes as they come. Nothing is kept until `finish`."""

    def __init__(self, load_id: uuid.UUID) -> None:
        self._load_id = load_id
        self._incoming = _path(load_id).with_suffix(_INCOMING)
        wrapped = keys.new_wrapped_key(load_id.bytes)
        self._key = keys.unwrap(wrapped, load_id.bytes)
        self._incoming.touch(mode=0o600, exist_ok=False)
        self._stream = self._incoming.open("wb")
        self._stream.write(wrapped)
        self._held = b""
        """A whole block: the last one is told apart, so that one is always held back."""
        self._waiting = bytearray()
        """Less than a block, behind the one that is held."""
        self._number = 0
        self._room = memoryview(bytearray(_SEALED_BLOCK))
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add bytes. Raise `TooLargeError` when they are too many."""
        self.size += len(data)
        if self.size > MOST_BYTES:
            raise TooLargeError
        self._digest.update(data)
        if len(data) == BLOCK and not self._waiting:
            self._hold(bytes(data))  # as a file is read: bytes are not copied
            return
        self._waiting += data
        while len(self._waiting) >= BLOCK:
            self._hold(bytes(self._waiting[:BLOCK]))
            del self._waiting[:BLOCK]

    def _hold(self, block: bytes) -> None:
        if self._held:
            self._seal(self._held, last=False)
        self._held = block

    def _seal(self, block: bytes, *, last: bool) -> None:
        about = _about(self._load_id, self._number, last=last)
        self._stream.write(keys.seal_into(self._room, self._key, block, about=about))
        self._number += 1

    def finish(self, *, to_stay: bool = True) -> Kept:
        """Keep the file under the name of its load; one ``to_stay`` outlasts a power cut."""
        try:
            self._end(to_stay=to_stay)
        except BaseException:
            self.abandon()
            raise
        return Kept(self._load_id, self._digest.hexdigest(), self.size)

    def _end(self, *, to_stay: bool) -> None:
        if self._waiting:
            self._hold(bytes(self._waiting))
        self._seal(self._held, last=True)
        self._stream.flush()
        if to_stay:
            os.fsync(self._stream.fileno())
        self._stream.close()
        self._incoming.rename(_path(self._load_id))
        if to_stay:
            settle_names(folder())

    def abandon(self) -> None:
        """Forget what was written, and what no longer found room to be."""
        with suppress(OSError):
            self._stream.close()
        self._incoming.unlink(missing_ok=True)


class Sealing(io.RawIOBase):
    """A writer as a stream: an archive or a table is written to it from beginning to end."""

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self._writer = writer

    def writable(self) -> bool:
        """Return yes."""
        return True

    def write(self, data: Any) -> int:
        """Seal bytes as they come."""
        self._writer.write(data)
        return len(data)


def keep(stream: BinaryIO, load_id: uuid.UUID) -> Kept:
    """Keep the bytes of a stream for a load. Raise `TooLargeError`, keeping nothing."""
    writer = Writer(load_id)
    try:
        while block := stream.read(BLOCK):
            writer.write(block)
    except BaseException:
        writer.abandon()
        raise
    return writer.finish()


class KeptFile:
    """The clear bytes of a kept file, from anywhere in it. Use it in `with`."""

    def __init__(self, load_id: uuid.UUID) -> None:
        self._load_id = load_id
        try:
            self._stream = _path(load_id).open("rb")
        except FileNotFoundError as error:
            raise MissingError(load_id) from error
        try:
            self._open()
        except BaseException:
            self._stream.close()
            raise
        self._number = -1
        self._sealed = memoryview(bytearray(_SEALED_BLOCK))
        self._room = memoryview(bytearray(BLOCK))
        self._block = self._room[:0]
        self._at = 0

    def _open(self) -> None:
        sealed = self._stream.seek(0, io.SEEK_END) - _WRAPPED
        self._last = max(0, -(-sealed // _SEALED_BLOCK) - 1)
        self.size = sealed - (self._last + 1) * _AROUND
        if self.size < self._last * BLOCK + min(self._last, 1):
            raise keys.SealBroken  # nothing is left of the last block, which says that it is
        self._stream.seek(0)
        self._key = keys.unwrap(self._stream.read(_WRAPPED), self._load_id.bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, or what is left of the block under way; none at the end.

        Raise `records.keys.SealBroken` if the file was altered.
        """
        number, start = divmod(self._at, BLOCK)
        if number != self._number and self._at < self.size:
            self._open_block(number)
        if self._at >= self.size:
            return b""
        found = bytes(self._block[start:] if size < 0 else self._block[start : start + size])
        self._at += len(found)
        return found

    def _open_block(self, number: int) -> None:
        self._number = -1  # until what is in the room is known to be right
        self._stream.seek(_WRAPPED + number * _SEALED_BLOCK)
        sealed = self._sealed[: self._stream.readinto(self._sealed)]
        about = _about(self._load_id, number, last=number == self._last)
        self._block = keys.unseal_into(self._room, self._key, sealed, about=about)
        self._number = number

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go on from somewhere else. Raise ValueError for a place before the beginning."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError(offset)
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        """Return where the next byte comes from."""
        return self._at


def opened_once(writer: Writer) -> KeptFile:
    """Return the clear bytes of what was written, of which no name stays: they are read once."""
    kept = writer.finish(to_stay=False)
    try:
        return KeptFile(kept.load_id)
    finally:
        remove(kept.load_id)


def remove(load_id: uuid.UUID) -> None:
    """Remove a kept file; nothing happens when there is none."""
    _path(load_id).unlink(missing_ok=True)


def remove_strays(known: Collection[uuid.UUID], *, older_than: float) -> int:
    """Remove what no load names any more and interrupted uploads, older than so many seconds."""
    names = {load_id.hex for load_id in known}
    before = time.time() - older_than
    removed = 0
    for path in folder().iterdir():
        if path.name not in names and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
