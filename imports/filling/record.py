"""When records are filled: one that somebody waits for, those that wait, the night's."""

from __future__ import annotations

import gc
import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from access.binding import binding, moment_of
from access.viewer import WORKER
from imports.faults import described
from imports.filling import sets, waiting
from records.care.window import window_start
from records.dossier.facts import ILLNESS_SECTION


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Sequence

DRAIN_SECONDS: Final = 1.75
"""Then other messages have their turn: a person may be at a counter.

Rounds come every second: while records wait, two are under way, and a third process is free.
"""
SET_RECORDS: Final = 500
SET_LINES: Final = 10_000
"""Of one set: whoever writes on one of its records meanwhile waits for all of it."""
_AT_ONCE: Final = 200
log = logging.getLogger(__name__)


def fill(record_id: uuid.UUID) -> bool:
    """Fill a record that waits for it. Returns whether it was done.

    Nothing is done when nothing waits, or when another worker is at it.
    """
    filling_id = waiting.take(record_id)
    return filling_id is not None and _fill([filling_id], by_itself=True) == 1


def fill_waiting(*, seconds: float = DRAIN_SECONDS) -> bool:
    """Fill the records that wait, for a while. Returns whether some are left.

    Those that nobody tried are taken as sets; what goes wrong in one, or is left by a worker that
    died, is then filled record by record, so that none holds the others back.
    """
    until = time.monotonic() + seconds
    while filling_ids := waiting.take_set(SET_RECORDS, SET_LINES):
        _fill(filling_ids)
        if time.monotonic() > until:
            return True
    while records := waiting.next_records(_AT_ONCE):
        done = 0
        for record_id in records:
            done += fill(record_id)
            if time.monotonic() > until:
                return True
        if not done:
            return False  # others are at them, or they must wait
    return False


def roll() -> int:
    """Ask for every record that holds a line older than the window. Returns how many."""
    with transaction.atomic():
        since = window_start(moment_of(timezone.now()).today)
        return waiting.ask_past_window(since, ILLNESS_SECTION)


def _fill(filling_ids: Sequence[uuid.UUID], *, by_itself: bool = False) -> int:
    """Fill what was taken; what isn't done waits for its next turn. Returns how many are done."""
    done = 0
    try:
        with _without_rounds(), binding(WORKER):
            written = sets.fill(by=WORKER, filling_ids=filling_ids, by_itself=by_itself)
        done = written  # committed, the journal with it
    except Exception as error:  # noqa: BLE001 - whatever it is, they wait for their next turn
        log.error("fillings %s: %s", ", ".join(map(str, filling_ids)), described(error))  # noqa: TRY400 - no quotes
    if done < len(filling_ids):
        waiting.give_back(filling_ids)
    return done


@contextmanager
def _without_rounds() -> Iterator[None]:
    """Let the collector wait: a set makes much that lasts as long as it does, and no circles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
