"""The care's own rule, ticked with its elements: what it is to its reader, and to a family."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from access import masks
from access.binding import binding
from access.masks import Audience
from access.models import MaskAudience
from access.policy import NotVisible
from records.models import Document
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_masks import hide, sees, shown


__all__ = ["shown"]
MINUTE = dt.timedelta(minutes=1)


def of_care(world, *episodes):
    return cast.line(world.record, performer_id=world.garnier.id, episodes=episodes)


def as_jeanne(world, use_case, *, at=NOON, **asked):
    with binding(world.jeanne, at=at):
        return use_case(by=world.jeanne, record_id=world.record.id, **asked)


def show_one(world, element):
    martin = Audience(MaskAudience.PROFESSIONAL, world.martin.id)
    return as_jeanne(world, masks.show_element, element_ids=[element.id], audience=martin)


def test_an_element_shown_again_is_seen_though_it_is_of_another_care_too(shown, as_owner):
    own, entered = uuid.uuid4(), uuid.uuid4()
    with as_owner():
        visit, box = of_care(shown, own, entered), of_care(shown, entered)
    hide(shown, visit, box, and_what_comes=True)
    assert show_one(shown, visit) == 1

    assert as_jeanne(shown, masks.still_hidden) == 0
    assert sees(shown.martin, shown.record, visit, NOON + MINUTE)
    assert not sees(shown.martin, shown.record, box, NOON + MINUTE)


@pytest.fixture
def lou(world, as_owner):
    """Marie hides Lou's letter and what comes of it; then Lou's care becomes a secret."""
    with as_owner():
        world.record, world.lou, world.marie = cast.minor_and_mother()
        world.letter = cast.document(world.record, by=world.garnier, episodes=[uuid.uuid4()])
    return world


def hide_letter(lou):
    return hide(
        lou, lou.letter, by=lou.marie, and_what_comes=True,
        audience=Audience(MaskAudience.EVERYONE),
    )  # fmt: skip


def becomes_secret(lou, as_owner):
    with as_owner():
        Document.objects.filter(id=lou.letter.id).update(secret=True)


def test_a_family_neither_reads_nor_lifts_the_rule_of_a_care_that_became_secret(lou, as_owner):
    """Line 5 and section 3: nothing of it, what comes later least of all."""
    asked = {"by": lou.marie, "record_id": lou.record.id}
    hidden = hide_letter(lou)
    with binding(lou.marie, at=NOON + MINUTE):
        assert len(masks.read_decided(**asked).rules) == 1
    becomes_secret(lou, as_owner)
    with binding(lou.marie, at=NOON + MINUTE):
        assert masks.read_decided(**asked).rules == ()
        with pytest.raises(NotVisible):
            masks.read_receipt(**asked, receipt_id=hidden.receipt_id)
        with pytest.raises(NotVisible):
            masks.show(**asked, gesture=hidden.gesture)
    asked["by"] = lou.lou
    with binding(lou.lou, at=NOON + MINUTE):
        assert len(masks.read_decided(**asked).rules) == 1
