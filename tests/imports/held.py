"""A worker held after the first batch of a file: `python -m tests.imports.held LOAD`.

It says so on its output, and goes on once something comes in.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid

import django

from tests.committed import ROOT, addresses


class Held:
    """A process that reads a load's file up to its first batch; then it is let go, or killed."""

    def __init__(self):
        self._process = None

    def start(self, load_id):
        """Begin to read, and come back once the first batch is there."""
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.imports.held", str(load_id)],
            cwd=ROOT,
            env={**addresses(), "DMP_PROCESS": "worker"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout.readline() == "held\n"

    def go_on(self):
        """Let it read to the end, and wait until it has."""
        self._process.communicate("\n", timeout=60)
        assert self._process.returncode == 0

    def kill(self):
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


def soon(fact):
    """Return what a fact gives once it gives something."""
    deadline = time.monotonic() + 30
    while not (found := fact()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return found


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "dmp.settings"
    django.setup()
    from imports import loading  # noqa: PLC0415 - once there are settings
    from imports.loading import staging  # noqa: PLC0415 - as above

    read_on = staging._Rows._next

    def hold(rows):
        staging._Rows._next = read_on
        first = read_on(rows)
        if not rows.ended:
            print("held", flush=True)  # noqa: T201 - whoever holds it reads this
            sys.stdin.readline()
        return first

    staging._Rows._next = hold
    sys.exit(not loading.run(uuid.UUID(sys.argv[1])))


if __name__ == "__main__":
    main()
