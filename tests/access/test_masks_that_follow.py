"""What is said of hidden care goes under masks of its own that say the same."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from access import policy
from access.binding import binding
from access.masks import cover_line, hide_alike, show
from access.models import JournalEvent, Mask
from records.models import SynthesisLine
from records.uuid7 import uuid7
from tests.access.cast import LONG_AGO, NOON
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


def test_what_was_hidden_twice_is_said_to_be_hidden_since_the_first(jeanne, masks, as_owner):
    with as_owner():
        hide(jeanne.record, jeanne.scan, since=NOON - DAY)
    entries = [uuid7() for _number in range(6)]
    for entry in entries:
        alike(jeanne, entry, elements=[jeanne.scan.id, jeanne.letter.id])
    assert [mask.since for one in entries for mask in under(one)] == [LONG_AGO] * 6


def test_nothing_is_hidden_by_what_is_over_or_about_something_else(jeanne, masks, as_owner):
    someone = uuid7()
    with as_owner():
        # A key says nothing without its kind.
        for target, key in (("professional", jeanne.scan.id), ("element", someone)):
            Mask.objects.create(
                record=jeanne.record, target=target, target_id=key, audience="everyone",
                since=NOON - DAY,
            )  # fmt: skip
    alike(jeanne, jeanne.blood.id, elements=[jeanne.scan.id], people=[someone])

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


def test_a_line_is_hidden_as_long_as_anything_it_says_again_is(jeanne, as_owner):
    """From one doctor, by two gestures: neither the end nor the undoing of one shows it."""
    line, martin = jeanne.said.id, jeanne.professionals["martin"].id
    gestures = [uuid7(), uuid7(), uuid7()]
    said_again = (jeanne.pill, jeanne.letter, jeanne.scan)
    with as_owner():
        Mask.objects.all().delete()
        for element, gesture, until in zip(
            said_again, gestures, (NOON + DAY, None, None), strict=True
        ):
            hide(jeanne.record, element, audience="professional", audience_id=martin,
                 gesture=gesture, until=until)  # fmt: skip

    def sees(at):
        with jeanne.as_("martin", at):
            standing = policy.standing_on(jeanne.record.id)
            return policy.can_see(SynthesisLine, standing, line)

    assert sees(NOON)
    with jeanne.as_("petit"):
        for element in said_again:
            cover_line(record_id=jeanne.record.id, like=element.id, line_id=line)
    assert not sees(NOON)
    assert not sees(NOON + 2 * DAY), "the first has ended"
    for gesture, shown in zip(gestures[1:], (False, True), strict=True):
        with jeanne.as_("jeanne", NOON + 2 * DAY) as by:
            show(by=by, record_id=jeanne.record.id, gesture=gesture)
        assert sees(NOON + 2 * DAY) is shown
