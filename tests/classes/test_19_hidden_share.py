"""Class 19: somebody sees by a share that no page shows, or was given more than the giver had.

Nextcloud kept public links that no list showed (CVE-2026-45285), and let a share be passed on with
more rights than it came with (NC-SA-2017-001, CVE-2016-9464).
"""

from __future__ import annotations

import pytest

from access.binding import binding
from access.seeing import who_sees
from access.viewer import Role
from tests import oracle
from tests.access.cast import NOON
from tests.classes.asking import every_address, some
from tests.interference.facts import KINDS, seen_by, viewer_of, world_of
from tests.interference.scene import OWN_RECORD, THROUGH
from tests.interference.values import Keys


#: Rows that let somebody see, or keep somebody from seeing.
RIGHTS = {
    "access_authorisation", "access_delegation", "access_block", "access_opening", "access_mask",
    "records_representation", "access_recordusergrant", "access_recordgroupgrant",
}  # fmt: skip


def test_the_page_of_who_can_see_is_the_oracle_for_everybody(scene, as_owner):
    """For each element: whoever sees it is named as seeing, and nobody else is."""
    record = scene.records["jeanne"]
    with as_owner():
        facts = world_of(record)
        elements = {one.key: one for one in facts.elements}
        rows = [
            row for model in KINDS.values() for row in model.objects.filter(record_id=record.id)
        ]
        by_jeanne = seen_by(scene.viewers["jeanne"], record)
    people = {
        who: viewer for who, viewer in scene.viewers.items()
        if OWN_RECORD.get(who) == "jeanne" and who not in {*THROUGH, "half", "jeanne", "agent",
                                                          "administrator", "nobody"}
    }  # fmt: skip
    compared = 0
    for row in rows:
        if row.id not in by_jeanne:
            continue
        with binding(scene.viewers["jeanne"], at=NOON):
            told = who_sees(by=scene.viewers["jeanne"], record_id=record.id, element=row)
        named = {one.name: one.sees for one in told if not one.everyone}
        sees = {
            who: oracle.decide(facts, viewer_of(viewer), elements[row.id], NOON).sees
            for who, viewer in people.items()
        }
        names = {who: name_of(scene, who) for who in people}
        for who, answer in sees.items():
            said = [named[name] for name in names[who] if name in named]
            assert any(said) is answer, f"{who} {type(row).__name__} {row.id}: {told}"
            compared += 1
        everybody = {name for each in names.values() for name in each} | {"Dr Vasseur"}
        assert {name for name, yes in named.items() if yes} <= everybody, named
    assert compared > 100


def name_of(scene, who):
    """How the page names somebody: a person, or the structure that holds the door for them."""
    viewer = scene.viewers[who]
    if viewer.role is not Role.PROFESSIONAL:
        return [viewer.name]
    professional = scene.world.professionals[who].professional
    place = viewer.practice.structure_name if who == "pharmacist" else None
    return [professional.display_name, *([place] if place else [])]


@pytest.mark.parametrize(
    "who",
    some("delegate", "martin", "emergency", "helper", "petit", "shared", first=2),
)
def test_who_was_given_a_right_gives_none(who, scene, asker):
    """Every door that writes, pressed with everything right: no row of rights comes of it."""
    keys, one, pressed = Keys(scene, who), asker(who), 0
    for address in every_address():
        about = "record_id" in address.words and address.declared.posts
        if not about or not address.open_to(scene, who):
            continue
        for ask in address.asks(keys, **address.filled(keys, scene.record_of(who).id)):
            if ask.method == "POST":
                pressed += 1
                wrote = one.answer(ask).wrote & RIGHTS
                # A professional may mask at deposit, on the holder's behalf (section 3), and ends
                # the opening that was theirs.
                allowed = {"access_mask"} if address.name == "records:deposit" else set()
                allowed |= {"access_opening"} if "opening_id" in address.words else set()
                assert wrote <= allowed, f"{who} {ask}: {wrote}"
    assert pressed or who == "agent"


def test_the_holder_pressing_the_same_doors_does_write_them(scene, asker):
    keys, one, wrote = Keys(scene, "jeanne"), asker("jeanne"), set()
    for address in every_address():
        if "record_id" in address.words and address.declared.posts and not address.declared.before:
            for ask in address.asks(keys, **address.filled(keys, scene.records["jeanne"].id)):
                if ask.method == "POST":
                    wrote |= one.answer(ask).wrote & RIGHTS
    assert {"access_authorisation", "access_mask", "access_recordusergrant"} <= wrote
