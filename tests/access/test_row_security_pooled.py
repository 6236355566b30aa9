"""Behind a proxy that pools transactions one connection serves all: nothing is carried over."""

from __future__ import annotations

import shutil
import subprocess
import time

import psycopg2
import pytest
from django.db import connection, connections

from access import policy
from access.binding import binding
from access.policy import Reading
from dmp import embedded
from records.models import Document
from tests.access import cast
from tests.access.cast import NOON
from tests.roles import close_outside_bindings


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        shutil.which("pgbouncer") is None,
        reason="pgbouncer is not installed (Debian: apt-get install pgbouncer)",
    ),
]

TITLES = Reading(Document, columns=("title",), order=("title",))
PORT = 6432
CONFIGURATION = """
[databases]
* = host={host} port={port} user=dmp_app {password}
[pgbouncer]
listen_addr =
listen_port = {pool_port}
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = extra_float_digits, options
"""


@pytest.fixture
def pooled(tmp_path):
    """Settings of a database reached through pgbouncer, which has one connection to it."""
    direct = connection.settings_dict
    password = f"password={direct['PASSWORD']}" if direct["PASSWORD"] else ""
    tmp_path.chmod(0o777)
    file = tmp_path / "pgbouncer.ini"
    file.write_text(
        CONFIGURATION.format(
            host=direct["HOST"], port=direct["PORT"] or 5432, password=password,
            pool_port=PORT, folder=tmp_path,
        )
    )  # fmt: skip
    log = tmp_path / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*embedded._postgres_prefix(dying="SIGTERM"), "pgbouncer", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    found = {
        **direct, "HOST": str(tmp_path), "PORT": str(PORT), "USER": "dmp_app", "PASSWORD": "",
        "OPTIONS": {}, "DISABLE_SERVER_SIDE_CURSORS": True,
    }  # fmt: skip
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg2.connect(
                host=str(tmp_path), port=PORT, user="dmp_app", dbname=direct["NAME"]
            ).close()
            break
        except psycopg2.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
    yield found
    process.terminate()
    process.wait(20)


def listed(wrapper, viewer, record):
    """Ask the gate over this connection, and then, in another transaction, nobody's question."""
    connections["default"] = wrapper
    with binding(viewer, at=NOON):
        standing = policy.standing_on(record.id)
        shown = [row.title for row in policy.listed(TITLES, standing)]
        raw = sorted(Document.objects.values_list("title", flat=True))
    assert raw == shown
    return shown


def test_each_client_of_the_pool_sees_their_own_and_nobody_nothing(world, pooled, as_owner):
    with as_owner():
        cast.document(world.record, title="Petit's", by=world.petit)
        cast.document(world.record, title="Martin's", by=world.martin)
    close_outside_bindings()
    direct = connections["default"]
    clients = [type(direct)(dict(pooled), alias="default") for _ in range(3)]
    try:
        servers = set()
        for _ in range(3):
            assert listed(clients[0], world.jeanne, world.record) == ["Martin's", "Petit's"]
            connections["default"] = clients[2]
            assert not Document.objects.exists()
            assert listed(clients[1], world.martin.viewer, world.record) == ["Martin's"]
            for client in clients:
                with client.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid(), count(*) FROM records_document")
                    server, shown = cursor.fetchone()
                assert shown == 0
                servers.add(server)
        assert len(servers) == 1
    finally:
        for client in clients:
            client.close()
        connections["default"] = direct
