"""Two presses at the same instant, by two processes' connections: one record, one person."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from access.binding import binding
from access.models import ActivationCode, JournalEvent, Receipt
from records.models import Person, Record, RecordIdentifier, Representation
from records.opening import Identity, Outcome, open_record
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


def at_once(*presses):
    """Press all together, each on a connection of its own; return what each was told."""
    ready = threading.Barrier(len(presses))

    def press(told):
        try:
            ready.wait(10)
            with binding(told["by"]):
                return open_record(**told)
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
