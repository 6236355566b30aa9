"""Kill the worker, the broker and the database while a file is loaded: `python -m tests.chaos`.

On servers of its own. The same file is loaded once in peace, over an older one of the same lines;
then again and again, while one of the three is killed at a random row. Each time the store must be
the same over the business columns, with the same refused rows and the same counts.
"""

# ruff: noqa: PLC0415, T201 - the settings are read once there are servers; a program that tells

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import sys
import time
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from benchmarks.machine import machine


WORKER = ["celery", "-A", "dmp", "worker", "-c", "1", "-l", "INFO", "--without-gossip"]
BEAT = ["celery", "-A", "dmp", "beat", "-l", "INFO", "--pidfile", ""]
VICTIMS = ("worker", "database", "broker")
# A load is put aside after 20 interruptions: a file that ends its worker must not block the next.
MOST_OF_ONE_LOAD = 12
SECONDS = 300


class Chaos:
    """The machine under test: what runs on it, what is killed, what must come out."""

    def __init__(self, here):
        self.here = here
        self.running = {}

    def start(self, name):
        if name == "database":
            start_again(self.here.servers.start_postgres)
        elif name == "broker":
            self.here.servers.start_valkey()
        elif name == "worker":
            self.running[name] = self.here.start(
                name,
                WORKER,
                ready=b" ready.",
                DMP_PROCESS="worker",
                DMP_LOG_LEVEL="INFO",
            )
        else:
            schedule = str(self.here.where.base / "schedule")
            self.running[name] = self.here.start(
                name,
                [*BEAT, "-s", schedule],
                ready=b"LocalTime",
                DMP_PROCESS="worker",
                DMP_LOG_LEVEL="INFO",
            )

    def kill(self, name):
        servers = self.here.servers
        process = {"database": servers.postgres, "broker": servers.valkey}.get(
            name, self.running.get(name)
        )
        victims = [process.pid, *descendants(process.pid)]
        for victim in victims:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait(30)
        if process in self.here.processes:
            self.here.processes.remove(process)


def start_again(start):
    """Start a server as often as it takes: what was killed holds its files for a moment."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return start()
        except ImproperlyConfigured:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def descendants(process):
    """Every process below one; those that end while it is asked are none."""
    found = []
    try:
        told = [task.read_text() for task in Path(f"/proc/{process}/task").glob("*/children")]
    except OSError:
        return found
    for child in map(int, " ".join(told).split()):
        found += [child, *descendants(child)]
    return found


def asked(statement, *values):
    """Rows, as the owner; waits for a database that is being started again."""
    from django.db import InterfaceError, OperationalError, connections

    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with connections["owner"].cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        except (OperationalError, InterfaceError):
            connections["owner"].close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def content(lines, *, older=False):
    """Lines of many persons, with and without a pseudonym: right, wrong, cancelled, twice there.

    The older file holds a third of them, in an earlier state.
    """
    from tests.imports.loads import line, lines as file_of

    rows = []
    for n in range(lines // 3 if older else lines):
        facts = person(n % 700) | {"paid_cents": str(n)}
        if n % 2 and older:
            facts |= {"flow_date": "2026-04-01", "paid_cents": "1"}
        if n % 900 == 1:
            facts |= {"operation": "CANCEL"}
        if n % 1000 == 2:
            facts |= {"care_start": "31/02/2026"}
        if n % 1100 == 3:
            facts |= {"care_start": "2026-03-01" if older else "2026-03-03"}
        rows.append(line(f"L{n}", **facts))
    rows.append(rows[5])
    return file_of(*rows)


def person(number):
    """A pseudonym for every fifth, a number of the test range with its key for the others."""
    if number % 5 == 0:
        return {"person_system": "dcir", "person_value": f"p{number}"}
    body = f"18503751{number:05d}"
    return {"person_value": f"{body}{97 - int(body) % 97:02d}"}


def received(data):
    from django.db import connections

    from access.binding import binding
    from imports import loading
    from imports.management.commands.load_claims import OPERATOR

    connections.close_all()  # the server may have been killed since
    with binding(OPERATOR):
        return loading.receive(by=OPERATOR, stream=io.BytesIO(data), file_name="chaos.csv")


def progress(load_id):
    """How far a load is, in rows over both passes; None once it has ended."""
    state, read, staged, chunk, chunks = asked(
        "SELECT state, rows_read, staged_rows, chunk, chunks FROM imports_load WHERE id = %s",
        load_id,
    )[0]
    if state in {"done", "failed", "refused"}:
        return None
    return read + (staged * chunk // chunks if staged and chunks else 0)


def outcome(load_id):
    """The store over its business columns, the refused rows, the counts."""
    store = asked(
        "SELECT count(*), md5(string_agg((to_jsonb(c) - 'load_id')::text, ',' ORDER BY"
        " person_key, care_start, scheme, line_id)) FROM imports_claimline c"
    )
    refused = asked(
        'SELECT line, "column", code, found FROM imports_refusedrow WHERE load_id = %s'
        " ORDER BY line, code", load_id,
    )  # fmt: skip
    counts = asked(
        "SELECT state, rows_read, rows_created, rows_changed, rows_identical, rows_set_aside,"
        " rows_refused, totals FROM imports_load WHERE id = %s", load_id,
    )  # fmt: skip
    return store, refused, counts


def wait_until(load_id, rows):
    """Wait until a load has done so many rows. Returns whether it is still under way."""
    deadline = time.monotonic() + SECONDS
    while (done := progress(load_id)) is not None and done < rows:
        assert time.monotonic() < deadline, f"load {load_id} stands still at {done} rows"
        time.sleep(0.01)
    return done is not None


def main(arguments):
    """Load in peace, then in chaos; end with 1 at the first difference."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--lines", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)  # noqa: S311 - when to kill
    print(f"seed {options.seed}", flush=True)
    with machine() as here:
        chaos = Chaos(here)
        older, data = content(options.lines, older=True), content(options.lines)
        chaos.start("worker")
        chaos.start("beat")
        wait_until(received(older), float("inf"))
        peaceful = received(data)
        wait_until(peaceful, float("inf"))
        expected = outcome(peaceful)
        print(f"in peace: {expected[0]} {expected[2][0][:7]}", flush=True)
        kills = dict.fromkeys(VICTIMS, 0)
        while sum(kills.values()) < options.kills:
            asked("TRUNCATE imports_claimline, imports_previousline, imports_touchedpersons")
            wait_until(received(older), float("inf"))
            load_id = received(data)
            of_this_load = 0
            while sum(kills.values()) < options.kills and of_this_load < MOST_OF_ONE_LOAD:
                if not wait_until(load_id, chance.randrange(2 * options.lines)):
                    break
                # Figures come twice a second: where in between is left to chance.
                time.sleep(chance.uniform(0, 0.5))
                victim = min(VICTIMS, key=lambda name: (kills[name], chance.random()))
                chaos.kill(victim)
                chaos.start(victim)
                kills[victim] += 1
                of_this_load += 1
            wait_until(load_id, float("inf"))
            found = outcome(load_id)
            print(f"{of_this_load} kills, {kills}: {found[0]}", flush=True)
            if found != expected:
                print(f"DIFFERENT: {found[0]} {found[2]}, expected {expected[2]}")
                return 1
        chaos.kill("beat")
    print(f"{sum(kills.values())} kills ({kills}): the store was the same every time")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
