"""Destroyed: nothing of a record is left in any table or file, and its journal still holds."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from pathlib import Path

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from access.binding import binding, note
from access.journal import Action, chain_is_whole
from access.models import JournalEvent, Notice, User
from access.viewer import WORKER
from records import files
from records.models import (
    ContactPoint,
    Destruction,
    Document,
    Person,
    Record,
    Representation,
    SynthesisDraft,
)
from records.opening import ask_erasure, close_record, destroy_due, take_back_erasure
from records.opening.closing import GRACE
from tests.access.told import give, person, record_of
from tests.laid_once import jeanne
from tests.records.opening.conftest import NOON, as_patient


__all__ = ["jeanne"]

pytestmark = pytest.mark.django_db
SOON = 60.0


def tables(cursor):
    cursor.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT relispartition"
    )
    return [name for (name,) in cursor.fetchall()]


def holding(word):
    """Every table in which a row says this word, whatever the column; as the owner."""
    with connection.cursor() as cursor:
        found = set()
        for table in tables(cursor):
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {table} t WHERE strpos(t::text, %s) > 0)",  # noqa: S608
                [str(word)],
            )
            if cursor.fetchone() == (True,):
                found.add(table)
        return found


def age(record, *, asked=None, closed=None):
    """Close a record, and let the demand and the closing be as old as said."""
    at = timezone.now()
    Record.objects.filter(id=record.id).update(
        status="closed",
        closed_at=at - (closed or dt.timedelta(days=60)),
        erasure_asked_at=at - asked if asked else None,
    )


def folder(record, settings):
    return Path(settings.DMP_FILES_DIR) / "records" / record.id.hex


OLD = GRACE + dt.timedelta(minutes=1)
YOUNG = GRACE - dt.timedelta(minutes=1)
WORDS = ("Sertraline", "Petit", "MOREL")


# --- Everything goes ---------------------------------------------------------------------------


def test_nothing_of_a_record_is_left_but_its_tombstones(jeanne, as_owner, as_worker, settings):
    with as_owner():
        record = jeanne.record
        SynthesisDraft.objects.create(
            record=record, author_id=uuid.uuid4(), body_sealed=b"x", opened_at=NOON,
            updated_at=NOON,
        )  # fmt: skip
        Document.objects.filter(record=record).update(title="Sertraline")  # and so its history
        with binding(WORKER):
            note(Action.OPENED, record.id, by=WORKER, reason="Sertraline")
        age(record, asked=OLD)
        before = holding(record.id)
        assert len(before) > 15
        assert "records_documentevent" in holding("Sertraline")
        assert folder(record, settings).exists()
    destroy_due()

    with as_owner():
        stays = {"access_journalevent", "access_journalhead", "records_destruction"}
        assert holding(record.id) == stays
        assert holding("Sertraline") == set()
        assert JournalEvent.objects.get(record_id=record.id, act="destroyed").reason == ""
        assert chain_is_whole(record.id)
    assert not folder(record, settings).exists()
    assert Destruction.objects.get().files_gone_at is not None


def test_another_record_is_left_as_it_is(jeanne, as_owner, as_worker, settings):
    with as_owner():
        other = record_of(person())
        name = files.store(other, b"autre")
        age(jeanne.record, asked=OLD)
        before = holding(other.id)
    destroy_due()

    with as_owner():
        assert holding(other.id) == before
        assert files.load(other, name) == b"autre"


def test_who_has_an_account_stays_and_is_told_who_has_none_goes(as_owner, as_worker):
    with as_owner():
        holder, mother, uncle = person(), person(), person()
        for who in (holder, mother, uncle):
            give(who, "email", "jeanne@exemple.test")
        User.objects.create(email="maman@exemple.test", person=mother)
        own = record_of(uncle)
        record = record_of(holder)
        for who in (mother, uncle):
            Representation.objects.create(record=record, person=who, ground="guardian", since=NOON)
        age(record, asked=OLD)
    destroy_due()

    with as_owner():
        assert set(Person.objects.values_list("id", flat=True)) == {mother.id, uncle.id}
        assert ContactPoint.objects.count() == 2
        assert Record.objects.get().id == own.id
        told = Notice.objects.get()
    assert (told.person_id, told.record_id, told.state) == (mother.id, None, "waiting")
    assert told.body == "C'est fait : il n'y a plus rien dans un dossier que vous suivez."


def test_a_record_merged_into_it_goes_with_it(as_owner, as_worker):
    with as_owner():
        record = record_of(person())
        former = record_of(person(), merged_into=record)
        age(record, asked=OLD)
    destroy_due()

    with as_owner():
        assert not Record.objects.exists()
        assert set(Destruction.objects.values_list("record_id", flat=True)) == {
            record.id,
            former.id,
        }


# --- When, and at whose word ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "closed", "ground"),
    [
        (YOUNG, None, None),
        (OLD, None, "asked"),
        (None, dt.timedelta(days=3600), None),
        (None, dt.timedelta(days=3654), "years"),
    ],
)
def test_a_closed_record_goes_thirty_days_after_a_demand_or_ten_years_after(
    as_owner, as_worker, asked, closed, ground
):
    with as_owner():
        record = record_of(person())
        age(record, asked=asked, closed=closed)
    destroy_due()

    found = Destruction.objects.filter(record_id=record.id).values_list("ground", flat=True)
    assert list(found) == ([ground] if ground else [])


def test_an_open_record_never_goes_by_itself(as_owner, as_worker):
    with as_owner():
        record = record_of(person())
        age(record, asked=OLD, closed=dt.timedelta(days=4000))
        Record.objects.update(status="open")
    destroy_due()

    assert not Destruction.objects.exists()


def test_a_demand_is_told_at_once_and_taken_back_once(opening):
    record = Record.objects.get(id=opening().record_id)
    user = User.objects.create(email="jeanne@exemple.test", person=record.holder)
    viewer = as_patient(record.holder, user)

    def act(use_case):
        with binding(viewer):
            use_case(by=viewer, record_id=record.id)

    presses = [close_record, take_back_erasure, ask_erasure, ask_erasure]
    for press in [*presses, take_back_erasure, take_back_erasure]:
        act(press)

    assert Notice.objects.get(kind="erasure_asked").due_at == NOON
    record.refresh_from_db()
    assert (record.status, record.erasure_asked_at) == ("closed", None)
    acts = JournalEvent.objects.order_by("seq").values_list("act", flat=True)
    assert list(acts) == ["opened", "closed", "erasure_asked", "erasure_taken_back"]


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("dmp_app", "SELECT dmp_destroy_due_record(%s)"),
        ("dmp_app", "SELECT dmp_destroy_rows(%s, 'asked')"),
        ("dmp_worker", "SELECT dmp_destroy_rows(%s, 'asked')"),
        ("dmp_app", "DELETE FROM records_record WHERE id = %s"),
        ("dmp_worker", "DELETE FROM records_record WHERE id = %s"),
        ("dmp_worker", "INSERT INTO records_destruction VALUES (%s, 'asked', now(), NULL)"),
    ],
)
def test_the_web_destroys_nothing_and_the_worker_nothing_by_itself(role, statement):
    record = record_of(person())
    age(record, asked=OLD)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SET LOCAL ROLE {role}; {statement}", [record.id])
    assert Record.objects.filter(id=record.id).exists()


def test_the_worker_cannot_destroy_before_the_time(as_owner, as_worker):
    with as_owner():
        record = record_of(person())
        age(record, asked=YOUNG)
    with connection.cursor() as cursor:
        for key in (record.id, uuid.uuid4()):
            cursor.execute("SELECT dmp_destroy_due_record(%s)", [key])
            assert cursor.fetchone() == (False,)


# --- The operator's order -----------------------------------------------------------------------


@pytest.fixture
def owner(settings, as_owner):
    settings.DMP_PROCESS = "owner"
    with as_owner():
        yield


def test_the_operator_is_asked_first_and_then_it_is_done(jeanne, owner, monkeypatch, capsys):
    key = str(jeanne.record.id)
    monkeypatch.setattr("builtins.input", lambda _asked: "yes")
    with pytest.raises(CommandError, match="Nothing was destroyed"):
        call_command("destroy_record", key)
    assert Record.objects.filter(id=key).exists()
    monkeypatch.setattr("builtins.input", lambda _asked: "destroy")
    call_command("destroy_record", key)

    said = capsys.readouterr().out
    assert f"Record {key} is open. Nothing brings it back." in said
    assert "MOREL" not in said.upper()
    assert holding(key) == {"access_journalevent", "access_journalhead", "records_destruction"}
    assert JournalEvent.objects.get(act="destroyed").reason == "operator"
    with pytest.raises(CommandError, match=f"There is no record {key}"):
        call_command("destroy_record", key, "--no-input")


@pytest.mark.parametrize(("who", "page"), [("jeanne", "records:connect"),
                                           ("guardian", "access:capacity")])  # fmt: skip
def test_a_session_that_outlives_its_record_begins_elsewhere(jeanne, owner, who, page):
    """Not on a page that isn't there, whose every link leads to another."""
    browser = jeanne.browser(who)
    assert browser.get("/")["Location"] == reverse("records:home", args=[jeanne.record.id])
    call_command("destroy_record", str(jeanne.record.id), "--no-input")

    assert browser.get("/")["Location"] == reverse(page)
    assert browser.get(reverse(page)).status_code == 200


