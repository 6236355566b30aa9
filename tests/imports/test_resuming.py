"""A load goes on where it was left, in its turn, whatever was lost meanwhile."""

from __future__ import annotations

import datetime as dt
import threading
import time
from contextlib import ExitStack

import pytest
from django.db import connection
from django.db.models import F

from access.binding import binding
from imports import loading
from imports.loading import merging, staging, turns, undoing
from imports.loading.heartbeat import Heartbeat
from imports.loading.progress import progress_of
from imports.loading.wording import paused
from imports.models import Load
from tests.imports.loads import DESK, counts, line, lines, receive, store
from tests.imports.persons import rows


pytestmark = pytest.mark.django_db(transaction=True)


class Power(RuntimeError):
    """The power went."""


def people(count):
    return lines(
        *(line(f"L{n}", person_system="dcir", person_value=f"p{n % 40}") for n in range(count))
    )


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


def test_paused_while_it_is_read_again_it_says_what_is_there(halfway):
    """And how long that takes isn't known: it began some time after the load did."""
    Load.objects.update(staged_rows=None, rows_read=40, bytes_read=100)
    assert "Temps restant" not in progress_of(Load.objects.get()).detail
    Load.objects.update(state="paused")
    assert paused(Load.objects.get()).startswith("Ce qui est chargé le reste.")


def test_a_staging_table_that_is_gone_is_made_again(halfway):
    staging.drop(halfway)

    assert loading.run(halfway)

    whole(halfway)


@pytest.mark.parametrize("somebody_paused", [False, True])
def test_the_pace_counts_no_time_in_which_no_worker_was_there(
    halfway, monkeypatch, somebody_paused
):
    """After an hour without one, the time left is that of the chunks that are left."""
    now, hour, paces = dt.datetime.now(dt.UTC), dt.timedelta(hours=1), []
    Load.objects.update(merging_since=now - hour - dt.timedelta(seconds=6), heartbeat=now - hour)
    if somebody_paused:
        Load.objects.update(state="paused")
        with binding(DESK):
            loading.resume(by=DESK, load_id=halfway)
        hours_pass = {name: F(name) - hour for name in ("merging_since", "heartbeat")}
        Load.objects.update(**hours_pass)
    merge_chunk = merging._merge_chunk

    def looked_at(load, *args, **options):
        paces.append(progress_of(Load.objects.get()).detail)
        return merge_chunk(load, *args, **options)

    monkeypatch.setattr(merging, "_merge_chunk", looked_at)

    assert loading.run(halfway)

    assert paces[0].startswith("Temps restant : moins d'une minute. ")
    whole(halfway)


def of(scheme, *months):
    """A line for each month in which the fund processed one."""
    return lines(*(line(f"{scheme} {m}", scheme=scheme, flow_date=f"2026-{m}-05") for m in months))


@pytest.fixture
def beside(as_the_worker):
    """Another worker in the middle of its second pass: what it holds, by what it loads."""
    other = connection.copy()
    ending = ExitStack()

    def writes(content):
        load_id = receive(content)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(merging, "merge", lambda *_a, **_o: _stop())
            with pytest.raises(Power):
                loading.run(load_id)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(turns, "connection", other)
            ending.enter_context(turns.writing(Load.objects.get(id=load_id)))

    yield writes
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(turns, "connection", other)
        ending.close()
    other.close()


def _stop():
    raise Power


@pytest.mark.parametrize(
    ("content", "goes"),
    [
        (of("general", "04"), False),
        (of("general", "05"), True),
        (of("general", "05", "04"), False),  # a file of several months needs them all
        (of("agricultural", "04"), True),
        (b"pseudonym;person_system;person_value\np1;nir:rank;2850375115042:1\n", False),
    ],
    ids=["same month", "another month", "two months", "another scheme", "aliases"],
)
def test_one_load_at_a_time_for_a_scheme_and_a_month(beside, content, goes):
    beside(of("general", "04"))
    load_id = receive(content)

    assert loading.run(load_id) is goes

    load = Load.objects.get(id=load_id)
    assert (load.state, load.attempts) == (("done", 1) if goes else ("waiting", 0))
    if not goes:
        assert load.staged_rows  # it is ready for its turn, and holds nothing meanwhile
        assert load.chunks_merged is None


@pytest.mark.parametrize("names", [["claims load {}"], ["claims slot 0", "claims slot 1"]])
def test_a_load_is_done_by_one_worker_and_not_every_worker_loads(as_the_worker, names):
    load_id = receive(people(3))
    other = connection.copy()
    with other.cursor() as held:
        for name in names:
            held.execute(
                "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name.format(load_id)]
            )
        assert not loading.run(load_id)
        held.execute("SELECT pg_advisory_unlock_all()")
    other.close()

    assert loading.run(load_id)


