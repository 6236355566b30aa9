"""Bytes of a file, decompressed within bounds; must not know what they say."""

from __future__ import annotations

import zlib
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

import zstandard

from imports.parsing.refusals import Fault, StreamStoppedError


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imports.parsing.limits import Limits


class Compression(StrEnum):
    """How the bytes are packed, told by their first ones and never by the file's name."""

    NONE = ""
    GZIP = "gzip"
    ZSTD = "zstd"


GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
PADDING: Final = b"\0"  # as tapes and some transfers leave behind the last part
ZSTD_SKIPPABLE: Final = tuple(bytes((n, 0x2A, 0x4D, 0x18)) for n in range(0x50, 0x60))
_GZIP_WINDOW: Final = 31  # zlib's way to ask for a gzip header and trailer
# zstd has no call with bounded output. A block of 4 bytes can become 128 KiB, so that
# feeding 256 bytes at a time bounds what one call returns to 8 MiB.
_ZSTD_PIECE: Final = 256


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...


def _ended(unpack: _Unpacker) -> bool:
    return unpack.eof


def _why(said: str) -> str:
    """Return what is wrong with a zstd file, of what its library says of it."""
    known = {"memory": "zstd_window", "Dictionary": "zstd_dictionary"}
    return next((code for word, code in known.items() if word in said), "compressed_corrupt")


class Source:
    """A file opened: its compression, its first bytes, and an iterator over all of them.

    `bytes_in` counts what was read of the file, for progress against its size; `bytes_out`
    what came out. Memory is bounded by the limits whatever the file is.
    """

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.bytes_in = 0
        self.bytes_out = 0
        self.compression = Compression.NONE
        self._stream = stream
        self._limits = limits
        self._rest = b""
        self._blocks = self._bounded()
        self.stopped: StreamStoppedError | None = None
        """Why even the head could not be read whole."""
        self.head = self._first_bytes()

    def whole(self) -> BinaryIO:
        """Return the file itself, for a format that does not read it once and forward."""
        return self._stream

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes, the head included; raise StreamStoppedError when they can't go on."""
        yield self.head
        if self.stopped:
            raise self.stopped
        yield from self._blocks

    def _first_bytes(self) -> bytes:
        """Return enough bytes for a header of the longest length allowed, or all there are."""
        head: list[bytes] = []
        length = 0
        try:
            for block in self._blocks:
                head.append(block)
                length += len(block)
                if length > self._limits.line:
                    break
        except StreamStoppedError as stopped:
            self.stopped = stopped
        return b"".join(head)

    def _bounded(self) -> Iterator[bytes]:
        limits = self._limits
        for block in self._decompressed():
            self.bytes_out += len(block)
            if self.bytes_out > limits.decompressed:
                raise StreamStoppedError(
                    Fault("too_large", parameters=(("limit", limits.decompressed),))
                )
            if self.bytes_out > max(limits.ratio * self.bytes_in, limits.ratio_from):
                raise StreamStoppedError(
                    Fault("ratio_too_high", parameters=(("limit", limits.ratio),))
                )
            # What a bomb of zstd gives at once must not become one list of lines.
            for start in range(0, len(block), limits.block):
                yield block[start : start + limits.block]

    def _decompressed(self) -> Iterator[bytes]:
        first = self._read()
        while first and len(first) < len(ZSTD_MAGIC) and (more := self._read()):
            first += more
        if first.startswith(GZIP_MAGIC):
            self.compression = Compression.GZIP
            yield from self._members(first, self._gzip_member)
        elif first.startswith((ZSTD_MAGIC, *ZSTD_SKIPPABLE)):
            self.compression = Compression.ZSTD
            yield from self._members(first, self._zstd_frame)
        else:
            while first:
                yield first
                first = self._read()

    def _read(self) -> bytes:
        block = self._stream.read(self._limits.block)
        self.bytes_in += len(block)
        return block

    def _members(self, data: bytes, member: Callable[[bytes], Iterator[bytes]]) -> Iterator[bytes]:
        """Yield what the parts hold, one after the other: both formats may be concatenated."""
        while True:
            yield from member(data)
            data = self._rest.lstrip(PADDING)
            while not data:
                block = self._read()
                if not block:
                    return
                data = block.lstrip(PADDING)

    def _gzip_member(self, data: bytes) -> Iterator[bytes]:
        unpack = zlib.decompressobj(_GZIP_WINDOW)
        while not _ended(unpack):
            if not data:
                raise StreamStoppedError(Fault("compressed_truncated"))
            try:
                yield unpack.decompress(data, self._limits.block)
            except zlib.error as error:
                raise StreamStoppedError(Fault("compressed_corrupt")) from error
            data = unpack.unconsumed_tail
            if not data and not _ended(unpack):
                data = self._read()
        self._rest = unpack.unused_data

    def _zstd_frame(self, data: bytes) -> Iterator[bytes]:
        unpack = zstandard.ZstdDecompressor(
            max_window_size=self._limits.zstd_window
        ).decompressobj()
        view = memoryview(data)
        while not _ended(unpack):
            if not view:
                raise StreamStoppedError(Fault("compressed_truncated"))
            try:
                block = unpack.decompress(view[:_ZSTD_PIECE])
            except zstandard.ZstdError as error:
                raise StreamStoppedError(Fault(_why(str(error)))) from error
            yield block
            view = view[_ZSTD_PIECE:]
            if not view and not _ended(unpack):
                view = memoryview(self._read())
        self._rest = unpack.unused_data + bytes(view)
