"""The pulse of a load, on a connection of its own: it moves while one long transaction runs."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, Self

from django.db import DatabaseError, connection


if TYPE_CHECKING:
    import uuid
    from types import TracebackType

EVERY_SECONDS: Final = 0.5
_FIGURES: Final = ("bytes_read", "rows_read", "rows_refused")
log = logging.getLogger(__name__)


class PausedError(Exception):
    """Somebody asked for a pause: what is not whole is begun again later."""


class Heartbeat:
    """Tells where a load is, twice a second, from a thread of its own. Use it in `with`.

    `show` gives figures of the first pass; the chunks of the second write their own.
    """

    def __init__(self, load_id: uuid.UUID) -> None:
        self._load_id = load_id
        self._stop = threading.Event()
        self._pause = threading.Event()
        self._figures: tuple[int, ...] | None = None
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def show(self, *, bytes_read: int, rows_read: int, rows_refused: int) -> None:
        """Give the figures to tell at the next beat."""
        self._figures = (bytes_read, rows_read, rows_refused)

    def paused(self) -> bool:
        """Tell whether somebody asked for a pause."""
        return self._pause.is_set()

    def hush(self) -> None:
        """Tell no more figures: the first pass has written its own."""
        self._figures = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(EVERY_SECONDS):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        figures = self._figures
        told = "".join(f", {name} = %s" for name in _FIGURES) if figures else ""
        # Figures are told of the first pass only: a late beat must not undo its last word.
        only = " AND staged_rows IS NULL" if figures else ""
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE imports_load SET heartbeat = clock_timestamp(){told}"  # noqa: S608 - our names
                    f" WHERE id = %s{only} RETURNING pause_asked",
                    [*(figures or ()), self._load_id],
                )
                if (True,) in cursor.fetchall():
                    self._pause.set()
                else:  # or the wish was taken back
                    self._pause.clear()
        except DatabaseError:
            # A missed beat is nothing: the work itself says whether the database is there.
            log.warning("load %s: a heartbeat was missed", self._load_id)
            connection.close()
