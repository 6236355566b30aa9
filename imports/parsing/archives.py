"""Archives of tables, opened within bounds: ZIP here, tar in `tarred`. Must not know the tables.

Nothing is ever unpacked to a disk: the folders that a member names are left aside.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from imports.parsing.refusals import (
    Fault,
    FileRefusedError,
    StreamStoppedError,
    of_file,
    without_numbers,
)


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from imports.parsing.limits import Limits


MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
MOST_MEMBERS: Final = 100
TOO_MANY: Final = Fault("archive_members", parameters=(("limit", MOST_MEMBERS),))
DAMAGED: Final = Fault("archive_damaged")
_READ_AT_ONCE: Final = 256 * 1024
"""No single read of an honest archive is larger, its directory of a hundred names included."""
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1


class _Bounded(io.RawIOBase):
    """The bytes of a file; a directory too large to be one is not read at all."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.size = stream.seek(0, io.SEEK_END)

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            size = self.size - self.tell()
        if size > _READ_AT_ONCE:
            raise zipfile.BadZipFile
        parts = []
        while size and (part := self._stream.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True


Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class Member(Generic[Place]):
    """One file of an archive, by the last part of its name; `place` is its archive's own."""

    name: str
    place: Place


class Archive(Protocol):
    """The files of an archive, each read as often as needed. Memory is bounded by the limits."""

    @property
    def format(self) -> str:
        """What packs them."""
        ...

    @property
    def size(self) -> int:
        """How long the archive is."""
        ...

    @property
    def members(self) -> Sequence[Member[Any]]:
        """The files, in their order."""
        ...

    def blocks(self, member: Member[Any], *, first_time: bool) -> Iterator[bytes]:
        """Yield the bytes of a file; raise StreamStoppedError when they can't go on.

        What the archive unpacks to is counted once, the `first_time` each of its files is read.
        """
        ...


class ZipArchive:
    """An archive with its directory at its end."""

    format: Final = "zip"

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._bytes = _Bounded(stream)
        self.size = self._bytes.size
        try:
            self._zip = zipfile.ZipFile(self._bytes)
        except (
            zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError,
        ) as error:  # fmt: skip
            raise FileRefusedError(of_file(DAMAGED)) from error
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        if len(infos) > MOST_MEMBERS:
            raise FileRefusedError(of_file(TOO_MANY))
        self.members = [Member(last_part(info.filename), info) for info in infos]
        self._out = 0

    def blocks(self, member: Member[zipfile.ZipInfo], *, first_time: bool) -> Iterator[bytes]:
        """Yield the bytes of a file; see `Archive`."""
        info, limits = member.place, self._limits
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _PACKINGS:
            raise StreamStoppedError(of_member(member.name, "archive_packing"))
        try:
            with self._zip.open(info) as file:
                while block := file.read(limits.block):
                    self._out += len(block) if first_time else 0
                    if self._out > limits.decompressed:
                        fault = Fault("too_large", parameters=(("limit", limits.decompressed),))
                        raise StreamStoppedError(fault)
                    if self._out > max(limits.ratio * self.size, limits.ratio_from):
                        fault = Fault("ratio_too_high", parameters=(("limit", limits.ratio),))
                        raise StreamStoppedError(fault)
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise StreamStoppedError(of_member(member.name, "archive_member")) from error
        except (NotImplementedError, RuntimeError) as error:  # another packing, a password
            raise StreamStoppedError(of_member(member.name, "archive_packing")) from error


def last_part(name: str) -> str:
    """Return the name of a file without its folders, which some archives tell as Windows does."""
    return name.replace("\\", "/").rpartition("/")[2]


def of_member(name: str, code: str) -> Fault:
    """Return what is wrong with one file of an archive."""
    return Fault(code, parameters=(("name", printable(name)),))


def printable(name: str) -> str:
    """Return a file's name as it may be shown."""
    return without_numbers("".join(c if c.isprintable() else "?" for c in name[:60]))
