"""A load goes on where it was left, alone on its database, whatever was lost meanwhile."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections

from access.binding import binding
from imports import filling, loading
from imports.loading import merging, staging, undoing
from imports.loading.heartbeat import Heartbeat
from imports.models import Load
from records.models import Filling
from tests.imports.loads import DESK, counts, line, lines, receive
from tests.imports.persons import claim, lines_of, make_record, rows


pytestmark = pytest.mark.django_db(transaction=True)


class Power(RuntimeError):
    """The power went."""


def people(count):
    return lines(
        *(line(f"L{n}", person_system="dcir", person_value=f"p{n % 40}") for n in range(count))
    )


@pytest.fixture
def as_the_worker(monkeypatch, transactional_db):
    """Every connection of this process takes the worker's role, those of other threads too."""
    for options in (
        connection.settings_dict["OPTIONS"],
        connections.settings["default"]["OPTIONS"],
    ):
        monkeypatch.setitem(options, "options", "-c role=dmp_worker")
    connection.close()
    yield
    connection.close()


@pytest.fixture
def halfway(monkeypatch, as_the_worker):
    """A load of many chunks, interrupted after three of them."""
    monkeypatch.setattr(staging, "CHUNK_ROWS", 10)
    monkeypatch.setattr(merging, "LANES", 1)
    merge_chunk = merging._merge_chunk
    done = []

    def until_the_power_goes(*args, **options):
        if len(done) == 3:
            raise Power
        done.append(merge_chunk(*args, **options))

    load_id = receive(people(100))
    monkeypatch.setattr(merging, "_merge_chunk", until_the_power_goes)
    with pytest.raises(Power):
        loading.run(load_id)
    monkeypatch.setattr(merging, "_merge_chunk", merge_chunk)
    return load_id


def whole(load_id):
    load = Load.objects.get(id=load_id)
    assert load.state == "done"
    assert counts(load) == {"read": 100, "set_aside": 100}
    assert load.chunk == load.chunks == 10
    assert rows("SELECT count(*), count(DISTINCT line_id) FROM imports_claimline") == [(100, 100)]


def test_only_the_chunks_not_done_are_done(halfway):
    load = Load.objects.get()
    assert (load.state, load.chunk) == ("loading", 3)
    assert 0 < rows("SELECT count(*) FROM imports_claimline")[0][0] < 100

    assert loading.run(halfway)

    whole(halfway)
    assert Load.objects.get().attempts == 2


def test_staged_rows_emptied_by_a_crash_of_the_server_are_read_again(halfway):
    rows(f"TRUNCATE {staging.table_of(halfway)}; SELECT 1")

    assert loading.run(halfway)

    whole(halfway)


def test_a_staging_table_that_is_gone_is_made_again(halfway):
    staging.drop(halfway)

    assert loading.run(halfway)

    whole(halfway)


def test_one_load_at_a_time(as_the_worker):
    load_id = receive(people(3))
    other = connection.copy()
    with other.cursor() as held:
        held.execute("SELECT pg_advisory_lock(4476240, 1)")
        assert not loading.run(load_id)
        held.execute("SELECT pg_advisory_unlock(4476240, 1)")
    other.close()

    assert loading.run(load_id)


def test_what_stopped_is_found_after_ten_beats(as_the_worker):
    receive(people(3))
    rows("UPDATE imports_load SET state = 'loading', heartbeat = now() RETURNING 1")
    assert loading.waiting() == []
    rows("UPDATE imports_load SET heartbeat = now() - interval '6 seconds' RETURNING 1")
    assert len(loading.waiting()) == 1
    rows("UPDATE imports_load SET state = 'done' RETURNING 1")
    assert loading.waiting() == []


def test_a_load_that_stops_every_time_is_put_aside(as_the_worker):
    load_id = receive(people(3))
    rows("UPDATE imports_load SET attempts = 20 RETURNING 1")

    assert not loading.run(load_id)

    load = Load.objects.get()
    assert (load.state, load.problem_code) == ("failed", "too_many_attempts")


def test_two_lanes_do_as_one(monkeypatch, as_the_worker):
    monkeypatch.setattr(staging, "CHUNK_ROWS", 10)
    load_id = receive(people(100))

    assert loading.run(load_id)

    whole(load_id)


def test_a_load_paused_between_two_chunks_goes_on_with_the_next(monkeypatch, as_the_worker):
    monkeypatch.setattr(staging, "CHUNK_ROWS", 10)
    monkeypatch.setattr(merging, "LANES", 1)
    load_id = receive(people(100))
    done = []
    merge_chunk = merging._merge_chunk
    monkeypatch.setattr(merging, "_merge_chunk", lambda *a, **o: done.append(merge_chunk(*a, **o)))
    monkeypatch.setattr(Heartbeat, "paused", lambda _self: len(done) == 3)

    assert loading.run(load_id)

    load = Load.objects.get()
    assert (load.state, load.chunk) == ("paused", 3)
    assert not loading.run(load_id)
    assert loading.waiting() == []
    monkeypatch.setattr(Heartbeat, "paused", lambda _self: False)
    with binding(DESK):
        loading.resume(by=DESK, load_id=load_id)
    assert Load.objects.get().state == "loading"

    assert loading.run(load_id)

    assert len(done) == 10
    whole(load_id)


