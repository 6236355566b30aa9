"""A record that is filled while a load changes its lines has all of them in the end."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from access.binding import binding
from imports import filling, loading
from records.models import Filling
from tests.imports.loads import DESK, line, lines, receive
from tests.imports.persons import claim, lines_of, make_record, rows


pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(work, role="dmp_worker"):
    """Work on a connection of its own."""

    def run():
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {role}")
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("undone", [False, True])
def test_a_record_opened_and_filled_while_its_lines_change_is_filled_again(
    as_owner, monkeypatch, undone
):
    """Who changes them asked before it was there, and it was filled before they were committed."""
    ask_again, records = filling.ask_again, []

    def open_and_fill():
        records.append(make_record())
        assert filling.fill(records[0])

    def and_somebody_comes(keys):
        ask_again(keys)
        elsewhere(open_and_fill, "dmp_owner").join(10)

    def meanwhile(work):
        with monkeypatch.context() as patched:
            patched.setattr(filling, "ask_again", and_somebody_comes)
            assert work()

    with as_owner():
        load_id = receive(lines(line("A")))
        if undone:
            assert loading.run(load_id)
            with binding(DESK):
                loading.undo(by=DESK, load_id=load_id)
        meanwhile(lambda: loading.run(load_id))
        assert set(lines_of(records[0])) == ({"A"} if undone else set())

        assert not filling.fill_waiting()

        left = {("A", "cancelled")} if undone else {("A", "")}
        assert {(key, line[-1]) for key, line in lines_of(records[0]).items()} == left


def test_a_load_that_ends_while_a_record_is_being_filled_is_seen_by_the_next_filling(
    as_owner, monkeypatch
):
    """The filling has read the store already: it is asked for again, not thought under way."""
    with as_owner():
        record = make_record()
        claim("A")
    reading = threading.Event()
    go_on = threading.Event()
    write = filling.record.sets.writing.write

    def slowly(*args, **options):
        reading.set()
        assert go_on.wait(10)
        return write(*args, **options)

    monkeypatch.setattr(filling.record.sets.writing, "write", slowly)

    def arrive():
        claim("B")
        filling.ask_again([bytes(rows("SELECT person_key FROM imports_claimline")[0][0])])

    first = elsewhere(lambda: filling.fill(record))
    assert reading.wait(10)
    monkeypatch.setattr(filling.record.sets.writing, "write", write)
    second = elsewhere(arrive)
    time.sleep(0.3)
    go_on.set()
    first.join(10)
    second.join(10)

    with as_owner():
        assert set(lines_of(record)) == {"A"}
        assert sorted(Filling.objects.values_list("state", flat=True)) == ["done", "waiting"]
        assert filling.fill(record)
        assert set(lines_of(record)) == {"A", "B"}
