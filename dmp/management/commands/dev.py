"""The whole product on one machine with one command. How each part works is said elsewhere."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg2
import redis
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from dmp import embedded, environment, health, layout, supervision


if TYPE_CHECKING:
    from types import FrameType

    from django.core.management.base import CommandParser


class _Asked(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class Command(BaseCommand):
    """Start everything, say READY, stay until asked to stop."""

    help = "Start PostgreSQL, Valkey, the web, the worker and the clock on this machine."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to leave out."""
        parser.add_argument(
            "--servers-only",
            action="store_true",
            help="PostgreSQL and Valkey with their roles and tables, and nothing else",
        )

    def handle(self, *_args: Any, servers_only: bool, **_options: Any) -> None:
        """Start in order, watch, stop in reverse order."""
        self.where = layout.of(os.environ)
        self.port = environment.number("PORT", 8000, low=1, high=65535)
        if not servers_only:
            _refuse_taken(self.port)
        lock = supervision.hold(self.where)
        self.servers = embedded.Servers(self.where, inherit=[lock])
        self.family = supervision.Family(self.where, inherit=[lock])
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _asked)
        try:
            self._prepare()
            if not servers_only:
                self._start_processes()
            self._announce(servers_only=servers_only)
            self._watch()
        except _Asked:
            self.stdout.write("Stopping…")
        except supervision.Failed as error:
            self.stderr.write(str(error))
            sys.exit(1)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            connections.close_all()
            self.family.stop()
            self.servers.stop()
        self.stdout.write("Stopped.")

    def _prepare(self) -> None:
        """Servers, roles, tables, invented people, the site's own files."""
        ours = layout.database_url(self.where.sockets, "dmp_owner")
        if os.environ["DATABASE_URL"] == ours:
            self.servers.start_postgres()
            self.servers.make_roles()
        else:
            for name in ("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_WORKER_URL"):
                _refuse_unreachable_database(name)
        if os.environ["REDIS_URL"] == layout.redis_url(self.where):
            self.servers.start_valkey()
        else:
            _refuse_unreachable_redis()
        call_command("migrate", verbosity=0, interactive=False)
        if settings.DMP_DEMO:
            call_command("seed_demo")
        self._collect_static()
        connections.close_all()

    def _collect_static(self) -> None:
        """Copy the site's files for the web process, when one of them changed."""
        digest = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([]):
                found = Path(storage.path(path)).stat()
                digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
        stamp = Path(settings.STATIC_ROOT) / ".made-from"
        if not stamp.exists() or stamp.read_text() != digest.hexdigest():
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            stamp.write_text(digest.hexdigest())

    def _start_processes(self) -> None:
        python = sys.executable
        web = {**os.environ, "DMP_PROCESS": "web"}
        worker = {**os.environ, "DMP_PROCESS": "worker"}
        celery = [python, "-m", "celery", "-A", "dmp"]
        self.family.start(
            "web",
            [
                *(python, "-m", "gunicorn", "-c", "python:dmp.serving"),
                "-b",
                f"127.0.0.1:{self.port}",
            ],
            web,
        )
        self.family.start(
            "worker",
            [*celery, "worker", "-c", "3", "-l", "INFO", "--without-gossip", "--without-mingle"],
            worker,
        )
        self.family.start(
            "beat",
            [*celery, "beat", "-l", "INFO", "-s", str(self.where.base / "beat")],
            worker,
        )
        while health.ask(self.port) != "ok":
            self.family.tend()
            time.sleep(0.1)

    def _announce(self, *, servers_only: bool) -> None:
        if servers_only:
            self.stdout.write(f"READY {os.environ['DATABASE_URL']}")
            return
        self.stdout.write(f"READY http://127.0.0.1:{self.port}")
        if settings.DMP_DEMO:
            call_command("demo_accounts", stdout=self.stdout)
        self.stdout.write(f"Logs in {self.where.base / 'logs'}. Ctrl-C stops everything.")
        self.stdout.flush()

    def _watch(self) -> None:
        while True:
            for name, process in self.servers.running():
                if process.poll() is not None:
                    raise supervision.Failed(f"{name} stopped: read {self.where.log(name)}.")
            self.family.tend()
            time.sleep(0.2)


def _asked(_number: int, _frame: FrameType | None) -> None:
    raise _Asked


def _refuse_taken(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            msg = f"PORT {port} cannot be used ({error.strerror}): set PORT to a free one."
            raise ImproperlyConfigured(msg) from error


def _refuse_unreachable_database(name: str) -> None:
    found = environment.database(name)
    try:
        psycopg2.connect(
            dbname=found["NAME"],
            user=found["USER"],
            password=found["PASSWORD"],
            host=found["HOST"],
            port=found["PORT"] or None,
            **found["OPTIONS"],
        ).close()
    except psycopg2.OperationalError as error:
        # The driver's sentence names the host, the user and the database, never the password.
        reason = str(error).strip().splitlines()[0].rstrip(".")
        msg = f"{name} names a database that does not let us in: {reason}."
        raise ImproperlyConfigured(msg) from error


def _refuse_unreachable_redis() -> None:
    _, address = environment.redis("REDIS_URL")
    try:
        with closing(redis.Redis.from_url(address, socket_connect_timeout=5)) as client:
            client.ping()
    except redis.RedisError as error:
        where = urlsplit(address)
        place = where.path if where.scheme == "unix" else f"{where.hostname}:{where.port or 6379}"
        msg = f"REDIS_URL names a server that does not answer at {place}: {error}."
        raise ImproperlyConfigured(msg) from error
