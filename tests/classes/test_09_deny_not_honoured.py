"""Class 9: a refusal is written, and something else that allows is looked at first.

OpenEMR read its own list of who may do what upside down, so that a no counted for nothing
(CVE-2026-33302, -32126).
"""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from access import policy
from access.binding import binding
from access.models import Block, Delegation, Mask, Opening
from records.models import Record, Representation
from tests.access.cast import LONG_AGO, NOON
from tests.interference.facts import KINDS
from tests.interference.scene import OWN_RECORD, THROUGH
from tests.jeanne import circle_period


VIEWERS = sorted(set(OWN_RECORD) - set(THROUGH) - {"anonymous", "half"})


def seen_by_all(scene):
    """What everybody of the scene sees by the gate, kind by kind."""
    found = {}
    for who in VIEWERS:
        record = scene.record_of(who)
        with binding(scene.viewers[who], at=NOON):
            standing = policy.standing_on(record.id)
            for kind, model in KINDS.items():
                keys = policy.visible(model, standing).values_list("id", flat=True)
                found[who, kind] = set(keys)
    return found


def denials(scene):
    """Every kind of row that says no, with who loses by it at least."""
    record, pros = scene.records["jeanne"], scene.world.professionals
    nurse, martin = pros["nurse"], pros["martin"]
    delegate = scene.viewers["delegate"].person_id
    targets = {
        "element": {"target_id": scene.elements["jeanne"]["scan"].id},
        "professional": {"target_id": pros["petit"].id},
        "category": {"target_categories": 127},
        "everything": {},
    }
    audiences = {
        "everyone": ({}, "nurse"),
        "profession": ({"audience_profession": "60"}, "nurse"),
        "professional": ({"audience_id": nurse.id}, "nurse"),
        "structure": ({"audience_id": martin.viewer.structure_id}, "martin"),
        "delegate": ({"audience_id": delegate}, "delegate"),
    }
    for (target, aim), (audience, (whom, loses)) in itertools.product(
        targets.items(), audiences.items()
    ):
        row = dict(record=record, target=target, audience=audience, since=LONG_AGO, **aim, **whom)
        yield f"mask {target} {audience}", Mask, row, loses if target != "category" else None
    for who in ("martin", "petit", "garnier", "shared", "colleague", "emergency", "samu"):
        professional = pros[who].professional
        row = {"record": record, "professional": professional, "since": LONG_AGO}
        yield f"block {who}", Block, row, who


def test_a_refusal_never_shows_more_and_takes_from_whom_it_names(scene, as_owner):
    before, lost, all_lost = seen_by_all(scene), {}, set()
    for name, model, row, loses in denials(scene):
        with as_owner():
            made = model.objects.create(**row)
        after = seen_by_all(scene)
        with as_owner():
            model.objects.filter(id=made.id).delete()
        for key, seen in after.items():
            assert seen <= before[key], f"{name}: {key} sees more"
            if seen < before[key]:
                lost.setdefault(name, set()).add(key[0])
        if model is Block:
            assert not any(after[loses, kind] for kind in KINDS), name
        elif loses is not None:
            assert loses in lost.get(name, set()), name
        all_lost |= lost.get(name, set())
    # The treating GP, whom no mask may hold; and who has nothing can lose nothing.
    assert all_lost >= {"nurse", "martin", "delegate", "petit", "garnier", "shared", "colleague"}
    assert not any("petit" in who for name, who in lost.items() if name.startswith("mask"))


ALLOWED = {
    "circle in person": lambda s, p: circle_period(
        s.records["jeanne"], "circle", professional=p.professional, user=p.user
    ),
    "share of a letter": lambda s, p: circle_period(
        s.records["jeanne"], "share", professional=p.professional, user=p.user,
        element_id=s.elements["jeanne"]["letter"].id,
    ),
    "emergency": lambda s, p: Opening.objects.create(
        record=s.records["jeanne"], professional=p.professional, kind="emergency", reason="life",
        since=NOON - dt.timedelta(hours=1), until=NOON + dt.timedelta(hours=1),
    ),
    "delegate too": lambda s, _p: Delegation.objects.create(
        record=s.records["jeanne"], person=s.world.holder, everything=True, since=LONG_AGO,
        until=NOON + dt.timedelta(days=9),
    ),
}  # fmt: skip


@pytest.mark.parametrize("allowed", sorted(ALLOWED))
def test_no_permission_passes_a_block(allowed, scene, as_owner):
    """A block stands before every door, share, opening and authorship that there is or will be."""
    pros = scene.world.professionals
    with as_owner():
        for who in ("blocked", "garnier", "martin"):
            Block.objects.get_or_create(
                record=scene.records["jeanne"], professional=pros[who].professional,
                defaults={"since": LONG_AGO},
            )  # fmt: skip
            if not (allowed == "circle in person" and who != "garnier"):
                ALLOWED[allowed](scene, pros[who])
    after = seen_by_all(scene)
    for who in ("blocked", "garnier", "martin"):
        assert not [kind for kind in KINDS if after[who, kind]], who


@pytest.mark.parametrize("kind", ["emergency", "regulation"])
def test_the_holders_refusal_shuts_an_opening_that_is_there(kind, scene, as_owner):
    who = {"emergency": "emergency", "regulation": "samu"}[kind]
    before = seen_by_all(scene)
    assert any(before[who, each] for each in KINDS)
    with as_owner():
        Record.objects.filter(id=scene.records["jeanne"].id).update(**{f"{kind}_refused": True})
    after = seen_by_all(scene)
    assert not any(after[who, each] for each in KINDS)


def test_a_court_that_suspends_a_parent_shuts_every_door_of_theirs(scene, as_owner):
    mother = scene.viewers["mother"]
    with as_owner():
        rows = Representation.objects.filter(person_id=mother.person_id)
        assert rows.update(suspended_at=NOON - dt.timedelta(days=1))
        Delegation.objects.create(
            record=scene.records["leo"], person_id=mother.person_id, everything=True,
            since=LONG_AGO, until=NOON + dt.timedelta(days=9),
        )  # fmt: skip
    after = seen_by_all(scene)
    assert not any(after["mother", kind] for kind in KINDS)
