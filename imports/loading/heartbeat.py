"""The pulse of a load, on a connection of its own: it moves while one long transaction runs."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import DatabaseError, connection


if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from types import TracebackType

EVERY_SECONDS: Final = 0.5
_FIGURES: Final = ("bytes_read", "rows_read", "rows_refused")
log = logging.getLogger(__name__)


class PausedError(Exception):
    """Somebody asked for a pause: what is not whole is begun again later."""


class Heartbeat:
    """Tells where a load is, twice a second, from a thread of its own. Use it in `with`.

    `show` gives figures of the first pass, `tell` what it recognised so far; the chunks of the
    second write their own.
    """

    def __init__(self, load_id: uuid.UUID) -> None:
        self._load_id = load_id
        self._stop = threading.Event()
        self._pause = threading.Event()
        self._figures: tuple[int, ...] | None = None
        self._found: Mapping[str, Any] | None = None
        self._told: Mapping[str, Any] | None = None
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def show(self, *, bytes_read: int, rows_read: int, rows_refused: int) -> None:
        """Give the figures to tell at the next beat."""
        self._figures = (bytes_read, rows_read, rows_refused)

    def tell(self, found: Mapping[str, Any]) -> None:
        """Give columns of the load to write once, at the next beat."""
        self._found = found

    def paused(self) -> bool:
        """Tell whether somebody asked for a pause."""
        return self._pause.is_set()

    def hush(self) -> None:
        """Tell no more: the first pass has written its own figures and findings."""
        self._figures = self._found = None

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
        figures, found = self._figures, self._found
        if found is self._told:
            found = None
        news: dict[str, Any] = dict(zip(_FIGURES, figures, strict=True)) if figures else {}
        news |= {name: _as_column(value) for name, value in (found or {}).items()}
        told = "".join(f", {name} = %s" for name in news)
        # News are told of the first pass only: a late beat must not undo its last word, nor say
        # anything of a file that was refused meanwhile.
        only = " AND staged_rows IS NULL" if news else ""
        only += " AND state = 'checking'" if found else ""
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE imports_load SET heartbeat = clock_timestamp(){told}"  # noqa: S608 - our names
                    f" WHERE id = %s{only} RETURNING pause_asked",
                    [*news.values(), self._load_id],
                )
                if (True,) in cursor.fetchall():
                    self._pause.set()
                else:  # or the wish was taken back
                    self._pause.clear()
        except DatabaseError:
            # A missed beat is nothing: the work itself says whether the database is there.
            log.warning("load %s: a heartbeat was missed", self._load_id)
            connection.close()
        else:
            self._told = found or self._told


def _as_column(value: object) -> object:
    return json.dumps(value) if isinstance(value, (dict, list)) else value