def test_two_months_of_a_scheme_at_once_leave_the_newest_state_of_a_line(as_the_worker):
    """Who comes second to a person waits, then compares with what the first one wrote."""
    newer = receive(
        lines(line("A", quantity="2", care_start="2026-03-09", flow_date="2026-05-05"))
    )
    older = receive(lines(line("A", quantity="1", flow_date="2026-04-05")))
    waits = threading.Event()
    keep_others_out = turns.keep_others_out
    results = []

    def slowly(*args):
        keep_others_out(*args)
        waits.set()
        time.sleep(0.3)

    def beside():
        results.append(loading.run(newer))
        connection.close()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(turns, "keep_others_out", slowly)
        first = threading.Thread(target=beside)
        first.start()
        assert waits.wait(10)
    assert loading.run(older)
    first.join(10)

    assert results == [True]
    assert store() == [("general", "A", "2026-03-09", 2, 1000, False, "2026-05-05")]


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
    rows("UPDATE imports_load SET pause_asked = true RETURNING 1")

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


def test_nothing_is_taken_back_of_two_loads_that_wrote_in_each_other_s_time(halfway):
    """The one that paused found some lines as they were before the other, some after it."""
    rows("UPDATE imports_load SET state = 'paused' RETURNING 1")
    other = receive(people(100).replace(b"2026-04-05", b"2026-05-05"))
    assert loading.run(other)
    with binding(DESK):
        loading.resume(by=DESK, load_id=halfway)
    assert loading.run(halfway)

    assert [undoing.may_undo(load) for load in Load.objects.order_by("id")] == [False, False]
    # One that began after both.
    again = receive(
        people(100).replace(b";1000;1000;", b";2000;1000;").replace(b"-04-05", b"-06-05")
    )
    assert loading.run(again)
    assert undoing.may_undo(Load.objects.get(id=again))


def test_a_load_that_another_came_before_it_was_taken_back_stays_as_it_was(as_the_worker):
    for month in ("04", "05"):
        assert loading.run(receive(people(3).replace(b"2026-04-05", f"2026-{month}-05".encode())))
    first = Load.objects.order_by("id")[0]
    Load.objects.filter(id=first.id).update(state="undoing")

    assert loading.run(first.id)

    assert Load.objects.get(id=first.id).state == "done"
    assert Load.objects.get(id=first.id).finished_at == first.finished_at
    assert [undoing.may_undo(load) for load in Load.objects.order_by("id")] == [False, True]


def test_a_pause_in_the_first_pass_leaves_nothing_and_begins_it_again(monkeypatch, as_the_worker):
    load_id = receive(people(100))
    rows("UPDATE imports_load SET pause_asked = true RETURNING 1")
    with monkeypatch.context() as patched:
        patched.setattr(Heartbeat, "paused", lambda _self: True)
        assert loading.run(load_id)
    load = Load.objects.get()
    assert (load.state, load.staged_rows) == ("paused", None)

    with binding(DESK):
        loading.resume(by=DESK, load_id=load_id)
    assert loading.run(load_id)

    assert counts(Load.objects.get()) == {"read": 100, "set_aside": 100}


def test_a_pause_that_is_taken_back_before_it_is_heard_stops_nothing(monkeypatch, as_the_worker):
    monkeypatch.setattr(staging, "CHUNK_ROWS", 10)
    monkeypatch.setattr(merging, "LANES", 1)
    load_id = receive(people(100))
    merge_chunk, done = merging._merge_chunk, []
    with monkeypatch.context() as patched:
        patched.setattr(merging, "_merge_chunk", lambda *a, **o: done.append(merge_chunk(*a, **o)))
        patched.setattr(Heartbeat, "paused", lambda _self: len(done) == 3)
        assert loading.run(load_id)
    assert (Load.objects.get().state, loading.waiting()) == ("loading", [load_id])

    assert loading.run(load_id)

    whole(load_id)


def test_the_pulse_of_a_load_hears_that_a_pause_is_asked(as_the_worker):
    heartbeat = Heartbeat(receive(people(3)))
    heartbeat._beat()
    assert not heartbeat.paused()

    rows("UPDATE imports_load SET pause_asked = true RETURNING 1")
    heartbeat._beat()

    assert heartbeat.paused()

    rows("UPDATE imports_load SET pause_asked = false RETURNING 1")
    heartbeat._beat()

    assert not heartbeat.paused()


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
    begun = progress_of(Load.objects.get(id=load_id)).percent
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
    assert 99 > progress_of(Load.objects.get(id=load_id)).percent > begun
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
