"""PostgreSQL and Valkey for the tests, loaded with `-p tests.servers`.

A plugin and not conftest.py: pytest-django reads the settings before conftest.py is loaded.
Starts the wheels' servers once (the workers of pytest-xdist inherit them), or uses the server
that DATABASE_URL names, as a superuser. TEST_POSTGRES_BIN names other programs to start, such as
/usr/lib/postgresql/15/bin.
"""

from __future__ import annotations

import atexit
import base64
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2

from dmp import embedded, layout


TEST_ROLES = Path(__file__).with_name("roles.sql")
_PREFIX = "dmp-tests-"
_OPTIONS = "-c role=dmp_app"


def _sweep() -> None:
    """Remove what killed runs left: folders whose lock nobody holds any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            with (folder / "lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # held by a live run, another user's, or gone meanwhile
            continue


def _as(url: str, user: str, options: str = "") -> str:
    """The address of the same server for another role, with the same password."""
    parts = urlsplit(url)
    secret = f":{parts.password}" if parts.password else ""
    host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    query = "&".join(
        part for part in (parts.query, options and f"options={quote(options, safe='')}") if part
    )
    return urlunsplit(("postgres", f"{user}{secret}@{host}", parts.path, query, ""))


def _start() -> None:
    _sweep()
    base = Path(tempfile.mkdtemp(prefix=_PREFIX))
    # Never closed: the folder is in use as long as this process or one of the servers lives.
    lock = os.open(base / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    where = layout.Layout(base)
    chosen = os.environ.get("TEST_POSTGRES_BIN")
    servers = embedded.Servers(
        where,
        programs=Path(chosen) if chosen else embedded.postgres_programs(),
        inherit=[lock],
        durable=False,
    )

    def stop() -> None:
        servers.stop()
        shutil.rmtree(base, ignore_errors=True)

    # Only the process that started them: a forked child must not stop them.
    pid = os.getpid()
    atexit.register(lambda: os.getpid() == pid and stop())

    url = os.environ.get("DATABASE_URL", "")
    if url:
        with psycopg2.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute(embedded.ROLES.read_text())
            cursor.execute(TEST_ROLES.read_text())
            if password := urlsplit(url).password:
                for role in ("dmp_owner", "dmp_worker", "dmp_test"):
                    cursor.execute(f"ALTER ROLE {role} PASSWORD %s", [password])
        connection.close()
    else:
        servers.start_postgres()
        servers.make_roles()
        servers.run_sql(TEST_ROLES.read_text())
        url = layout.database_url(where.sockets, embedded.SUPERUSER)
    if not os.environ.get("REDIS_URL"):
        servers.start_valkey()
        os.environ["REDIS_URL"] = layout.redis_url(where)

    key = base64.b64encode(bytes(32)).decode()
    os.environ.update(
        {
            "DATABASE_URL": _as(url, "dmp_owner"),
            "DATABASE_APP_URL": _as(url, "dmp_test", _OPTIONS),
            "DATABASE_WORKER_URL": _as(url, "dmp_worker"),
            "DMP_PROCESS": "web",
            "DMP_DEMO": "0",
            "DMP_HTTPS": "0",
            "DMP_INS_SYSTEM": "1.2.250.1.213.1.4.10",
            "DMP_HOSTS": "localhost,127.0.0.1,testserver",
            "DMP_SECRET_KEY": "only for tests, never anywhere else, long enough to be no warning",
            "DMP_MASTER_KEY": key,
            "DMP_INDEX_KEY": base64.b64encode(bytes(range(32))).decode(),
            "DMP_FILES_DIR": str(base / "files"),
            "DMP_STATIC_ROOT": str(base / "static"),
            # Playwright's synchronous interface runs inside an event loop.
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
            "DMP_TEST_SERVERS": str(base),
        },
    )


def _start_own_broker(worker: str) -> None:
    """Give a worker of pytest-xdist its own queue and files: tests empty the queue."""
    where = layout.Layout(Path(os.environ["DMP_TEST_SERVERS"]) / worker)
    servers = embedded.Servers(where, durable=False)
    servers.start_valkey()
    atexit.register(servers.stop)
    os.environ["REDIS_URL"] = layout.redis_url(where)
    os.environ["DMP_FILES_DIR"] = str(where.base / "files")


# The first process starts the servers; pytest-xdist's workers inherit its environment, and each
# makes its own database on the one PostgreSQL.
if "DMP_TEST_SERVERS" not in os.environ:
    _start()
elif worker := os.environ.get("PYTEST_XDIST_WORKER"):
    _start_own_broker(worker)
