"""A tar archive of tables, plain or within gzip or zstd, read forward and within bounds.

The headers are gone through here, not by `tarfile`, which takes a long name of a gigabyte into
memory and goes round for ever on some sparse files. Must not know what the tables hold.
"""

from __future__ import annotations

import io
import re
import tarfile
from typing import TYPE_CHECKING, Final

from imports.parsing.archives import DAMAGED, MOST_MEMBERS, TOO_MANY, Member, last_part, of_member
from imports.parsing.compression import Compression, Source
from imports.parsing.refusals import Fault, StreamStoppedError


if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from imports.parsing.limits import Limits


_BLOCK: Final = tarfile.BLOCKSIZE
_END: Final = bytes(_BLOCK)
_MOST_HEADERS: Final = 1_000
"""Folders and longer names included, of which each file may have two."""
_LONGEST_EXTENSION: Final = 64 * 1024
_LONG_NAMES: Final = frozenset(
    {tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE}
)
_ABOUT_ALL: Final = frozenset({tarfile.XGLTYPE})
"""What is said of every file of the archive: never where one is."""
_FILES: Final = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE})
_NAME: Final = "path"
_SIZE: Final = "size"
_SPARSE: Final = "GNU.sparse."
_RECORD: Final = re.compile(rb"(\d{1,9}) ([^=\n]+)=")
_WHOLE: Final = re.compile(r"\d{1,20}", re.ASCII)


def is_tar(head: bytes) -> bool:
    """Tell whether bytes begin a tar archive: its first header holds its own sum."""
    try:
        _header(head[:_BLOCK])
    except tarfile.HeaderError:
        return False
    return True


class TarArchive:
    """Files one behind the other. One that is compressed is read from its beginning each time."""

    format: Final = "tar"

    def __init__(self, source: Source, limits: Limits) -> None:
        """Go through the headers; raise StreamStoppedError if they can't be gone through."""
        self._stream = source.whole()
        self._limits = limits
        self._plain = source.compression is Compression.NONE
        self.size = self._stream.seek(0, io.SEEK_END)
        self.members: list[Member[tuple[int, int]]] = []
        """Where each file begins, and how long it is."""
        self._look(self._forward())

    def blocks(self, member: Member[tuple[int, int]], *, first_time: bool) -> Iterator[bytes]:
        """Yield the bytes of a file; see `Archive`. What comes out is counted by the source."""
        del first_time
        start, left = member.place
        forward = self._forward()
        forward.skip(start)
        while left:
            block = forward.some(left)
            if not block:
                raise StreamStoppedError(of_member(member.name, "archive_member"))
            left -= len(block)
            yield block

    def _forward(self) -> _Forward:
        self._stream.seek(0)
        if self._plain:
            return _Forward(iter(lambda: self._stream.read(self._limits.block), b""), self._stream)
        return _Forward(Source(self._stream, self._limits).blocks())

    def _look(self, forward: _Forward) -> None:
        more: dict[str, str] = {}
        for _ in range(_MOST_HEADERS):
            block = forward.exactly(_BLOCK)
            if block == _END:
                # Without this end, an archive may be cut between two of its files. What packs it
                # has its own, where the sum of all it packs is.
                while forward.some(self._limits.block):
                    pass
                return
            try:
                header = _header(block)
            except tarfile.HeaderError as error:
                raise StreamStoppedError(DAMAGED) from error
            if header.type in _LONG_NAMES or header.type in _ABOUT_ALL:
                found = _extension(header, forward.exactly(header.size, most=_LONGEST_EXTENSION))
                more |= found if header.type in _LONG_NAMES else {}
                forward.skip(-header.size % _BLOCK)
                continue
            if header.type != tarfile.DIRTYPE:
                size = self._take(header, more, forward.at)
                forward.skip(size + -size % _BLOCK)
            more = {}
        raise StreamStoppedError(TOO_MANY)

    def _take(self, header: tarfile.TarInfo, more: dict[str, str], at: int) -> int:
        """Note a file that begins at a place; return how long it is."""
        name = last_part(more.get(_NAME, header.name))
        if header.type not in _FILES or any(key.startswith(_SPARSE) for key in more):
            raise StreamStoppedError(of_member(name, "archive_not_a_file"))
        if len(self.members) == MOST_MEMBERS:
            raise StreamStoppedError(TOO_MANY)
        size = int(more.get(_SIZE, header.size))
        if size < 0:
            raise StreamStoppedError(DAMAGED)
        if size > self._limits.decompressed:
            limit = (("limit", self._limits.decompressed),)
            raise StreamStoppedError(Fault("too_large", parameters=limit))
        self.members.append(Member(name, (at, size)))
        return size


class _Forward:
    """Bytes from a beginning on; those of a `stream` itself may be gone over unread."""

    def __init__(self, blocks: Iterator[bytes], stream: BinaryIO | None = None) -> None:
        self.at = 0
        self._blocks = blocks
        self._stream = stream
        self._held = b""

    def some(self, most: int) -> bytes:
        """Return some bytes, none at the end."""
        block = self._held or next(self._blocks, b"")
        found, self._held = block[:most], block[most:]
        self.at += len(found)
        return found

    def exactly(self, size: int, *, most: int = _BLOCK) -> bytes:
        """Return as many bytes, if there are and nobody asks for too many."""
        found = b""
        while 0 <= len(found) < size <= most and (block := self.some(size - len(found))):
            found += block
        if len(found) != size:
            raise StreamStoppedError(DAMAGED)
        return found

    def skip(self, size: int) -> None:
        """Go over bytes: past the end of a stream there is nothing to read, which is noticed."""
        to = self.at + size
        if self._stream and size > len(self._held):
            self._stream.seek(size - len(self._held), io.SEEK_CUR)
            self._held, self.at = b"", to
        while self.at < to:
            if not self.some(to - self.at):
                raise StreamStoppedError(DAMAGED)


def _header(block: bytes) -> tarfile.TarInfo:
    return tarfile.TarInfo.frombuf(block, "utf-8", "replace")


def _extension(header: tarfile.TarInfo, data: bytes) -> dict[str, str]:
    """Return what is said of the file behind: its whole name, its size if that is large."""
    if header.type == tarfile.GNUTYPE_LONGNAME:
        return {_NAME: data.rstrip(b"\0").decode("utf-8", "replace")}
    found: dict[str, str] = {}
    at = 0
    while at < len(data) and data[at]:
        record = _RECORD.match(data, at)
        end = at + int(record[1]) if record else 0
        if not record or end <= record.end() or data[end - 1 : end] != b"\n":
            raise StreamStoppedError(DAMAGED)
        key, value = record[2], data[record.end() : end - 1]
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        at = end
    if not _WHOLE.fullmatch(found.get(_SIZE, "0")):
        raise StreamStoppedError(DAMAGED)
    return found
