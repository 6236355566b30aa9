"""Several presses at the same instant, each on its own connection: one is one, three are three."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from access import activation
from access.binding import binding
from access.models import ActivationCode
from access.policy import NotVisible
from access.viewer import ANONYMOUS
from records import deposits, entries, opening
from records.leaflet_codes import code_digest
from records.models import Document, Entry, Record, SynthesisDraft
from records.stopping import stop_taking
from records.synthesis.choices import Choices
from records.synthesis.signing import save_choices
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON


pytestmark = pytest.mark.django_db(transaction=True)
CODE = "ACDEFGHJK"
SERTRALINE = "N06AB06"


def at_once(by, at, *presses):
    """Press all together; return what each was told."""
    ready = threading.Barrier(len(presses))

    def press(act):
        try:
            with binding(by, at=at):
                ready.wait(10)
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(presses)) as threads:
        return list(threads.map(press, presses))


def test_a_leaflet_has_three_tries_however_many_come_together(as_owner):
    with as_owner():
        record = cast.record(cast.person(born=dt.date(1958, 3, 4)))
        ActivationCode.objects.create(
            record=record, digest=code_digest(CODE), made_at=NOON,
            expires_at=NOON + dt.timedelta(days=14),
        )  # fmt: skip

    def guess(day):
        return lambda: activation.find_activation(
            code=CODE, born_on=dt.date(1958, 3, day), source=f"10.0.0.{day}"
        )

    at_once(ANONYMOUS, NOON, *[guess(day) for day in (10, 11, 12, 13, 14, 15)])
    [(found, _problem)] = at_once(ANONYMOUS, NOON, guess(4))

    assert found is None
    assert ActivationCode.objects.get().tries_left == 0


def test_what_is_written_in_a_record_by_one_press_sent_four_times_is_written_once(jeanne):
    record = jeanne.record.id
    by = jeanne.viewers["jeanne"]
    presses = {
        "a medicine stopped": lambda: stop_taking(by=by, record_id=record, treatment=SERTRALINE),
        "a blood group": lambda: entries.write(
            by=by, record_id=record, kind="blood_group", content={"value": "O+"}, seen=None
        ),
        "somebody to call": lambda: entries.write(
            by=by, record_id=record, kind="contact",
            content={"name": "Luc Morel", "phone": "06 39 98 00 01"}, seen=None,
        ),
        "a document": lambda: deposits.deposit(
            by=by, record_id=record, title="Mon carnet", type_code="DOCPAT01",
            occurred_on=NOON.date(), data=b"12 de tension ce matin",
        ),
    }  # fmt: skip

    for act in presses.values():
        at_once(by, NOON, *[act] * 4)

    held = Entry.objects.filter(record=record, withdrawn_at=None)
    assert {
        "a medicine stopped": held.filter(content__treatment=SERTRALINE).count(),
        "a blood group": held.filter(kind="blood_group").count(),
        "somebody to call": held.filter(content__name="Luc Morel").count(),
        "a document": Document.objects.filter(record=record, title="Mon carnet").count(),
    } == dict.fromkeys(presses, 1)


def test_the_first_save_of_a_draft_pressed_four_times_at_once_is_one_draft(jeanne):
    by, record = jeanne.viewers["petit"], jeanne.record.id
    draft = Choices(allergies="none", added="Appendicectomie")
    presses = [lambda: save_choices(by=by, record_id=record, choices=draft)] * 4

    assert at_once(by, NOON, *presses) == [None] * 4
    assert SynthesisDraft.objects.filter(record=record).count() == 1


def test_a_demand_taken_back_while_the_record_is_being_destroyed_finds_nothing(jeanne, as_owner):
    """The destruction came first: there is nothing to take back, and no page crashes."""
    by, record = jeanne.viewers["jeanne"], jeanne.record.id
    with as_owner():
        Record.objects.filter(id=record).update(
            status="closed", closed_at=LONG_AGO, erasure_asked_at=LONG_AGO
        )

    def take_back():
        with pytest.raises(NotVisible):
            opening.reopen_record(by=by, record_id=record)
        return True

    with ThreadPoolExecutor(1) as threads:
        with as_owner(), transaction.atomic(), connection.cursor() as destroying:
            destroying.execute("SELECT dmp_destroy_due_record(%s)", [record])
            pressed = threads.submit(at_once, by, NOON, take_back)
            until_somebody_waits(destroying)
        assert pressed.result(30) == [True]


def until_somebody_waits(cursor):
    for _ in range(10_000):
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks"
            " WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        if cursor.fetchone():
            return
    pytest.fail("nobody waited")
