"""Tests whose data is really committed: a database of their own, a real worker, a real browser.

Rows that are committed cannot be emptied afterwards (the journal refuses it): such a test gets a
copy of the empty migrated database, which is dropped with everything in it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connections

from dmp import environment


if TYPE_CHECKING:
    from collections.abc import Iterator


ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_WORKER_SECONDS = 30


def is_committed(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = marker is not None and bool(marker.kwargs.get("transaction"))
    return asked or bool({"transactional_db", "live_server"} & set(request.fixturenames))


@pytest.fixture(autouse=True)
def _own_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give a test that commits its own database, whichever way it asked to commit."""
    if not is_committed(request):
        yield
        return
    request.getfixturevalue("django_db_setup")
    blocker: Any = request.getfixturevalue("django_db_blocker")
    turn_to(shared_name())
    name = f"{shared_name()}_{secrets.token_hex(4)}"
    with blocker.unblock():
        connections.close_all()
        copy_database(empty_name(), name)
        turn_to(name)
    yield
    with blocker.unblock():
        connections.close_all()
        turn_to(shared_name())
        drop_database(name)
        connections.close_all()


#: The database of the tests that lay out their own rows and roll them back.
_shared: list[str] = []
#: The worlds that this process has laid out, each in a database named after the shared one.
LAID_OUT: list[str] = []
#: What is connected to a database that isn't the one named now, by alias and name.
_elsewhere: dict[tuple[str, str], Any] = {}


def share(name: str) -> None:
    """Say which database the tests share that ask for no other."""
    _shared[:] = [name]


def shared_name() -> str:
    """The database that the tests share."""
    return _shared[0]


def empty_name() -> str:
    """The name of the copy that nobody ever connects to, which PostgreSQL asks of a template."""
    return f"{shared_name()}_empty"


def named_now() -> str:
    """The database that a connection made now would be to."""
    return str(connections["owner"].settings_dict["NAME"])


def turn_to(name: str) -> None:
    """Name this database from now on. Between transactions: connections to others stay open.

    To make one takes longer than most tests, and the server begins with it knowing no table.
    """
    before = named_now()
    if name == before:
        return
    for alias in connections:
        wrapper = connections[alias]
        if wrapper.connection is not None:
            _elsewhere[alias, before] = wrapper.connection
        kept = _elsewhere.pop((alias, name), None)
        wrapper.connection = None if kept is None or kept.closed else kept
        # The same dictionary for connections made later by other threads.
        wrapper.settings_dict["NAME"] = name
        connections.settings[alias]["NAME"] = name


def hang_up_everywhere() -> None:
    """Close what is connected, to whichever database."""
    connections.close_all()
    while _elsewhere:
        _elsewhere.popitem()[1].close()


def copy_database(template: str, name: str) -> None:
    """Copy a database by its pages: not through the log, which is four times slower here."""
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")


def drop_database(name: str) -> None:
    """Drop it although a thread of the live server may still be hanging up."""
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def disconnect_all(name: str) -> None:
    """End the sessions that a thread forgot: Django would wait for them and fail."""
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",  # not autovacuum's
            [name],
        )


def here(variable: str) -> str:
    """The address in this variable, naming the running test's database."""
    parts = urlsplit(os.environ[variable])
    return urlunsplit(parts._replace(path=f"/{named_now()}"))


def addresses() -> dict[str, str]:
    """The environment of a process of the product that works on the running test's database."""
    names = ("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_WORKER_URL")
    kept = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return {**kept, **{name: here(name) for name in names}}


class Worker:
    """A real Celery worker that a test starts, kills and starts again."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes tasks."""
        log = self.log.open("ab")
        begins = log.tell()
        with log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "dmp", "worker", "-c", "1"),
                    *("-l", "INFO", "--without-gossip", "--without-mingle"),
                ],
                cwd=ROOT,
                env={**addresses(), "DMP_PROCESS": "worker"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _WORKER_SECONDS
        while b" ready." not in self.log.read_bytes()[begins:]:
            said = self.log.read_text()
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it and its children as a power cut would."""
        if self.process is not None:
            subprocess.run(["pkill", "-KILL", "-P", str(self.process.pid)], check=False)
            self.process.kill()
            self.process.wait(10)

    def stop(self) -> None:
        """Ask it to stop; kill it when it does not."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A worker that takes what this test sends, and nothing that another test left."""
    _, cache = environment.redis("REDIS_URL")
    broker = redis.Redis.from_url(cache.replace("db=1", "db=0").replace("/1", "/0"))
    broker.flushdb()
    broker.close()
    found = Worker(tmp_path / "worker.log")
    found.start()
    yield found
    # Asked to stop, it would take three seconds to say goodbye to servers nobody asks any more.
    found.kill()


@pytest.fixture(scope="session")
def browser(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """One Chromium for the run: the distribution's, reaching nothing but this machine.

    Playwright runs an event loop in this thread, and Django keeps other connections inside a
    loop than outside: those of the one side are closed before the other begins.
    """
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - heavy, and only here

    def hang_up() -> None:
        with django_db_blocker.unblock():
            connections.close_all()

    hang_up()
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                # Root cannot use the sandbox; the pages are ours.
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
                "--disable-dev-shm-usage",
                # A page lives for a second: compiling it again for speed never pays.
                "--js-flags=--no-opt,--no-maglev",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            ],
        )
        yield found
        found.close()
        hang_up()


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A page of a fresh French browser on the live server; an error in its console fails."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="fr-FR",
        timezone_id=settings.TIME_ZONE,
        viewport={"width": 390, "height": 844},
    )
    context.set_default_timeout(10_000)
    found = context.new_page()
    errors: list[str] = []
    found.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.console_errors = errors
    yield found
    context.close()
    # A page may mean to answer 403 or 404; the browser says so in its console.
    assert [said for said in errors if "Failed to load resource" not in said] == []
