"""SQL made once and bound for each viewer: two who stand alike never get each other's answer."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Q

from access import compiled, policy
from access.binding import binding
from access.models import Mask
from access.policy import Reading
from records.models import Document, Entry
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON


TITLES = Reading(Document, columns=("title",), order=("title",))


def titles(viewer, record, *, at=NOON, reading=TITLES):
    with binding(viewer, at=at):
        return [row.title for row in policy.listed(reading, policy.standing_on(record.id))]


@pytest.fixture
def shelves(world, as_owner):
    """Two professionals of two structures, each the author of one document of each record."""
    with as_owner():
        other = cast.record(cast.person("Paul", "Durand"))
        for record, name in ((world.record, "Jeanne"), (other, "Paul")):
            cast.document(record, title=f"{name}, Petit", by=world.petit)
            cast.document(record, title=f"{name}, Martin", by=world.martin)
    return other


def test_two_viewers_who_stand_alike_each_see_their_own(world, shelves):
    assert titles(world.petit.viewer, world.record) == ["Jeanne, Petit"]
    kept = compiled._compile.cache_info().misses

    assert titles(world.martin.viewer, world.record) == ["Jeanne, Martin"]
    assert titles(world.martin.viewer, shelves) == ["Paul, Martin"]
    assert compiled._compile.cache_info().misses == kept, "asked of the gate's ladder again"


def test_the_clock_is_the_asker_s(world, shelves, as_owner):
    with as_owner():
        cast.document(
            world.record,
            title="À annoncer",
            unannounced_until=dt.date(2026, 7, 1),
        )
    seen = titles(world.jeanne, world.record)
    later = titles(world.jeanne, world.record, at=NOON + dt.timedelta(days=20))

    assert seen == ["Jeanne, Martin", "Jeanne, Petit"]
    assert later == ["Jeanne, Martin", "Jeanne, Petit", "À annoncer"]


def test_a_mask_saved_is_in_force_at_the_next_reading(world, shelves, as_owner):
    with as_owner():
        cast.delegate(world.record, helper := cast.person("Luc", "Morel"))
        viewer = cast.family_viewer(helper, role=cast.Role.DELEGATE)
    assert titles(viewer, world.record) == ["Jeanne, Martin", "Jeanne, Petit"]
    with as_owner():
        hidden = Document.objects.get(title="Jeanne, Petit")
        Mask.objects.create(
            record=world.record,
            target="element",
            target_id=hidden.id,
            audience="delegate",
            audience_id=helper.id,
            since=LONG_AGO,
        )

    assert titles(viewer, world.record) == ["Jeanne, Martin"]


def test_a_row_s_values_have_the_form_their_field_gives_them(world, as_owner):
    with as_owner():
        Entry.objects.create(
            record=world.record,
            type_code="EXPPAT_2",
            kind="allergy",
            content={"text": "100 % laine, 5 %s"},
            author_kind="holder",
            occurred_on=NOON.date(),
            created_at=LONG_AGO,
        )
    reading = Reading(Entry, columns=("content", "kind"), order=("id",), where=~Q(kind="5 %s"))
    with binding(world.jeanne, at=NOON):
        [row] = policy.listed(reading, policy.standing_on(world.record.id))

    assert row.content == {"text": "100 % laine, 5 %s"}


def test_sql_that_still_asks_about_the_stand_in_is_refused(world, shelves):
    trace = str(compiled._RECORD)
    wrong = Reading(Document, columns=("title",), order=("title",), where=Q(title__contains=trace))

    with pytest.raises(compiled.LeftOver):
        titles(world.jeanne, world.record, reading=wrong)
