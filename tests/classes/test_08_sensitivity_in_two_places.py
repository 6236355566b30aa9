"""Class 8: what makes something sensitive is written in two places, and one of them is looked at.

OpenEMR kept a sensitivity on each encounter, and gave group encounters of any (CVE-2026-32123).
"""

from __future__ import annotations

import pytest
from django.apps import apps

from access import policy
from access.binding import binding
from access.models import Mask
from records.models import Element, Episode
from tests.access.cast import LONG_AGO, NOON
from tests.classes.hidden import add_hidden
from tests.interference.facts import KINDS


#: Words for what makes something sensitive, and the one place where each is allowed.
HINTS = ("secret", "sensitiv", "confidential", "masked", "hidden", "visib", "private",
         "unannounced", "categories", "restricted")  # fmt: skip
#: A rule of the holder's, an act about one, or what is waited for: none says what is sensitive.
ELSEWHERE = {
    "access_mask": {"secret", "target_categories"},  # set by a minor alone: kept from parents
    "access_journalevent": {"rests_on_secret"},  # an act, said once: the journal is append-only
    "access_case": {"secret"},  # a question about somebody's visit, kept from parents
    "records_episode": {"secret"},  # the care itself, of which its elements are part
}


def test_what_makes_an_element_sensitive_is_a_column_of_the_element_alone():
    own = {field.name for field in Element._meta.get_fields()}
    elsewhere = {}
    for model in apps.get_models():
        if hasattr(model, "pgh_tracked_model") or model._meta.app_label not in {
            "records", "access", "imports"
        }:  # fmt: skip
            continue
        for field in model._meta.concrete_fields:
            sensitive = any(hint in field.name for hint in HINTS)
            if sensitive and not (issubclass(model, Element) and field.name in own):
                elsewhere.setdefault(model._meta.db_table, set()).add(field.name)
    assert elsewhere == ELSEWHERE


def ways(scene, element, care):
    """Every way to put an element under a rule: what the mask aims at."""
    author = element.author_id or element.performer_id
    yield "element", {"target_id": element.id}
    yield "episode", {"target_id": care}
    if author:
        yield "professional", {"target_id": author}
    yield "category", {"target_categories": 64}
    yield "everything", {}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_hidden_by_every_way_to_hide(kind, scene, as_owner):
    """And by every flag, from who is concerned by it; and seen again once it is lifted."""
    record, model = scene.records["jeanne"], KINDS[kind]
    with as_owner():
        care = Episode.objects.create(record=record, created_at=LONG_AGO).id
        names = {"document": "letter", "claim": "visit", "entry": "blood", "synthesis": "said"}
        element = scene.elements["jeanne"][names[kind]]
        author = scene.world.professionals["midwife"].id
        model.objects.filter(id=element.id).update(
            episodes=[care], categories=64, author_id=author, secret=False
        )
        element = model.objects.get(id=element.id)

    def seen(who):
        with binding(scene.viewers[who], at=NOON):
            return policy.can_see(model, policy.standing_on(record.id), element.id)

    assert seen("nurse")
    asked = 0
    for target, aim in ways(scene, element, care):
        with as_owner():
            mask = Mask.objects.create(record=record, target=target, audience="everyone",
                                       since=LONG_AGO, **aim)  # fmt: skip
        assert not seen("nurse"), target
        assert seen("petit"), target
        with as_owner():
            mask.ended_at = NOON
            mask.save()
        assert seen("nurse"), target
        asked += 1
    assert asked == 5
    hidden_by = {
        ("secret", True): ["guardian", "delegate"],
        ("about_another", True): ["guardian", "delegate"],
        ("unannounced_until", NOON.date().replace(year=2027)): ["jeanne", "guardian", "delegate"],
        ("withdrawn_at", NOON): ["jeanne", "guardian", "delegate", "petit", "nurse"],
    }
    for (column, value), viewers in hidden_by.items():
        old = getattr(element, column)
        with as_owner():
            model.objects.filter(id=element.id).update(**{column: value})
        assert not [who for who in viewers if seen(who)], column
        with as_owner():
            model.objects.filter(id=element.id).update(**{column: old})
        assert all(seen(who) for who in viewers), column


def test_a_care_kept_secret_takes_all_its_kinds_with_it(scene, as_owner):
    record = scene.records["jeanne"]
    with as_owner():
        added = add_hidden(scene, "secret")
        Episode.objects.filter(id__in=added["letter"].episodes).update(secret=True)
        for name in ("letter", "line", "pill"):
            type(added[name]).objects.filter(id=added[name].id).update(secret=False)
    for who in ("guardian", "delegate"):
        with binding(scene.viewers[who], at=NOON):
            standing = policy.standing_on(record.id)
            for element in added.values():
                assert not policy.can_see(type(element), standing, element.id), who
