"""Two presses at the same instant, by two processes' connections: one record, one person."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access.binding import binding
from access.models import ActivationCode, JournalEvent, Receipt
from access.policy import NotVisible
from access.viewer import Role, Viewer
from records.models import Filling, Person, Record, RecordIdentifier, Representation
from records.opening import (
    Identity,
    Outcome,
    ask_erasure,
    change_number,
    close_record,
    give_own_code,
    open_record,
    renew_code,
    reopen_record,
    take_back_erasure,
)
from records.opening.checking import digest_of, record_under
from tests.records.opening.conftest import (
    ELODIE,
    ELODIE_NIR,
    JEANNE,
    JEANNE_NIR,
    JULES,
    JULES_NIR,
    professional,
    viewer_at,
)


pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*presses, button=open_record):
    """Press all together, each on a connection of its own; return what each was told."""
    ready = threading.Barrier(len(presses))

    def press(told):
        try:
            ready.wait(10)
            with binding(told["by"]):
                return button(**told)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(presses)) as threads:
        return list(threads.map(press, presses))


def test_one_button_pressed_twice_at_once_makes_one_record_and_one_confirmation():
    press = {
        "by": viewer_at(*professional()),
        "attempt": uuid.uuid4(),
        "identity": Identity(JEANNE_NIR, JEANNE, "cni"),
    }
    told = at_once(*[press] * 6)

    assert len(set(told)) == 1
    assert told[0].outcome == Outcome.OPENED
    assert told[0].code
    for model in (Person, Record, RecordIdentifier, Receipt, ActivationCode):
        assert model.objects.count() == 1
    assert JournalEvent.objects.filter(act="opened").count() == 1


def test_two_counters_at_once_make_one_record_and_print_one_code():
    identity = Identity(JEANNE_NIR, JEANNE, "cni")
    told = at_once(
        *[
            {"by": viewer_at(*professional()), "attempt": uuid.uuid4(), "identity": identity}
            for _counter in range(4)
        ]
    )

    outcomes = sorted(each.outcome for each in told)
    assert outcomes == [Outcome.ALREADY, Outcome.ALREADY, Outcome.ALREADY, Outcome.OPENED]
    assert len({each.record_id for each in told}) == 1
    assert [bool(each.code) for each in told].count(True) == 1


@pytest.mark.parametrize("own", [False, True], ids=["a new one", "a minor's own"])
def test_a_code_printed_by_two_presses_at_once_is_one(own):
    by = viewer_at(*professional())
    traits = replace(JEANNE, born_on=dt.date(2010, 3, 14)) if own else JEANNE
    identity = Identity(JEANNE_NIR, traits, "cni")
    with binding(by):
        open_record(by=by, attempt=uuid.uuid4(), identity=Identity(JEANNE_NIR, JEANNE, "cni"))
    Person.objects.update(born_on=traits.born_on)
    press = {"by": by, "identity": identity, "attempt": uuid.uuid4()}
    press |= {"mobile": "0639980001"} if own else {}
    told = at_once(*[press] * 6, button=give_own_code if own else renew_code)

    assert len({each.code for each in told}) == 1
    assert ActivationCode.objects.filter(replaced_at=None, for_holder=own).count() == 1
    assert JournalEvent.objects.filter(act="code_renewed").count() == 1


def test_a_mother_opening_hers_and_her_childs_at_once_is_one_person():
    by = viewer_at(*professional())
    told = at_once(
        {"by": by, "attempt": uuid.uuid4(), "identity": Identity(ELODIE_NIR, ELODIE, "cni")},
        {
            "by": by,
            "attempt": uuid.uuid4(),
            "identity": Identity(JULES_NIR, JULES, "none"),
            "representative": Identity(ELODIE_NIR, ELODIE),
        },
    )

    assert {each.outcome for each in told} == {Outcome.OPENED}
    assert Person.objects.count() == 2
    hers = Record.objects.get(id=told[0].record_id)
    assert Representation.objects.get().person_id == hers.holder_id


def until_somebody_waits_for_a_row():
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return
    pytest.fail("nobody waits")


@pytest.mark.parametrize("button", [close_record, reopen_record, ask_erasure, take_back_erasure])
def test_a_parent_suspended_while_their_press_waits_leaves_nothing_behind(button):
    by = viewer_at(*professional())
    with binding(by):
        made = open_record(
            by=by, attempt=uuid.uuid4(), identity=Identity(JULES_NIR, JULES, "none"),
            representative=Identity(ELODIE_NIR, ELODIE),
        )  # fmt: skip
    if button is not close_record:
        asked = timezone.now() if button is take_back_erasure else None
        Record.objects.update(status="closed", closed_at=timezone.now(), erasure_asked_at=asked)
    held = Representation.objects.get()
    parent = Viewer(
        user_id=uuid.uuid4(), person_id=held.person_id, role=Role.REPRESENTATIVE, active=True,
        second_factor="totp",
    )  # fmt: skip
    before = Record.objects.values("status", "erasure_asked_at").get()
    press = {"by": parent, "record_id": made.record_id}
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Record.objects.select_for_update(no_key=True).get()
            told = threads.submit(at_once, press, button=button)
            until_somebody_waits_for_a_row()
            Representation.objects.update(suspended_at=timezone.now())
        with pytest.raises(NotVisible):
            told.result(30)

    assert Record.objects.values("status", "erasure_asked_at").get() == before


def test_two_changes_at_once_of_one_number_leave_one_number_and_all_that_were_theirs():
    opened = {"by": viewer_at(*professional()), "attempt": uuid.uuid4()}
    [made] = at_once(opened | {"identity": Identity(JEANNE_NIR, JEANNE, "cni")})
    agent = Viewer(user_id=uuid.uuid4(), role=Role.FUND_AGENT, active=True, second_factor="totp")
    said = {"by": agent, "born_on": JEANNE.born_on}
    first, second, third = "155032915595137", "255032915595283", "255032915595382"
    at_once(said | {"former": JEANNE_NIR, "number": first}, button=change_number)
    # Under either of the numbers they had.
    at_once(
        said | {"former": JEANNE_NIR, "number": second}, said | {"former": first, "number": third},
        button=change_number,
    )  # fmt: skip

    live = RecordIdentifier.objects.get(until=None)
    holder = Person.objects.get()
    assert bytes(live.digest) == bytes(holder.identifier_digest)
    numbers = {digest_of(nir) for nir in (JEANNE_NIR, first, second, third)}
    assert {bytes(one) for one in holder.former_digests} == numbers - {bytes(live.digest)}
    assert {record_under(nir).id for nir in (JEANNE_NIR, first, second, third)} == {made.record_id}


def test_who_reopens_a_record_holds_whose_it_is_before_it_as_who_notes_another_number():
    """Each would wait for what the other holds."""
    press = {
        "by": viewer_at(*professional()), "attempt": uuid.uuid4(),
        "identity": Identity(JEANNE_NIR, JEANNE, "cni", ranked=f"{JEANNE_NIR}:1"),
    }  # fmt: skip
    at_once(press)
    Record.objects.update(status="closed", closed_at=timezone.now())
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Person.objects.select_for_update(no_key=True).get()
            told = threads.submit(at_once, press | {"attempt": uuid.uuid4()})
            until_somebody_waits_for_a_row()
            Record.objects.select_for_update(no_key=True, nowait=True).get()
        [opened] = told.result(30)

    assert opened.outcome == Outcome.REOPENED


def test_a_number_noted_while_a_load_asks_for_the_same_filling_is_noted():
    opened = {"by": viewer_at(*professional()), "attempt": uuid.uuid4()}
    [made] = at_once(opened | {"identity": Identity(JEANNE_NIR, JEANNE, "cni")})
    Filling.objects.update(state="done", finished_at=timezone.now())
    agent = Viewer(user_id=uuid.uuid4(), role=Role.FUND_AGENT, active=True, second_factor="totp")
    said = {
        "by": agent, "born_on": JEANNE.born_on, "former": JEANNE_NIR, "number": "155032915595137",
    }  # fmt: skip
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Filling.objects.create(record_id=made.record_id, requested_at=timezone.now())
            told = threads.submit(at_once, said, button=change_number)
            until_somebody_waits_for_a_row()
        told.result(30)

    assert record_under("155032915595137").id == made.record_id
    assert Filling.objects.filter(state="waiting").count() == 1
