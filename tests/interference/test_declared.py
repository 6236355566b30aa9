"""Every address is walked, with every name its door reads: a new one fails here until it is."""

from __future__ import annotations

import pytest

from access.pages import about
from tests.interference import scene as scenes
from tests.interference.absence import THOUGHT_OF, tables_about_a_record
from tests.interference.comparing import walk_twice
from tests.interference.declared import DOORS
from tests.interference.questions import LISTS, addresses
from tests.interference.screens import BEFORE
from tests.interference.values import Keys


def test_every_address_of_the_product_is_walked_and_no_other():
    names = [name for name, _pattern in addresses()]

    assert set(DOORS) == set(names)
    assert set(names) >= LISTS


def test_a_screen_before_another_is_known():
    assert {declared.before for declared in DOORS.values()} - {""} == set(BEFORE)


@pytest.mark.django_db
def test_every_kind_of_value_is_asked_right_empty_foreign_and_malformed(as_owner):
    with as_owner():
        keys = Keys(scenes.build(), "martin")
    for door, declared in DOORS.items():
        for name, kind in (*declared.query.items(), *declared.form.items()):
            values = keys.values(kind)
            assert "" in values, f"{door} {name}: nothing is asked with no {kind}"
            assert len(values) > 2 or kind in {"tick", "nothing"}, f"{door} {name}: {kind}"


def test_every_table_about_a_record_is_thought_of_where_worlds_are_made():
    assert tables_about_a_record() <= THOUGHT_OF


@pytest.mark.django_db
def test_a_name_that_a_door_reads_and_does_not_declare_is_told(as_owner, monkeypatch):
    with as_owner():
        scene = scenes.build()
    whole = about.render
    monkeypatch.setattr(
        about, "render",
        lambda request, *args: whole(request, *args) if request.GET.get("debug") != "?" else None,
    )  # fmt: skip

    walked = walk_twice(scene, "anonymous", as_owner, frozenset({"access:help"}))

    assert walked.undeclared == {"access:help": {"debug"}}
