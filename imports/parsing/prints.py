"""What tells the rows of a delimited file from any others, in whatever bytes they come.

The same lines compressed, in another encoding, with other line ends or with blank lines behind
them have the same print. Must not know what the rows mean.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from imports.parsing.header import Header
    from imports.parsing.lines import Chunk


_FIRST_LINES: Final = 20
_AT_ONCE: Final = 64 * 1024


class Print:
    """The print of one file, which moves with its lines."""

    def __init__(self, header: Header) -> None:
        self.begins = ""
        """Of the header and the first lines alone: two files that differ in it differ."""
        head = (header.delimiter, str(header.lines), *header.columns)
        self._digest = sha256("\n".join(head).encode())
        self._ends = 1
        """Line ends not counted yet: nothing may follow them."""
        self._unreadable = False

    @property
    def rows(self) -> str:
        """Of all lines so far; empty where one of them could not be read."""
        return "" if self._unreadable else self._digest.hexdigest()

    def add(self, chunk: Chunk) -> None:
        """Take the next lines in."""
        self._unreadable = self._unreadable or bool(chunk.faults)
        whole = chunk.utf_8
        data = whole.rstrip(b"\n")
        if data:
            if not self.begins:
                first = self._digest.copy()
                first.update(b"\n".join(data.split(b"\n", _FIRST_LINES)[:_FIRST_LINES]))
                self.begins = first.hexdigest()
            while self._ends:  # a file may hold nothing but line ends
                some = min(self._ends, _AT_ONCE)
                self._digest.update(b"\n" * some)
                self._ends -= some
            self._digest.update(data)
        self._ends += 1 + len(whole) - len(data)
