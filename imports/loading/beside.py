"""The rows of a file read and encoded beside the one that feeds the database, in their order.

A file that is not soon over is read by a second thread, many rows at once: what it does in C
leaves the first one free to unseal, to hash and to send. Must not know the database.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Final

from django.conf import settings

from imports.encoding import Encoder
from imports.parsing import Divided
from imports.parsing.checking import Batch
from imports.parsing.lines import together


if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Future

    from imports.encoding import Encoded
    from imports.parsing import Layout, Reading
    from imports.parsing.lines import Chunk

ALONE: Final = 32
"""Chunks read before a thread is begun: most files are over by then."""
TOGETHER: Final = 1152 * 1024
"""Bytes read at once: rows become arrays, each of which costs the same however long it is. 2 MB
would take a tenth less time still, and 25 MB more of memory; 1.4 MB a fiftieth less, and 5."""
_MOST_LINES: Final = 10_000
"""Lines read at once: a file of lines of two characters takes no more memory than another."""
_AHEAD: Final = 3
"""Pieces handed over: one under way, and others lest it be the thread that waits while the
database takes what came before."""
_KEEPING: Final = 4
"""Pieces after which memory that two threads left in pieces goes back to the system: 10 MB. At
each piece it would be asked for again, which takes longer than all the rest of it."""


def encoded(reading: Reading) -> Generator[Encoded, None, None]:
    """Yield what became of the rows of a file, encoded. Its summary moves along."""
    if not isinstance(reading, Divided):
        encoder = Encoder(settings.DMP_INDEX_KEY)
        yield from map(encoder.encode, reading.batches())
        yield encoder.rest()
        return
    layout = reading.layout
    yield from reading.through(lambda pieces: _shared(layout, pieces))


def _shared(layout: Layout, pieces: Iterator[Chunk | Batch]) -> Iterator[Encoded]:
    rows, encoder = layout.reader(), Encoder(settings.DMP_INDEX_KEY)

    def done(piece: Chunk | Batch) -> Encoded:
        return encoder.encode(piece if isinstance(piece, Batch) else rows.read(piece))

    yield from map(done, islice(pieces, ALONE))
    waiting: deque[Future[Encoded]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as thread:
        for number, piece in enumerate(gathered(pieces), 1):
            if number % _KEEPING == 0:
                thread.submit(_give_back)
            waiting.append(thread.submit(done, piece))
            if len(waiting) >= _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    yield encoder.rest()


def _give_back() -> None:
    import pyarrow as pa  # noqa: PLC0415 - takes memory, for large files only

    pa.default_memory_pool().release_unused()


def gathered(pieces: Iterator[Chunk | Batch]) -> Iterator[Chunk | Batch]:
    """Yield the pieces of a file in larger ones, as far as they stand alone."""
    held: list[Chunk] = []
    length = lines = 0
    for piece in pieces:
        if isinstance(piece, Batch):
            if held:
                yield together(held)
            yield piece
        else:
            held.append(piece)
            length += len(piece.utf_8)
            lines += piece.count
            if length < TOGETHER and lines < _MOST_LINES:
                continue
            yield together(held)
        held, length, lines = [], 0, 0
    if held:
        yield together(held)
