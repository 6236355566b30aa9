"""A doctor's own openings on their list: while each opens the record, and not a minute longer."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from access import circle, emergency, worklist
from access.binding import binding, frozen_clock
from access.emergency import running
from access.models import Block, Opening, Practice
from access.worklist import read_worklist
from records.models import Record
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.access.test_gp_at_a_counter import words
from tests.clients import StrictClient
from tests.jeanne import BACKEND


HOUR = dt.timedelta(hours=1)


def opened(record, who, kind="emergency", **facts):
    lasting = {"emergency": 8 * HOUR, "regulation": HOUR}[kind]
    given = {"reason": "life", "since": NOON, "until": NOON + lasting} | facts
    return Opening.objects.create(record=record, professional=who.professional, kind=kind, **given)


def listed(who, at=NOON, **asked):
    with binding(who.viewer, at=at):
        running = read_worklist(by=who.viewer, **asked).running
        return [(one.patient, one.call, one.until.replace("\xa0", " ")) for one in running]


@pytest.fixture
def samu(as_owner):
    with as_owner():
        return cast.pro("Colin", place=cast.structure("SAMU 75", "samu"))


def test_each_is_there_until_its_hour_with_the_name_and_until_when(world, samu, as_owner):
    with as_owner():
        opened(world.record, world.martin)
        opened(world.record, samu, "regulation")

    assert listed(world.martin) == [("Jeanne Morel", False, "20 h 00")]
    assert listed(world.martin, at=NOON + 8 * HOUR) == []
    assert listed(samu) == [("Jeanne Morel", True, "13 h 00")]
    assert listed(samu, at=NOON + HOUR) == []
    assert listed(world.petit) == []


def test_one_that_goes_on_after_midnight_says_tomorrow(world, as_owner):
    with as_owner():
        opened(world.record, world.martin, since=NOON + 10 * HOUR, until=NOON + 18 * HOUR)

    assert listed(world.martin, at=NOON + 11 * HOUR) == [("Jeanne Morel", False, "demain 6 h 00")]
    with translation.override("en"):
        [(_name, _call, until)] = listed(world.martin, at=NOON + 11 * HOUR)
    assert until == "06:00 tomorrow"


def test_the_holder_ends_it(world, as_owner):
    with as_owner():
        opening = opened(world.record, world.martin)
    with binding(world.jeanne, at=NOON):
        emergency.end_opening(by=world.jeanne, record_id=world.record.id, opening_id=opening.id)

    assert listed(world.martin, at=NOON + HOUR) == []


def test_blocked_it_is_over(world, as_owner):
    with as_owner():
        opened(world.record, world.martin)
    with binding(world.jeanne, at=NOON):
        circle.block(by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id)

    assert listed(world.martin, at=NOON + HOUR) == []


def _a_block_alone(world):
    Block.objects.create(
        record=world.record, professional=world.martin.professional, since=LONG_AGO
    )


def _facts(**facts):
    return lambda world: Record.objects.filter(id=world.record.id).update(**facts)


def _left(world):
    Practice.objects.filter(id=world.martin.practice.id).update(until=LONG_AGO)


@pytest.mark.parametrize(
    "what",
    [
        _a_block_alone, _facts(status="closed"), _facts(status="suspended"),
        _facts(died_on=dt.date(2026, 6, 1)), _facts(emergency_refused=True), _left,
    ],
    ids=["blocked", "closed", "suspended", "died", "refused", "left"],
)  # fmt: skip
def test_what_it_no_longer_opens_is_not_there(world, as_owner, what):
    with as_owner():
        opened(world.record, world.martin)
        assert len(listed(world.martin)) == 1
        what(world)

    assert listed(world.martin) == []


def test_a_call_counts_in_a_samu_alone(world, samu, as_owner):
    with as_owner():
        opened(world.record, world.martin, "regulation")
        opened(world.record, samu, "regulation")
        Record.objects.filter(id=world.record.id).update(emergency_refused=True)

    assert listed(world.martin) == []
    assert len(listed(samu)) == 1


def test_a_record_is_there_once_and_on_the_first_page_alone(world, samu, as_owner):
    with as_owner():
        opened(world.record, samu, "regulation")
        opened(world.record, samu, since=NOON - HOUR, until=NOON + 2 * HOUR)

    assert listed(samu) == [("Jeanne Morel", False, "14 h 00")]
    assert listed(samu, search="jeanne") == []


def test_as_many_statements_for_one_as_for_many(world, as_owner, django_assert_num_queries):
    with as_owner():
        for name in ("Ahmed", "Zoé", "Line"):
            opened(cast.record(cast.person(name)), world.martin)
    # The list; the shares and the deposits, none; openings, what they open, whose they are.
    with binding(world.martin.viewer, at=NOON), django_assert_num_queries(6):
        assert len(read_worklist(by=world.martin.viewer).running) == 3


def test_who_is_no_doctor_is_asked_nothing(world, as_owner, django_assert_num_queries):
    with as_owner():
        opened(world.record, world.pharmacist)
    with binding(world.pharmacist.viewer, at=NOON), django_assert_num_queries(3):
        assert read_worklist(by=world.pharmacist.viewer).running == ()


def test_a_record_destroyed_while_the_list_is_made_is_not_on_it(world, as_owner, monkeypatch):
    with as_owner():
        opened(world.record, world.martin)
        cast.document(world.record, by=world.martin)
    for module in (running, worklist):
        monkeypatch.setattr(module, "holders_of", lambda _keys: {})

    with binding(world.martin.viewer, at=NOON):
        found = read_worklist(by=world.martin.viewer)
    assert (found.running, found.deposits) == ((), ())


def test_the_page_leads_to_the_record(world, as_owner):
    with as_owner():
        opened(world.record, world.martin)
    browser = StrictClient()
    browser.force_login(world.martin.user, backend=BACKEND)
    session = browser.session
    session["second_factor"] = "totp"
    session["capacity"] = f"professional:{world.martin.practice.id}"
    session.save()
    with frozen_clock(NOON):
        page = browser.get(reverse("access:patients"))
        there = browser.get(reverse("records:home", args=[world.record.id]))

    assert "Mes accès d'urgence en cours" in words(page)
    assert "en urgence, jusqu'à 20" in words(page)
    assert reverse("records:home", args=[world.record.id]) in page.content.decode()
    assert there.status_code == 200
