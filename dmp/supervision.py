"""Keeping several processes alive together, and stopping them in order. Knows none of them."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from dmp.embedded import child_prefix


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dmp.layout import Layout


_STOP_SECONDS = 20
_RESTARTS = 3  # in a row, each within _SOON of the last: then something is wrong for good
_SOON = 30.0


class Failed(Exception):
    """A process that does not stay alive; the message says where it wrote why."""


def hold(where: Layout) -> int:
    """Hold DATA_DIR for this process and the children that get the descriptor it returns.

    The lock lives as long as one of them: a start right after a `kill -9` waits here until the
    last child of the killed one is gone.
    """
    descriptor = os.open(where.base / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _STOP_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode() or "0"
            alive = holder.isdecimal() and int(holder) > 1 and _exists(int(holder))
            if alive or time.monotonic() > deadline:
                msg = (
                    f"DATA_DIR {where.base} is in use (process {holder}):"
                    " stop that one first, or set DATA_DIR to another folder."
                )
                raise ImproperlyConfigured(msg) from None
            time.sleep(0.1)
        else:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            return descriptor


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass
class _Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]
    started: float
    failures: int = 0


@dataclass
class Family:
    """Children started in order, started again when they die, stopped in reverse order."""

    where: Layout
    inherit: Sequence[int] = ()
    _children: list[_Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start one more, writing to its own log."""
        process = self._spawn(name, command, environment)
        self._children.append(_Child(name, command, environment, process, time.monotonic()))

    def _spawn(
        self, name: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        with self.where.open_log(name) as log:
            return subprocess.Popen(  # noqa: S603 - our own programs
                [*child_prefix(), *command],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches the parent alone, which stops the children in order.
                start_new_session=True,
                pass_fds=self.inherit,
            )

    def tend(self) -> None:
        """Start again whoever died; raise `Failed` when one dies again and again."""
        for child in self._children:
            status = child.process.poll()
            if status is None:
                continue
            lived = time.monotonic() - child.started
            child.failures = child.failures + 1 if lived < _SOON else 1
            if child.failures > _RESTARTS:
                log = self.where.log(child.name)
                raise Failed(f"{child.name} stopped {_RESTARTS + 1} times: read {log}.")
            child.process = self._spawn(child.name, child.command, child.environment)
            child.started = time.monotonic()

    def stop(self) -> None:
        """Stop everyone, the last started first, and leave none behind."""
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
            try:
                child.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