def test_a_pause_in_the_first_pass_leaves_nothing_and_begins_it_again(monkeypatch, as_the_worker):
    load_id = receive(people(100))
    with monkeypatch.context() as patched:
        patched.setattr(Heartbeat, "paused", lambda _self: True)
        assert loading.run(load_id)
    load = Load.objects.get()
    assert (load.state, load.staged_rows) == ("paused", None)

    with binding(DESK):
        loading.resume(by=DESK, load_id=load_id)
    assert loading.run(load_id)

    assert counts(Load.objects.get()) == {"read": 100, "set_aside": 100}


def test_the_pulse_of_a_load_hears_that_a_pause_is_asked(as_the_worker):
    heartbeat = Heartbeat(receive(people(3)))
    heartbeat._beat()
    assert not heartbeat.paused()

    rows("UPDATE imports_load SET pause_asked = true RETURNING 1")
    heartbeat._beat()

    assert heartbeat.paused()


def test_an_undoing_cut_short_goes_on_and_nothing_is_loaded_meanwhile(monkeypatch, as_the_worker):
    monkeypatch.setattr(staging, "CHUNK_ROWS", 10)
    assert loading.run(receive(people(100)))
    before = rows("SELECT to_jsonb(c) FROM imports_claimline c ORDER BY line_id")
    changed = (
        people(100).replace(b";1000;1000;", b";2000;1000;").replace(b"2026-04-05", b"2026-05-05")
    )
    load_id = receive(changed)
    assert loading.run(load_id)
    after = rows("SELECT to_jsonb(c) FROM imports_claimline c ORDER BY line_id")
    with binding(DESK):
        loading.undo(by=DESK, load_id=load_id)
    undo_chunk = undoing._undo_chunk
    done = []

    def until_the_power_goes(load):
        if len(done) == 3:
            raise Power
        done.append(load)
        return undo_chunk(load)

    with monkeypatch.context() as patched:
        patched.setattr(undoing, "_undo_chunk", until_the_power_goes)
        with pytest.raises(Power):
            loading.run(load_id)
    between = rows("SELECT to_jsonb(c) FROM imports_claimline c ORDER BY line_id")
    assert between not in (before, after)
    other = receive(lines(line("N")))
    assert not loading.run(other)

    assert loading.run(load_id)

    assert rows("SELECT to_jsonb(c) FROM imports_claimline c ORDER BY line_id") == before
    assert Load.objects.get(id=load_id).state == "undone"
    assert loading.run(other)


def test_progress_moves_while_the_first_pass_is_one_transaction(monkeypatch, as_the_worker):
    load_id = receive(people(3_000))
    read = staging._Rows.read
    looked = []

    def look():
        for _ in range(30):
            time.sleep(0.1)
            load = Load.objects.get(id=load_id)
            looked.append((load.rows_read, load.staged_rows))
        connection.close()

    monkeypatch.setattr(staging._Rows, "read", lambda *a: time.sleep(0.7) or read(*a))
    watcher = threading.Thread(target=look)
    watcher.start()
    assert loading.run(load_id)
    watcher.join()

    assert any(0 < count <= 3_000 and staged is None for count, staged in looked)
    assert Load.objects.get().rows_read == 3_000


def test_a_load_that_ends_while_a_record_is_being_filled_is_seen_by_the_next_filling(
    as_owner, monkeypatch
):
    """The filling has read the store already: it is asked for again, not thought under way."""
    with as_owner():
        record = make_record()
        claim("A")
    reading = threading.Event()
    go_on = threading.Event()
    write = filling.record.writing.write

    def slowly(*args, **options):
        reading.set()
        assert go_on.wait(10)
        return write(*args, **options)

    monkeypatch.setattr(filling.record.writing, "write", slowly)

    def beside(work):
        def run():
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SET ROLE dmp_worker")
                work()
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def arrive():
        claim("B")
        filling.ask_again([bytes(rows("SELECT person_key FROM imports_claimline")[0][0])])

    first = beside(lambda: filling.fill(record))
    assert reading.wait(10)
    monkeypatch.setattr(filling.record.writing, "write", write)
    second = beside(arrive)
    time.sleep(0.3)
    go_on.set()
    first.join(10)
    second.join(10)

    with as_owner():
        assert set(lines_of(record)) == {"A"}
        assert sorted(Filling.objects.values_list("state", flat=True)) == ["done", "waiting"]
        assert filling.fill(record)
        assert set(lines_of(record)) == {"A", "B"}
