"""A worker killed at any moment delays its work, and neither loses nor doubles any of it."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import uuid

import pytest
from celery import current_app
from django.db import connection

from access.journal import chain_is_whole
from imports.models import Load
from records.models import Filling
from tests.committed import ROOT, addresses
from tests.imports.loads import counts, line, lines, receive
from tests.imports.persons import BORN, LOAD, key, make_record, rows


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KILLS = 6
LINES = 20_000
# What a round of the clock finds within two seconds; far more, for a machine that is busy.
SOON = 60.0


@pytest.fixture
def clock(tmp_path):
    """The clock that the launcher starts beside the worker: it makes the rounds."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "dmp", "beat", "-s", str(tmp_path / "beat")),
            *("--pidfile", ""),
        ],
        cwd=ROOT,
        env={**addresses(), "DMP_PROCESS": "worker"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    process.terminate()
    process.wait(15)


def wait_for(fact, seconds=SOON):
    deadline = time.monotonic() + seconds
    while not (found := fact()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found


def store_lines(count, person=None):
    """As many boxes over two years, as the owner: a long history takes a while to fill."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO imports_claimline SELECT %s, current_date - (n %% 700), 'general',"
            " 'L' || n, %s, current_date - (n %% 700), 'MED', 'CIP13', '3400935955838', 'Boîte',"
            " 1, false, NULL, '', '', '', '', '', 'structure', '', 'Pharmacie', '', '', 'N02BE01',"
            " 1000, 1000, 650, 65, false, '', current_date, sha256(n::text::bytea), %s"
            " FROM generate_series(1, %s) AS n",
            [person or key(), BORN, LOAD, count],
        )


def test_a_filling_killed_again_and_again_ends_complete_without_doubles(worker, clock, as_owner):
    with as_owner():
        store_lines(LINES)
        record = make_record()
    current_app.send_task("imports.fill", [str(record)])
    attempts = 0
    for kill in range(KILLS):
        attempts = wait_for(
            lambda seen=attempts: (
                max(Filling.objects.get().attempts, seen + 1)
                if Filling.objects.get().attempts > seen or is_done()
                else 0
            )
        )
        # The first ones early, or a quick machine would be done before most of them.
        time.sleep(random.uniform(0, 0.1 + 0.2 * kill))  # noqa: S311 - when to kill
        worker.kill()
        worker.start()

    wait_for(is_done)

    filling = Filling.objects.get()
    assert filling.lines == LINES
    assert filling.attempts > KILLS // 2, "most kills came while it was filling"
    found = rows(
        "SELECT count(*), count(DISTINCT id), count(DISTINCT line_key), sum(paid_cents)"
        " FROM records_reimbursementline WHERE record_id = %s",
        record,
    )
    assert found == [(LINES, LINES, LINES, 1000 * LINES)]
    events = rows("SELECT act, shown FROM access_journalevent WHERE record_id = %s", record)
    assert events == [("filled", LINES)]
    assert chain_is_whole(record)


def is_done():
    return Filling.objects.get().state == "done"


def test_a_filling_left_by_a_killed_worker_completes_soon(worker, clock, as_owner):
    with as_owner():
        store_lines(LINES)
        record = make_record()
    current_app.send_task("imports.fill", [str(record)])
    wait_for(lambda: Filling.objects.get().state == "running")
    worker.kill()
    killed = time.monotonic()
    worker.start()

    wait_for(is_done)

    assert time.monotonic() - killed < SOON


def test_a_set_killed_at_any_moment_ends_complete_and_each_record_is_told_once(
    worker, clock, as_owner
):
    people = [f"28503751150{n:04d}" for n in range(150)]
    with as_owner():
        records = [make_record(nir) for nir in people]
        for nir in people:
            store_lines(20, key(nir))
    current_app.send_task("imports.sweep")
    for _ in range(2):
        time.sleep(random.uniform(0, 0.6))  # noqa: S311 - when to kill
        worker.kill()
        worker.start()

    wait_for(lambda: not Filling.objects.exclude(state="done").exists())

    assert rows(
        "SELECT count(*), count(DISTINCT (record_id, line_key)), sum(paid_cents)"
        " FROM records_reimbursementline"
    ) == [(20 * 150, 20 * 150, 20 * 150 * 1000)]
    told = rows("SELECT act, shown, count(*) FROM access_journalevent GROUP BY 1, 2")
    assert told == [("filled", 20, 150)]
    assert all(chain_is_whole(record) for record in records)


def test_a_load_killed_at_random_ends_as_if_it_had_not_been(worker, clock, as_owner):
    count = 60_000
    people = [f"{n:06d}" for n in range(600)]
    content = lines(
        *(
            line(f"L{n}", person_system="dcir", person_value=people[n % 600], paid_cents=str(n))
            for n in range(count)
        ),
        line("wrong", care_start="31/02/2026"),
    )
    load_id = receive(content)
    for _ in range(5):
        time.sleep(random.uniform(0.2, 4))  # noqa: S311 - when to kill
        worker.kill()
        worker.start()
        current_app.send_task("imports.load", [str(load_id)])

    wait_for(lambda: Load.objects.get().finished_at, 120)

    load = Load.objects.get(id=load_id)
    assert load.state == "done"
    # Pseudonyms without an alias: kept, and set aside.
    assert counts(load) == {"read": count + 1, "set_aside": count, "refused": 1}
    with as_owner():
        assert rows(
            "SELECT count(*), count(DISTINCT line_id), sum(paid_cents),"
            " count(DISTINCT person_key) FROM imports_claimline"
        ) == [(count, count, count * (count - 1) // 2, 600)]
        assert rows("SELECT line, code FROM imports_refusedrow") == [(count + 2, "date_not_real")]
        assert rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'imports_staging'") == [
            (0,)
        ]


def test_a_file_received_by_the_web_is_loaded_by_the_worker(worker):
    load_id = receive(lines(line("A")))

    wait_for(lambda: Load.objects.get(id=load_id).finished_at)

    assert Load.objects.get(id=load_id).state == "done"
    assert isinstance(load_id, uuid.UUID)
