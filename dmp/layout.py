"""Where everything of one machine is kept, and the environment that follows from it.

Knows nothing of the servers that use it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured


if TYPE_CHECKING:
    from collections.abc import MutableMapping


ROOT = Path(__file__).resolve().parent.parent
DATABASE = "dmp"
# Everything that is ever made in a DATA_DIR; `reset` removes these and nothing else.
PARTS = (
    *("postgres", "postgres.new", "valkey", "sockets", "keys", "files", "static", "logs"),
    *("mail", "beat", "beat.bak", "beat.dat", "beat.dir", "beat.db"),
)
_SOCKET_LIMIT = 80  # a socket's whole path holds 107 bytes, the file's own name included
_PLAIN = re.compile(r"[\w ./+-]+")  # PostgreSQL reads its socket folders as a list with quotes
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


def of(environ: MutableMapping[str, str]) -> Layout:
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
    if not starting and (environ.get("DATABASE_URL") or not of(environ).keys.is_dir()):
        return
    if environ.get("DATABASE_URL"):
        for name in ("DATABASE_APP_URL", "DATABASE_WORKER_URL"):
            if not environ.get(name):
                msg = f"{name} is missing: DATABASE_URL is set, so {name} must be set with it."
                raise ImproperlyConfigured(msg)
    here = of(environ)
    try:
        here.base.mkdir(parents=True, exist_ok=True, mode=0o700)
        here.keys.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        msg = f"DATA_DIR {here.base} cannot be used ({error.strerror}): set it to another folder."
        raise ImproperlyConfigured(msg) from error
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
        # Nobody real is kept here: a command without DMP_DEMO finds the same people.
        "DMP_INS_SYSTEM": "1.2.250.1.213.1.4.10",
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
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        fresh.rename(path)
    return path.read_text()
