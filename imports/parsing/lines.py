"""Bytes to physical lines of text: line ends, encoding, bounds; must not know columns."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from imports.parsing.refusals import Fault, Notice, StreamStoppedError


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imports.parsing.limits import Limits


class Encoding(StrEnum):
    """How the text is encoded; ASCII until a byte says more."""

    ASCII = "ascii"
    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"


class LineEnd(StrEnum):
    """What ends a line in this file, told by its first one."""

    UNIX = "unix"
    WINDOWS = "windows"
    MAC = "mac"


BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
# In Windows-1252 signs that stand in no word, but é, à, ç, ê, è or ô of DOS, é or è of a Mac.
_ODD: Final = re.compile(rb"[A-Za-z][\x82\x85\x87\x88\x8a\x8e\x8f\x93][A-Za-z]")
_LETTER: Final = re.compile(rb"[\xc0-\xff]")


class Chunk:
    """Consecutive physical lines, separated by line feeds; the last has none.

    Given as `text`, or as `data` in UTF-8 as the file had it: the other is made if it is asked
    for. A line of `faults` (by position) could not be read and is empty.
    """

    __slots__ = ("_data", "_text", "count", "faults", "first")

    def __init__(
        self,
        first: int,
        text: str | None,
        count: int,
        faults: dict[int, Fault] | None = None,
        *,
        data: bytes | None = None,
    ) -> None:
        self.first = first
        self.count = count
        self.faults = faults or {}
        self._text = text
        self._data = data

    @property
    def text(self) -> str:
        """The lines."""
        if self._text is None:
            self._text = self.utf_8.decode()
        return self._text

    @property
    def utf_8(self) -> bytes:
        """The lines in UTF-8."""
        if self._data is None:
            self._data = (self._text or "").encode()
        return self._data

    def __contains__(self, letter: str) -> bool:
        return letter in self._text if self._text is not None else letter.encode() in self.utf_8


def together(chunks: Sequence[Chunk]) -> Chunk:
    """Return consecutive chunks, of which no line is at fault, as one."""
    data = b"\n".join([chunk.utf_8 for chunk in chunks])
    return Chunk(chunks[0].first, None, sum(chunk.count for chunk in chunks), data=data)


class Lines:
    """The lines of a file as they come; what is learnt on the way is in the attributes.

    `encoding` may change once, from ASCII to what the first other byte shows. Windows-1252
    stands for Latin-1 too, which it contains but for control characters.
    """

    def __init__(self, head: bytes, limits: Limits) -> None:
        self.encoding = Encoding.ASCII
        self.byte_order_mark = head.startswith(BYTE_ORDER_MARK)
        self.line_end = _line_end(head)
        self.notices: list[Notice] = []
        self.number = 0
        """Lines read so far."""
        self._limits = limits
        self._end = b"\r" if self.line_end is LineEnd.MAC else b"\n"

    def chunks(self, blocks: Iterable[bytes]) -> Iterator[Chunk]:
        """Cut blocks into chunks of whole lines.

        A line longer than the limit is dropped as it comes and leaves a fault in its place:
        memory stays bounded and reading goes on behind it.
        """
        rest = b""
        start = len(BYTE_ORDER_MARK) if self.byte_order_mark else 0
        dropping = False
        for block in blocks:
            data = rest + block[start:]
            start = 0
            if dropping:
                end = data.find(self._end)
                if end < 0:
                    rest = b""
                    continue
                dropping = False
                data = data[end + 1 :]
            end = data.rfind(self._end)
            if end >= 0:
                yield self._chunk(data[:end])
                rest = data[end + 1 :]
            else:
                rest = data
            if len(rest) > self._limits.line:
                yield self._too_long()
                rest = b""
                dropping = True
        if rest:
            yield self._chunk(rest)

    def _too_long(self) -> Chunk:
        self.number += 1
        return Chunk(self.number, "", 1, {0: self._too_long_fault()})

    def _too_long_fault(self) -> Fault:
        return Fault("line_too_long", parameters=(("limit", self._limits.line),))

    def _chunk(self, data: bytes) -> Chunk:
        if self.line_end is LineEnd.MAC:
            data = data.replace(b"\r", b"\n")
        elif b"\r" in data:
            data = data.replace(b"\r\n", b"\n").removesuffix(b"\r")
        faults: dict[int, Fault] = {}
        if b"\0" in data or self._has_long_line(data):
            data = self._without_unreadable(data, faults)
        text = self._decoded(data, faults)
        count = text.count("\n") + 1
        as_it_was = not faults and self.encoding is not Encoding.WINDOWS_1252
        chunk = Chunk(self.number + 1, text, count, faults, data=data if as_it_was else None)
        self.number += count
        return chunk

    def _has_long_line(self, data: bytes) -> bool:
        """Tell whether a line passes the limit: such a line covers a multiple of the limit."""
        limit = self._limits.line
        for middle in range(limit, len(data) + 1, limit):
            start = data.rfind(b"\n", 0, middle) + 1
            end = data.find(b"\n", middle)
            if (end if end >= 0 else len(data)) - start > limit:
                return True
        return False

    def _without_unreadable(self, data: bytes, faults: dict[int, Fault]) -> bytes:
        lines = data.split(b"\n")
        for i, line in enumerate(lines):
            if len(line) > self._limits.line:
                faults[i] = self._too_long_fault()
            elif b"\0" in line:
                faults[i] = Fault("nul_byte")
        return b"\n".join(b"" if i in faults else line for i, line in enumerate(lines))

    def _decoded(self, data: bytes, faults: dict[int, Fault]) -> str:
        if self.encoding is not Encoding.WINDOWS_1252:
            try:
                text = data.decode()
            except UnicodeDecodeError:
                if self.encoding is Encoding.ASCII:
                    self._settle(data)
            else:
                if self.encoding is Encoding.ASCII and not text.isascii():
                    self.encoding = Encoding.UTF_8
                return text
        try:
            return data.decode(self.encoding)
        except UnicodeDecodeError:
            return "\n".join(self._decoded_lines(data, faults))

    def _settle(self, data: bytes) -> None:
        """Choose between damaged UTF-8 and Windows-1252, on the first lines that say.

        Accented letters of one encoding are hardly ever legal in the other: one line that is
        valid UTF-8 beyond ASCII settles it, and only the damaged lines are refused.
        """
        lines = data.split(b"\n")
        telling = [(i, line) for i, line in enumerate(lines) if not line.isascii()]
        if any(_is_utf_8(line) for _, line in telling):
            self.encoding = Encoding.UTF_8
            return
        first = self.number + 1
        number = first + telling[0][0]
        if self.byte_order_mark:
            raise StreamStoppedError(
                Fault("encoding_contradiction", parameters=(("number", number),))
            )
        self.encoding = Encoding.WINDOWS_1252
        code, odd = "windows_1252", [i for i, line in telling if _ODD.search(line)]
        if odd and not any(_LETTER.search(line) for _, line in telling):
            code, number = "letters_doubtful", first + odd[0]
        self.notices.append(Notice(code, {"number": number}))

    def _decoded_lines(self, data: bytes, faults: dict[int, Fault]) -> Iterator[str]:
        for i, line in enumerate(data.split(b"\n")):
            try:
                yield line.decode(self.encoding)
            except UnicodeDecodeError:
                faults[i] = Fault("undecodable", parameters=(("encoding", self.encoding),))
                yield ""


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _line_end(head: bytes) -> LineEnd:
    feed, carriage = head.find(b"\n"), head.find(b"\r")
    if carriage < 0 or 0 <= feed < carriage:
        return LineEnd.UNIX
    return LineEnd.WINDOWS if feed == carriage + 1 else LineEnd.MAC
