"""The care's own rule, ticked with its elements: what it is to its reader, and to a family."""

from __future__ import annotations

import datetime as dt
import uuid

from access import masks
from access.binding import binding
from access.masks import Audience
from access.models import MaskAudience
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
