"""Give, then take back: whatever the order, visibility is what it was. List and single agree."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from access import circle, masks, policy
from access.binding import binding
from access.masks import Audience, Target
from access.models import MaskAudience, MaskTarget
from access.policy import Refused
from records.models import Document, ReimbursementLine
from tests.access import cast
from tests.access.cast import NOON


@pytest.fixture
def world_with_care(world, as_owner):
    with binding(world.jeanne, at=NOON):
        circle.declare_treating_gp(
            by=world.jeanne, record_id=world.record.id, professional_id=world.petit.id
        )
        circle.authorise(
            by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id
        )
        circle.authorise(
            by=world.jeanne, record_id=world.record.id, structure_id=world.pharmacy.id
        )
    episode = uuid.uuid4()
    with as_owner():
        world.elements = [
            cast.document(world.record, by=world.garnier, episodes=[episode], categories=1),
            cast.document(world.record, by=world.martin),
            cast.line(world.record, episodes=[episode], prescriber_id=world.garnier.id),
            cast.line(world.record, categories=1, performer_id=world.martin.id),
        ]
    world.episode = episode
    return world


def everything_seen(world, at):
    """What each of the cast sees, asked as lists and one by one."""
    seen = {}
    for name in ("petit", "martin", "garnier", "pharmacist"):
        viewer = getattr(world, name).viewer
        with binding(viewer, at=at):
            standing = policy.standing_on(world.record.id)
            for model in (Document, ReimbursementLine):
                listed = {row.id: policy.marks_of(row) for row in policy.visible(model, standing)}
                alone = {
                    element.id
                    for element in world.elements
                    if isinstance(element, model) and policy.can_see(model, standing, element.id)
                }
                assert alone == listed.keys()
                seen[name, model.__name__] = listed
    return seen


AUDIENCES = ["everyone", "martin", "petit", "garnier", "pharmacy", "doctors"]
TARGETS = ["0", "1", "2", "3", "episode", "garnier", "mental health", "everything"]
GESTURES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(TARGETS), min_size=1, max_size=3, unique=True),
        st.sampled_from(AUDIENCES),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def audience_of(world, name):
    return {
        "everyone": lambda: Audience(MaskAudience.EVERYONE),
        "doctors": lambda: Audience(MaskAudience.PROFESSION, profession="10"),
        "pharmacy": lambda: Audience(MaskAudience.STRUCTURE, world.pharmacy.id),
    }.get(name, lambda: Audience(MaskAudience.PROFESSIONAL, getattr(world, name).id))()


def target_of(world, name):
    if name.isdigit():
        return Target(MaskTarget.ELEMENT, world.elements[int(name)].id)
    return {
        "episode": Target(MaskTarget.EPISODE, world.episode),
        "garnier": Target(MaskTarget.PROFESSIONAL, world.garnier.id),
        "mental health": Target(MaskTarget.CATEGORY, categories=1),
        "everything": Target(MaskTarget.EVERYTHING),
    }[name]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(gestures=GESTURES, order=st.randoms(use_true_random=False))
def test_hidden_then_shown_again_nothing_has_changed(world_with_care, gestures, order):
    world = world_with_care
    with transaction.atomic():
        before = everything_seen(world, NOON)
        at = NOON
        done = []
        for targets, audience, opens in gestures:
            at += dt.timedelta(minutes=1)
            try:
                with binding(world.jeanne, at=at):
                    hidden = masks.hide(
                        by=world.jeanne,
                        record_id=world.record.id,
                        others=[target_of(world, name) for name in targets],
                        audience=audience_of(world, audience),
                        opens_in_emergency=opens,
                        gesture=uuid.uuid4(),
                    )
            except Refused:
                assert audience == "petit"
                continue
            done.append(hidden.gesture)
            during = everything_seen(world, at)
            assert during["petit", "Document"].keys() == before["petit", "Document"].keys()
            for key, seen in during.items():
                assert seen.keys() <= before[key].keys()
        order.shuffle(done)
        for gesture in done:
            at += dt.timedelta(minutes=1)
            with binding(world.jeanne, at=at):
                masks.show(by=world.jeanne, record_id=world.record.id, gesture=gesture)
        assert everything_seen(world, at) == before
        transaction.set_rollback(True)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    doors=st.lists(
        st.sampled_from(["garnier", "martin", "pharmacist", "share 0", "share 2", "gp"]),
        min_size=1,
        max_size=4,
    )
)
def test_given_then_taken_back_nobody_sees_more_than_before(world_with_care, doors):
    world = world_with_care
    with transaction.atomic():
        at = NOON + dt.timedelta(minutes=1)
        asked = {"by": world.jeanne, "record_id": world.record.id}
        with binding(world.jeanne, at=at):
            circle.end_treating_gp(**asked)
        before = everything_seen(world, at)
        for door in doors:
            at += dt.timedelta(minutes=1)
            with binding(world.jeanne, at=at):
                if door == "gp":
                    circle.declare_treating_gp(**asked, professional_id=world.garnier.id)
                    key = None
                elif door.startswith("share"):
                    element = world.elements[int(door[-1])]
                    key = circle.share(
                        **asked, element_id=element.id, professional_id=world.petit.id
                    ).authorisation_id
                else:
                    key = circle.authorise(
                        **asked,
                        professional_id=getattr(world, door).id,
                        until=dt.date(2026, 7, 1) if door == "martin" else None,
                    )
            everything_seen(world, at)
            at += dt.timedelta(minutes=1)
            with binding(world.jeanne, at=at):
                if key is None:
                    circle.end_treating_gp(**asked)
                else:
                    circle.end_authorisation(**asked, authorisation_id=key)
        after = everything_seen(world, at)
        for key, seen in after.items():
            assert seen.items() <= before[key].items()
        transaction.set_rollback(True)
