"""The rows of a file read and encoded by several processes at once, in the order of the file.

A file that is not soon over is read by helpers (`imports.helping`), one for each processor up to
a few; what does not stand alone, and small files, are read here. Must not know the database.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Self

from django.conf import settings

from imports.encoding import Encoded, Encoder
from imports.parsing import Divided
from imports.parsing.checking import Batch


if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import TracebackType

    from imports.parsing import Layout, Reading
    from imports.parsing.lines import Chunk

MOST_HELPERS: Final = 3
"""More would wait for the database, which takes their rows one after the other."""
ALONE: Final = 32
"""Chunks read before anybody is called: a file of 2 MB is over before a helper has started."""
_AHEAD: Final = 2
"""Chunks handed out for each helper: one under way and the next."""


class HelperError(RuntimeError):
    """What went wrong in a helper, without a word of the file."""


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
    with ExitStack() as ending:
        helpers: Helpers | None = None
        waiting: deque[Future[Encoded]] = deque()
        for number, piece in enumerate(pieces):
            if number == ALONE and (count := how_many()):
                helpers = ending.enter_context(Helpers(layout, count))
            if helpers is None or isinstance(piece, Batch):
                done: Future[Encoded] = Future()
                batch = piece if isinstance(piece, Batch) else rows.read(piece)
                done.set_result(encoder.encode(batch))
                waiting.append(done)
            else:
                waiting.append(helpers.ask(piece))
            while waiting and (helpers is None or len(waiting) > helpers.ahead):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        if helpers:
            yield from helpers.rest()
        yield encoder.rest()


def how_many() -> int:
    """Return how many processes are worth starting: none where there is one processor."""
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(MOST_HELPERS, processors) if processors > 1 else 0


class Helpers:
    """Some helpers at work on one file. Use it in `with`: they end with it, whatever happens."""

    def __init__(self, layout: Layout, count: int) -> None:
        self.ahead = count * _AHEAD
        self.processes: list[subprocess.Popen[bytes]] = []
        self._connections: list[Connection] = []
        self._free: SimpleQueue[Connection] = SimpleQueue()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="helper")
        for _ in range(count):
            self._start(layout)

    def _start(self, layout: Layout) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "imports.helping", str(theirs.fileno())],
                cwd=settings.BASE_DIR,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a traceback may quote the file
            )
        connection = Connection(ours.detach())
        self.processes.append(process)
        self._connections.append(connection)
        connection.send((settings.DMP_INDEX_KEY, layout))
        self._free.put(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in self._connections:
            # Wakes a thread that waits for an answer; closing alone would not.
            with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as same:
                same.shutdown(socket.SHUT_RDWR)
        self._threads.shutdown(cancel_futures=True)
        for connection in self._connections:
            connection.close()
        for process in self.processes:
            process.wait()

    def ask(self, chunk: Chunk) -> Future[Encoded]:
        """Hand a chunk to whoever is free first."""
        return self._threads.submit(self._answer, chunk)

    def _answer(self, chunk: Chunk) -> Encoded:
        connection = self._free.get()
        try:
            connection.send(chunk)
            answer: Encoded | str = connection.recv()
        finally:
            self._free.put(connection)
        if isinstance(answer, str):
            raise HelperError(answer)
        return answer

    def rest(self) -> Iterator[Encoded]:
        """Yield what the helpers still hold."""
        for connection in self._connections:
            connection.send(None)
            yield connection.recv()
