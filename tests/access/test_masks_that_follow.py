"""What is said of hidden care goes under masks of its own that say the same."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from access.binding import binding
from access.masks import cover_line, hide_alike
from access.models import JournalEvent, Mask
from records.uuid7 import uuid7
from tests.access.cast import NOON
from tests.jeanne import hide


DAY = dt.timedelta(days=1)
SAME = (
    "record_id", "audience", "audience_id", "audience_profession", "opens_in_emergency",
    "gesture", "set_by", "set_by_kind", "secret", "since", "until",
)  # fmt: skip


def say(masks):
    """What masks say, whatever their order and their own keys."""
    said = [{name: getattr(mask, name) for name in SAME} for mask in masks]
    return sorted(
        said, key=lambda one: (one["audience"], one["audience_profession"], str(one["gesture"]))
    )


def under(element_id):
    return list(Mask.objects.filter(target_id=element_id).order_by("id"))


@pytest.fixture
def masks(jeanne, as_owner):
    """Masks of two elements and of what one professional did: each has every fact of its own."""
    with as_owner():
        Mask.objects.all().delete()
        facts = {
            "opens_in_emergency": True, "gesture": uuid7(), "set_by": uuid7(),
            "set_by_kind": "representative", "secret": True, "until": NOON + 9 * DAY,
        }  # fmt: skip
        martin, pharmacy = jeanne.professionals["martin"].id, jeanne.pharmacy.id
        pill, letter = jeanne.pill, jeanne.letter
        return {
            "of the pill": [
                hide(jeanne.record, pill, **facts, audience="professional", audience_id=martin),
                hide(jeanne.record, pill, audience="structure", audience_id=pharmacy),
                hide(jeanne.record, pill, audience="profession", audience_profession="70"),
                hide(jeanne.record, pill, audience="profession", audience_profession="80"),
            ],
            "of the letter": [hide(jeanne.record, letter)],
            "over": [hide(jeanne.record, pill, ended_at=NOON - DAY)],
            "of a person": [
                Mask.objects.create(
                    record=jeanne.record, target="professional", since=NOON - DAY,
                    target_id=martin, audience="structure", audience_id=pharmacy, gesture=uuid7(),
                ),
            ],
        }  # fmt: skip


def alike(jeanne, element_id, *, elements=(), people=()):
    viewer = jeanne.viewers["jeanne"]
    with binding(viewer, at=NOON):
        hide_alike(
            by=viewer, record_id=jeanne.record.id, element_id=element_id, elements=elements,
            people=people,
        )  # fmt: skip


def test_what_is_said_of_what_is_hidden_is_hidden_from_the_same(jeanne, masks):
    entry = jeanne.blood.id
    alike(jeanne, entry, elements=[jeanne.pill.id], people=[jeanne.professionals["martin"].id])

    found = under(entry)
    assert say(found) == say(masks["of the pill"] + masks["of a person"])
    assert {(mask.target, mask.target_categories, mask.ended_at) for mask in found} == {
        ("element", 0, None)
    }
    events = JournalEvent.objects.filter(record_id=jeanne.record.id, act="masked")
    told = events.values_list("element_id", "element_kind", "door", "rests_on_secret")
    assert sorted(told) == [(entry, "entry", "alike", secret) for secret in (False,) * 4 + (True,)]


def test_a_gesture_hides_it_once_from_each(jeanne, masks, as_owner):
    gesture = uuid.uuid4()
    with as_owner():
        for element in (jeanne.letter, jeanne.scan):
            hide(jeanne.record, element, audience="profession", audience_profession="70",
                 gesture=gesture)  # fmt: skip
    alike(jeanne, jeanne.blood.id, elements=[jeanne.letter.id, jeanne.scan.id])

    found = under(jeanne.blood.id)
    assert sorted((mask.audience, mask.gesture) for mask in found) == [
        ("everyone", None), ("profession", gesture),
    ]  # fmt: skip


def test_nothing_is_hidden_by_what_is_over_or_about_something_else(jeanne, masks):
    alike(jeanne, jeanne.blood.id, elements=[jeanne.scan.id], people=[uuid7()])

    assert under(jeanne.blood.id) == []
    assert not JournalEvent.objects.filter(act="masked").exists()


def test_a_line_follows_the_element_it_says_again(jeanne, masks, as_owner):
    line = jeanne.said.id
    with as_owner():
        # Already under one of them, and under a rule that names no element.
        hide(jeanne.record, jeanne.said, audience="profession", audience_profession="80")
        Mask.objects.create(
            record=jeanne.record, target="professional", target_id=jeanne.pill.id,
            audience="everyone", since=NOON - DAY,
        )  # fmt: skip
    before = under(line)
    with binding(jeanne.viewers["petit"], at=NOON):
        cover_line(record_id=jeanne.record.id, like=jeanne.pill.id, line_id=line)
        cover_line(record_id=jeanne.record.id, like=jeanne.pill.id, line_id=line)

    added = [mask for mask in under(line) if mask not in before]
    assert say(added) == say(masks["of the pill"][:3])