def test_only_the_owner_of_the_tables_may_order_it():
    record = record_of(person())
    with pytest.raises(CommandError, match="DMP_PROCESS=owner"):
        call_command("destroy_record", str(record.id), "--no-input")
    assert Record.objects.exists()


# --- The journal ---------------------------------------------------------------------------------


def written(times=3):
    record = record_of(person())
    for number in range(times):
        with binding(WORKER):
            note(Action.LIST_READ, record.id, by=WORKER, shown=number)
    return record


BURY = (
    "UPDATE access_journalevent SET act = '', actor_role = '', actor_name = '', door = '',"
    " shown = NULL, salt = '' WHERE record_id = %s AND seq = 2"
)


def bury(record):
    with connection.cursor() as cursor:
        cursor.execute(BURY, [record.id])


def test_no_line_becomes_a_tombstone_while_its_record_lives(owner):
    record = written()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        bury(record)
    with connection.cursor() as cursor:  # as somebody who holds the whole server would
        cursor.execute("ALTER TABLE access_journalevent DISABLE TRIGGER journal_append_only")
    bury(record)

    assert not chain_is_whole(record.id)


def test_under_a_destruction_a_line_is_buried_and_never_rewritten(owner):
    record = written()
    Destruction.objects.create(record_id=record.id, ground="operator", destroyed_at=timezone.now())
    for change in ("act = 'opened'", "shown = 7", "digest = '\\x00'", "at = now()"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE access_journalevent SET {change} WHERE record_id = %s",  # noqa: S608
                [record.id],
            )
    bury(record)
    assert JournalEvent.objects.filter(act="").count() == 1


