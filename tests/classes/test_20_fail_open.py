"""Class 20: an empty list of who may, or an owner that is missing, means everybody.

InterSystems took an empty cache of consents for consent (HSDD-2316); paperless-ngx shows to all
what nobody owns.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from django.core.cache import caches
from django.db import connection

from access import matrix, policy
from access.binding import NotBound, binding
from access.doors import door
from access.models import (
    Authorisation,
    Delegation,
    Opening,
    Practice,
    RecordGroupGrant,
    RecordUserGrant,
)
from access.policy import NotVisible
from access.viewer import Role, Viewer
from records.models import Document, Representation
from tests.access.cast import NOON
from tests.classes.test_09_deny_not_honoured import VIEWERS, seen_by_all
from tests.interference.facts import KINDS
from tests.roles import close_outside_bindings


#: Every table whose rows let somebody see.
ALLOW = {
    "authorisation": Authorisation, "guardian, of persons": RecordUserGrant,
    "guardian, of groups": RecordGroupGrant, "delegation": Delegation,
    "representation": Representation, "opening": Opening,
}  # fmt: skip


@pytest.mark.parametrize("table", sorted(ALLOW))
def test_a_table_of_permissions_that_is_empty_opens_nothing(table, scene, as_owner):
    before = seen_by_all(scene)
    with as_owner():
        ALLOW[table].objects.all().delete()
    after = seen_by_all(scene)
    assert any(after[key] < seen for key, seen in before.items())
    assert not [key for key, seen in before.items() if not after[key] <= seen]


def test_with_every_permission_gone_the_holder_and_authors_alone_are_left(scene, as_owner):
    with as_owner():
        for model in ALLOW.values():
            model.objects.all().delete()
        Document.objects.all().update(author_id=None, author_structure_id=None)
    after = seen_by_all(scene)
    left = {who for (who, kind), seen in after.items() if seen and kind != "synthesis"}
    assert left == {"jeanne", "leo"}


def test_what_nobody_owns_is_nobodys(scene, as_owner):
    """No author, no structure: not the author's that isn't there, nor a colleague's without."""
    record = scene.records["jeanne"]
    with as_owner():
        for model in KINDS.values():
            model.objects.update(author_id=None, author_structure_id=None, performer_id=None,
                                 prescriber_id=None)  # fmt: skip
        Practice.objects.update(structure=None)
    viewer = scene.viewers["stranger"]
    nobody = replace(viewer.practice, professional_id=None, structure_id=None, profession="")
    for who in (viewer, replace(viewer, practice=nobody), replace(viewer, practice=None),
                Viewer(role=Role.PROFESSIONAL), Viewer(active=True, second_factor="totp",
                user_id=uuid.uuid4(), role=Role.PATIENT)):  # fmt: skip
        with binding(who, at=NOON):
            standing = policy.standing_on(record.id)
            for model in KINDS.values():
                assert not policy.visible(model, standing).exists(), who


def test_an_empty_scope_an_unknown_profession_and_an_unknown_type_read_nothing(scene, as_owner):
    assert matrix.readable_types("") == ()
    assert matrix.readable_types("zzz") == ()
    assert matrix.types_of_care(frozenset()) == ()
    assert matrix.types_of_care(frozenset({"zzz"})) == ()
    with as_owner():
        Delegation.objects.update(everything=False, kinds=[])
    after = seen_by_all(scene)
    assert not [kind for kind in KINDS if after["delegate", kind] or after["helper", kind]]
    with as_owner():
        KINDS["document"].objects.update(type_code="unheard-of", author_id=uuid.uuid4())
    after = seen_by_all(scene)
    assert not after["nurse", "document"]
    assert not after["pharmacist", "document"]


def test_a_door_that_names_nobody_lets_nobody_in(rf, scene):
    shut = door(frozenset())(lambda _request: pytest.fail("somebody came in"))
    for who in VIEWERS:
        request = rf.post("/")
        request.viewer = scene.viewers[who]
        with pytest.raises(NotVisible):
            shut(request)


def test_a_cache_that_forgot_everything_opens_nothing(scene, asker):
    caches["default"].clear()
    for who in ("stranger", "blocked", "agent", "half"):
        home = asker(who).get("records:home", record_id=scene.records["jeanne"].id)
        assert not home.shown, who


def test_nothing_is_read_where_nobody_is_bound(scene):
    with pytest.raises(NotBound):
        policy.standing_on(scene.records["jeanne"].id)
    close_outside_bindings()
    with connection.cursor() as cursor:
        for model in KINDS.values():
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")  # noqa: S608
            assert cursor.fetchone() == (0,), model
