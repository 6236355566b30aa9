"""Clock and chance that fall the same way each time, and an ear at every way out but the answer.

Journal, tasks, log lines, counters of the shared cache, and the names that doors read.
"""

from __future__ import annotations

import logging
import os
import random
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from celery import Celery
from django.conf import settings
from django.core.cache import caches
from django.http import QueryDict
from django.test import client

import tests.settings
from access import journal
from access.binding import frozen_clock
from tests.access.cast import NOON
from tests.interference import unread
from tests.interference.repeating import aside


if TYPE_CHECKING:
    from collections.abc import Iterator


_OURS = ("dmp", "access", "records", "imports", "django", "django.request")
#: The door that is being asked.
asked_door: ContextVar[str] = ContextVar("door", default="")


class Dice:
    """Chance that falls the same way each time it is taken up again."""

    def __init__(self) -> None:
        self._elsewhere = random.Random(11)  # noqa: S311 - the same each time
        self.rest()

    def again(self) -> None:
        """Before a question."""
        self._chance = random.Random(7)  # noqa: S311 - the same each time
        random.seed(7)

    def rest(self) -> None:
        """Between questions: what is laid out then never has the key of what a question makes."""
        self._chance = self._elsewhere

    def bytes(self, size: int) -> bytes:
        return self._chance.randbytes(size)


class Spied(logging.Handler):
    """What left by other ways than the answer: journal, tasks, log lines, counters."""

    def __init__(self) -> None:
        super().__init__()
        self.clear()

    def clear(self) -> None:
        self.acts: list[Any] = []
        self.tasks: list[Any] = []
        self.log: list[str] = []
        self.counted: list[Any] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else ""
        self.log.append(f"{record.levelname} {record.name} {record.getMessage()} {error!r}")


chance = Dice()
spied = Spied()
#: The names that each door was seen to read.
names_read: dict[str, set[str]] = {}


def _keep(name: object) -> None:
    door = asked_door.get()
    if door and isinstance(name, str):
        names_read.setdefault(door, set()).add(name)


@contextmanager
def walking() -> Iterator[None]:
    """Hold clock and chance, and listen at every other way out."""
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOON, tick=False):
        patch.setattr(os, "urandom", chance.bytes)
        patch.setattr(random, "_urandom", chance.bytes)
        patch.setattr(settings, "DMP_DEMO", True)
        patch.setattr(tests.settings, "cache_prefix", "walk")
        _listen(patch)
        unread.listen(patch)
        _hear_every_line(patch)
        chance.rest()
        with frozen_clock(NOON):
            yield


def _hear_every_line(patch: pytest.MonkeyPatch) -> None:
    """Nothing is printed: what would be is compared, whatever an earlier test has silenced."""
    manager = logging.getLogger().manager
    patch.setattr(logging.getLogger(), "handlers", [spied])
    patch.setattr(manager, "disable", logging.NOTSET)
    for name in _OURS:
        logger = logging.getLogger(name)
        patch.setattr(logger, "disabled", False)
        patch.setattr(logger, "propagate", True)
        patch.setattr(logger, "level", min(logger.level or logging.WARNING, logging.WARNING))
    manager._clear_cache()


def _listen(patch: pytest.MonkeyPatch) -> None:
    write = journal.write

    def written(acts: Any, moment: Any) -> None:
        acts = list(acts)
        spied.acts += [
            (a.record_id, a.action, a.door, a.reason, a.element_kind, a.element_id, a.shown,
             a.rests_on_secret, a.on_behalf_of) for a in acts
        ]  # fmt: skip
        with aside():
            write(acts, moment)

    patch.setattr(journal, "write", written)
    # The test client would keep a copy of every context that a template was given.
    patch.setattr(client, "store_rendered_templates", lambda *_args, **_named: None)
    patch.setattr(
        Celery, "send_task",
        lambda _self, name, *args, **named: spied.tasks.append((name, args, named)),
    )  # fmt: skip
    backend = type(caches["default"])
    for method in ("get", "set", "add", "incr", "delete"):
        patch.setattr(backend, method, _counting(getattr(backend, method), method))
    for method in ("__getitem__", "getlist", "__contains__", "get"):
        patch.setattr(QueryDict, method, _noting(getattr(QueryDict, method)))


def _counting(function: Any, method: str) -> Any:
    def counted(self: Any, key: Any, *args: Any, **named: Any) -> Any:
        answer = function(self, key, *args, **named)
        spied.counted.append((method, str(key), repr(answer)))
        return answer

    return counted


def _noting(function: Any) -> Any:
    def noted(self: Any, key: Any, *args: Any, **named: Any) -> Any:
        _keep(key)
        return function(self, key, *args, **named)

    return noted