def test_tombstones_still_tell_a_removed_or_moved_line(as_owner, as_worker):
    with as_owner():
        record = written(4)
        age(record, asked=OLD)
    destroy_due()

    with as_owner():
        assert chain_is_whole(record.id)
        assert JournalEvent.objects.filter(record_id=record.id).count() == 5
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE access_journalevent DISABLE TRIGGER ALL")
            cursor.execute(
                "DELETE FROM access_journalevent WHERE record_id = %s AND seq = 2", [record.id]
            )
        assert not chain_is_whole(record.id)


# --- Killed on its way ------------------------------------------------------------------------


def test_files_left_by_a_worker_that_died_are_removed_by_the_next_round(
    as_owner, as_worker, settings
):
    with as_owner():
        record = record_of(person())
        files.store(record, b"reste")
        Destruction.objects.create(
            record_id=record.id, ground="asked", destroyed_at=timezone.now()
        )
    destroy_due()
    destroy_due()

    assert not folder(record, settings).exists()
    assert Destruction.objects.get().files_gone_at is not None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_random_destroys_everything_in_the_end(worker, settings, as_owner):
    records = [record_of(person()) for _number in range(30)]
    for record in records:
        for number in range(5):
            files.store(record, f"{number}".encode())
        with binding(WORKER):
            note(Action.OPENED, record.id, by=WORKER)
        age(record, asked=OLD)
    deadline = time.monotonic() + SOON
    kills = 0
    while Record.objects.exists() or kills < 3:
        current_app.send_task("records.destroy")
        left = Record.objects.count()
        while Record.objects.count() == left and left:
            assert time.monotonic() < deadline, worker.log.read_text()
            time.sleep(0.005)
        if kills < 3:
            worker.kill()
            worker.start()
            kills += 1
    current_app.send_task("records.destroy")
    while any(folder(record, settings).exists() for record in records):
        assert time.monotonic() < deadline, worker.log.read_text()
        time.sleep(0.02)
    worker.stop()

    with as_owner():
        ended = Destruction.objects.filter(files_gone_at__isnull=False)
        assert ended.count() == len(records)
    for record in records:
        assert list(
            JournalEvent.objects.filter(record_id=record.id)
            .order_by("seq")
            .values_list("act", flat=True)
        ) == ["", "destroyed"]
        assert chain_is_whole(record.id)
