"""Class 21: a right outlives what it was about, and comes with the key to the next one.

guardian's rows stayed when the object or the user went, and waited for who came under the same
number (#15, #213, #335; TOM #1249); authentik took away rights that were nobody's (#25373).
"""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import IntegrityError, connection, models, transaction
from guardian.models import GroupObjectPermission, UserObjectPermission

from access import policy
from access.binding import binding
from access.models import RecordGroupGrant, RecordUserGrant, User
from records.models import Record
from records.uuid7 import uuid7
from tests.access import cast
from tests.access.cast import NOON
from tests.interference.facts import KINDS
from tests.interference.traces import give_door


OURS = {"access", "records", "imports"}
#: Rows that no address names: links, one row per record, guardian's, reference data.
WITHOUT_A_KEY_OF_THEIR_OWN = (RecordUserGrant, RecordGroupGrant)


def ours():
    return [
        model for model in apps.get_models()
        if model._meta.app_label in OURS and not hasattr(model, "pgh_tracked_model")
    ]  # fmt: skip


def test_every_row_that_an_address_names_has_a_key_that_never_comes_again():
    guessed = {
        model._meta.db_table for model in ours()
        if isinstance(model._meta.pk, (models.AutoField, models.IntegerField))
    }  # fmt: skip
    grants = {model._meta.db_table for model in WITHOUT_A_KEY_OF_THEIR_OWN}
    assert {name for name in guessed if name.startswith("records_")} == set()
    assert {name for name in guessed if name.startswith("access_")} <= grants
    assert len({uuid7() for _ in range(1000)}) == 1000


def test_no_right_hangs_on_a_thing_by_its_name():
    """guardian's own tables, which name things by words, are empty and stay so."""
    for model in apps.get_models():
        generic = [f for f in model._meta.private_fields if isinstance(f, GenericForeignKey)]
        assert not generic or model in {UserObjectPermission, GroupObjectPermission}, model
    for model in WITHOUT_A_KEY_OF_THEIR_OWN:
        field = model._meta.get_field("content_object")
        assert isinstance(field, models.ForeignKey)
        assert field.remote_field.on_delete is models.CASCADE


@pytest.mark.django_db
def test_the_database_itself_ties_every_right_to_what_it_is_about():
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT conrelid::regclass::text, a.attname, confrelid::regclass::text
            FROM pg_constraint c JOIN pg_attribute a
              ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
            WHERE contype = 'f'
        """)
        tied = set(cursor.fetchall())
    for table in ("access_recordusergrant", "access_recordgroupgrant"):
        assert (table, "content_object_id", "records_record") in tied
    assert ("access_recordusergrant", "user_id", "access_user") in tied
    for table in ("access_authorisation", "access_delegation", "access_block", "access_opening",
                  "access_mask", "records_representation"):  # fmt: skip
        assert (table, "record_id", "records_record") in tied, table


def test_what_a_right_is_about_does_not_go_before_it(scene, as_owner):
    for model, key in ((Record, scene.records["jeanne"].id),
                       (User, scene.world.users["nurse"].id)):  # fmt: skip
        with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
            _remove(model._meta.db_table, key)


def _remove(table, key):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])  # noqa: S608
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_who_comes_back_under_the_same_key_has_nothing(scene, as_owner):
    """A record that goes and comes again, with the same key: nobody's rights came with it."""
    with as_owner():
        holder = cast.person("Ana", "Silva", dt.date(1990, 1, 1))
        record = cast.record(holder)
        nurse = scene.world.professionals["nurse"]
        give_door(record, nurse)
        key = record.id
        assert RecordUserGrant.objects.filter(content_object_id=key).exists()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM access_authorisation WHERE record_id = %s", [key])
            cursor.execute(
                "DELETE FROM access_recordusergrant WHERE content_object_id = %s", [key]
            )
            cursor.execute("DELETE FROM records_record WHERE id = %s", [key])
        again = cast.record(holder)
        Record.objects.filter(id=again.id).update(status="open")
        cast.document(again)
    with binding(nurse.viewer, at=NOON):
        standing = policy.standing_on(again.id)
        assert not standing.has_door
        assert not any(policy.visible(model, standing).exists() for model in KINDS.values())
    with binding(nurse.viewer, at=NOON):
        assert not policy.standing_on(key).exists
        assert not policy.standing_on(uuid.uuid4()).exists


def test_guardians_row_without_a_period_is_an_orphan_that_opens_nothing(scene, as_owner):
    nurse = scene.world.professionals["nurse"]
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM access_authorisation WHERE professional_id = %s", [nurse.id]
            )
        assert RecordUserGrant.objects.filter(user=nurse.user).exists()
    with binding(nurse.viewer, at=NOON):
        assert not policy.standing_on(scene.records["jeanne"].id).circle
