"""The rows of a file read and encoded by several processes at once, in the order of the file.

A file that is not soon over is read by helpers (`imports.helping`), one for each processor up to
a few; what does not stand alone, and small files, are read here. Must not know the database.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
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
_AHEAD: Final = 4
"""Chunks handed out for each helper: one under way, the next, and answers not taken yet."""
_UNDER_WAY: Final = 1024**2
"""Bytes on their way, so that a helper goes on to its next chunk while its answer is taken."""


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


class Helper:
    """A process that reads chunks, and the thread that takes its answers, in their order."""

    def __init__(self, layout: Layout) -> None:
        self.asked: deque[Future[Encoded]] = deque()
        self._gone: Exception | None = None
        ours, theirs = socket.socketpair()
        with theirs:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNDER_WAY)
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "imports.helping", str(theirs.fileno())],
                cwd=settings.BASE_DIR,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a traceback may quote the file
            )
        self._connection = Connection(ours.detach())
        self._connection.send((settings.DMP_INDEX_KEY, layout))
        self._thread = threading.Thread(target=self._listen, name="helper", daemon=True)
        self._thread.start()

    def ask(self, chunk: Chunk | None) -> Future[Encoded]:
        """Hand a chunk over, or ask for what is still held."""
        answer: Future[Encoded] = Future()
        self.asked.append(answer)
        if self._gone:  # before or since: nobody would answer
            raise self._gone
        self._connection.send(chunk)
        return answer

    def _listen(self) -> None:
        try:
            while True:
                found: Encoded | str = self._connection.recv()
                if isinstance(found, str):
                    self.asked.popleft().set_exception(HelperError(found))
                else:
                    self.asked.popleft().set_result(found)
        except Exception as error:  # noqa: BLE001 - told to those who wait
            self._gone = error
            while self.asked:
                self.asked.popleft().set_exception(error)

    def end(self) -> None:
        """End the process and the thread, whatever they are at."""
        # Wakes a thread that waits for an answer; closing alone would not.
        with suppress(OSError), socket.socket(fileno=os.dup(self._connection.fileno())) as same:
            same.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._connection.close()
        self.process.wait()


class Helpers:
    """Some helpers at work on one file. Use it in `with`: they end with it, whatever happens."""

    def __init__(self, layout: Layout, count: int) -> None:
        self.ahead = count * _AHEAD
        self._all: list[Helper] = []
        with ExitStack() as ending:
            for _ in range(count):
                helper = Helper(layout)
                ending.callback(helper.end)
                self._all.append(helper)
            self._ending = ending.pop_all()

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """The processes of the helpers."""
        return [helper.process for helper in self._all]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.close()

    def ask(self, chunk: Chunk) -> Future[Encoded]:
        """Hand a chunk to whoever has least to do."""
        return min(self._all, key=lambda helper: len(helper.asked)).ask(chunk)

    def rest(self) -> Iterator[Encoded]:
        """Yield what the helpers still hold."""
        for answer in [helper.ask(None) for helper in self._all]:
            yield answer.result()
