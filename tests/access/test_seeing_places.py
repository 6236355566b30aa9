"""A place's line says what anybody who works there sees, not what one of them alone does."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access import circle, policy, prepared, questions
from access.binding import binding
from access.models import Block, Practice
from access.policy import NotVisible
from access.questions import Since, Wanted
from access.seeing import who_sees
from access.seeing.looking import key_of, look_as, whom_to_look_as
from tests.access import cast
from tests.access.cast import NOON
from tests.jeanne import circle_period, hide


@pytest.fixture
def place(world, as_owner):
    """Two doctors of a place that Jeanne let in, and a letter of somebody else."""
    with as_owner():
        world.place = cast.structure("Maison du Port")
        world.first = cast.pro("Premier", place=world.place)
        world.second = cast.pro("Second", place=world.place)
        later = cast.LONG_AGO + dt.timedelta(days=1)
        Practice.objects.filter(id=world.second.practice.id).update(since=later)
    with binding(world.jeanne, at=NOON - dt.timedelta(minutes=1)):
        circle.authorise(by=world.jeanne, record_id=world.record.id, structure_id=world.place.id)
    with as_owner():
        world.letter = cast.document(world.record, title="Lettre", by=world.garnier)
    return world


def block_first(place):
    Block.objects.create(
        record=place.record, professional=place.first.professional,
        since=NOON - dt.timedelta(days=1),
    )  # fmt: skip


def hide_from_first(place):
    hide(place.record, place.letter, audience="professional", audience_id=place.first.id)


def hide_from_place_but_shared_with_first(place):
    first = place.first
    circle_period(
        place.record, "share", professional=first.professional, user=first.user,
        element_id=place.letter.id,
    )  # fmt: skip
    hide(place.record, place.letter, audience="structure", audience_id=place.place.id)


def hide_from_place_what_first_wrote(place):
    place.letter = cast.document(place.record, title="Autre", by=place.first)
    hide(place.record, place.letter, audience="structure", audience_id=place.place.id)


@pytest.mark.parametrize(
    ("laid_out", "others_see"),
    [
        (block_first, True),
        (hide_from_first, True),
        (hide_from_place_but_shared_with_first, False),
        (hide_from_place_what_first_wrote, False),
    ],
)
def test_one_member_is_not_the_place(place, as_owner, laid_out, others_see):
    with as_owner():
        laid_out(place)
    seen = []
    for one in (place.first, place.second):
        with binding(one.viewer, at=NOON):
            standing = policy.standing_on(place.record.id)
            seen.append(policy.can_see(type(place.letter), standing, place.letter.id))
    assert seen == [not others_see, others_see]
    with binding(place.jeanne, at=NOON):
        found = who_sees(by=place.jeanne, record_id=place.record.id, element=place.letter)
    assert {one.name: one.sees for one in found}["Maison du Port"] is others_see


def looks(world):
    with binding(world.jeanne, at=NOON):
        found = whom_to_look_as(by=world.jeanne, record_id=world.record.id)
    return {one.name: one.key for one in found.people}


def sees_letter_as(world, key):
    with binding(world.jeanne, at=NOON) as state:
        lens = state.lens = look_as(by=world.jeanne, record_id=world.record.id, key=key)
        return lens, policy.can_see(type(world.letter), lens.shown, world.letter.id)


def test_who_works_in_two_places_is_looked_as_in_each_and_where_they_see_most(place, as_owner):
    """The letter is hidden from one of the places: a proof made there would be no proof."""
    key = f"professional:{place.first.id}"
    with binding(place.jeanne, at=NOON - dt.timedelta(minutes=1)):
        circle.authorise(
            by=place.jeanne, record_id=place.record.id, professional_id=place.first.id
        )
    with as_owner():
        hide(place.record, place.letter, audience="structure", audience_id=place.place.id)
    lens, sees = sees_letter_as(place, key)
    assert (lens.name, lens.key, lens.place, sees) == ("le Dr Premier", key, "", False)

    with as_owner():
        clinic = cast.structure("Clinique des Pins")
        second = Practice.objects.create(
            professional=place.first.professional, structure=clinic, profession="10",
            since=cast.LONG_AGO + dt.timedelta(days=3),
        )  # fmt: skip
    there = f"{key}@{second.id}"
    lens, sees = sees_letter_as(place, key)
    assert (lens.name, lens.key, sees) == ("le Dr Premier (Clinique des Pins)", key, True)
    assert key_of(lens) == there

    found = looks(place)
    first = found["Le Dr Premier (Maison du Port)"]
    assert found["Le Dr Premier (Clinique des Pins)"] == there
    assert [sees_letter_as(place, one)[1] for one in (first, there)] == [False, True]

    with as_owner():
        Practice.objects.filter(id=second.id).update(until=NOON)
    with binding(place.jeanne, at=NOON):
        assert look_as(by=place.jeanne, record_id=place.record.id, key=there) is None


def test_a_place_is_looked_as_in_each_of_its_trades(place, as_owner):
    with as_owner():
        cast.pro("Tiers", place=place.place, profession="60", title="")
        hide(place.record, place.letter, audience="profession", audience_profession="10")
    found = looks(place)
    doctor, nurse = found["La Maison du Port (Médecin)"], found["La Maison du Port (Infirmier)"]
    assert [sees_letter_as(place, one)[1] for one in (doctor, nurse)] == [False, True]
    lens, sees = sees_letter_as(place, doctor.partition("@")[0])
    assert (lens.name, sees) == ("la Maison du Port (Infirmier)", True)


@pytest.mark.parametrize("how", ["prepared", "pooled", "full"])
def test_it_is_asked_in_each_form_a_statement_takes(world, as_owner, monkeypatch, how):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", how == "pooled")
    if how == "full":
        monkeypatch.setattr(prepared, "MOST_PREPARED", 0)
    with as_owner():
        cast.delegate(world.record, cast.person("Alice", "Aide"))
        letter = cast.document(world.record)
    with binding(world.jeanne, at=NOON):
        found = who_sees(by=world.jeanne, record_id=world.record.id, element=letter)
        doctor = look_as(by=world.jeanne, record_id=world.record.id, key="emergency")
    assert [one.name for one in found] == ["Alice Aide", "Tous les professionnels"]
    assert doctor.shown.emergency


def test_more_people_than_a_row_holds_are_asked_in_turn(place, monkeypatch):
    def asked():
        with binding(place.jeanne, at=NOON):
            return who_sees(by=place.jeanne, record_id=place.record.id, element=place.letter)

    at_once = asked()
    monkeypatch.setattr(policy, "AT_ONCE", 1)
    assert asked() == at_once


def test_nobody_without_a_door_waits_for_whoever_writes_on_the_record(world):
    """On a record that isn't there they would not."""
    by = world.garnier.viewer
    with (
        binding(by, at=NOON),
        CaptureQueriesContext(connection) as asked,
        pytest.raises(NotVisible),
    ):
        questions.ask(
            by=by,
            record_id=world.record.id,
            wanted=Wanted.RESULTS,
            since=Since.YEAR,
            attempt=uuid.uuid4(),
        )
    assert not [one for one in asked if "FOR NO KEY UPDATE" in one["sql"]]
