"""A process beside the one that loads: reads, checks and encodes chunks of lines it is handed.

Started as `python -m imports.helping FD` (`imports.loading.beside`); ends when the socket does,
that is with whoever started it. Must not know Django.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from imports.encoding import Encoder
from imports.faults import described


if TYPE_CHECKING:
    from imports.parsing import Layout


def main(connection: Connection) -> None:
    """Take the key of identifiers, the layout of a file, then chunks until there are no more."""
    layout: Layout
    key, layout = connection.recv()
    rows = layout.reader()
    encoder = Encoder(key)
    while (chunk := connection.recv()) is not None:
        try:
            answer: object = encoder.encode(rows.read(chunk))
        except Exception as error:  # noqa: BLE001 - told to the one who asked, who stops
            answer = described(error)
        connection.send(answer)
    connection.send(encoder.rest())
    connection.recv()  # nothing more comes: ends with the one who asked


if __name__ == "__main__":
    try:
        main(Connection(int(sys.argv[1])))
    except (EOFError, ConnectionError):
        sys.exit()
