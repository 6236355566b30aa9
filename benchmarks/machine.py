"""A machine of the benchmarks' own: servers, roles and tables in a folder that goes with the run.

The servers don't wait for the disk, as in the tests and never in production: the table says so.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dmp import embedded, layout


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


ROOT = Path(__file__).resolve().parent.parent
_READY_SECONDS = 300.0  # a machine shared with others may be slow


@dataclass
class Machine:
    """The servers of a run, and the processes of the product that a figure starts on them."""

    where: layout.Layout
    servers: embedded.Servers
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, name: str, command: Sequence[str], *, ready: bytes, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a process of the product and wait until its log says that it is ready."""
        with self.where.open_log(name) as log:
            begins = log.tell()
            process = subprocess.Popen(  # noqa: S603  # our own programs
                [*embedded.child_prefix(), sys.executable, "-m", *command],
                cwd=ROOT,
                # Unbuffered: what it says is waited for.
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        deadline = time.monotonic() + _READY_SECONDS
        while ready not in self.where.log(name).read_bytes()[begins:]:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start:\n{self.where.log(name).read_text()}")
            time.sleep(0.05)
        return process

    def stop_processes(self) -> None:
        """Stop what was started, the last first."""
        while self.processes:
            process = self.processes.pop()
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def machine() -> Iterator[Machine]:
    """Start servers, set the environment of production's web process, migrate, and clean up."""
    base = Path(tempfile.mkdtemp(prefix="dmp-bench-"))
    where = layout.Layout(base)
    servers = embedded.Servers(where, durable=False)
    found = Machine(where, servers)
    try:
        servers.start_postgres()
        servers.make_roles()
        servers.start_valkey()
        os.environ.update(_environment(where))
        import django  # noqa: PLC0415  # reads the settings, hence the environment

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connections  # noqa: PLC0415

        call_command("migrate", verbosity=0, interactive=False)
        yield found
        connections.close_all()
    finally:
        found.stop_processes()
        servers.stop()
        shutil.rmtree(base, ignore_errors=True)


def _environment(where: layout.Layout) -> dict[str, str]:
    key = base64.b64encode(bytes(range(32))).decode()
    return {
        "DJANGO_SETTINGS_MODULE": "dmp.settings",
        "DATABASE_URL": layout.database_url(where.sockets, "dmp_owner"),
        "DATABASE_APP_URL": layout.database_url(where.sockets, "dmp_app"),
        "DATABASE_WORKER_URL": layout.database_url(where.sockets, "dmp_worker"),
        "REDIS_URL": layout.redis_url(where),
        "DMP_PROCESS": "web",
        "DMP_DEMO": "0",
        "DMP_INS_SYSTEM": "1.2.250.1.213.1.4.10",  # invented people
        "DMP_HTTPS": "0",
        "DMP_HOSTS": "localhost,127.0.0.1",
        "DMP_LOG_LEVEL": "WARNING",
        "DMP_SECRET_KEY": "only for measuring, never anywhere else, and long enough to be varied",
        "DMP_MASTER_KEY": key,
        "DMP_INDEX_KEY": key,
        "DMP_FILES_DIR": str(where.base / "files"),
        "DMP_STATIC_ROOT": str(where.base / "static"),
    }
