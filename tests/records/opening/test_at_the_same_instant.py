"""Two presses at the same instant, by two processes' connections: one record, one person."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection

from access.binding import binding
from access.models import ActivationCode, JournalEvent, Receipt
from records.models import Person, Record, RecordIdentifier, Representation
from records.opening import Identity, Outcome, give_own_code, open_record, renew_code
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
