"""Nothing that leads to a record outlives it: each table has the key by which it is emptied."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from records.models import Person, Record


pytestmark = pytest.mark.django_db

KEYS = {"record_id", "content_object_id"}
# What stays says nothing: tombstones, the end of their chain, that it was done and when.
KEPT = {"access_journalevent", "access_journalhead", "records_destruction"}
# Whoever is named there is somebody for another reason; the function looks at each of them.
TIES = {
    "access_user.person_id",
    "access_delegation.person_id",
    "records_record.holder_id",
    "records_representation.person_id",
}
# Goes with its person.
WITH_A_PERSON = {"records_contactpoint.person_id"}


def models():
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def targets(model):
    return {
        field.related_model
        for field in model._meta.get_fields()
        if field.related_model and (field.many_to_one or (field.one_to_one and field.concrete))
    }


def leads_to_record(model, seen=frozenset()):
    columns = {field.column for field in model._meta.concrete_fields}
    return bool(
        model is Record
        or columns & KEYS
        or any(
            leads_to_record(target, seen | {model}) for target in targets(model) - seen - {model}
        )
    )


def emptied():
    """The tables that the function of the database goes through, by its own rule."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND a.attname = ANY(%s) AND a.atttypid = 'uuid'::regtype",
            [list(KEYS)],
        )
        return {name for (name,) in cursor.fetchall()}


def test_every_table_that_leads_to_a_record_is_emptied_with_it():
    leading = {model._meta.db_table for model in models() if leads_to_record(model)}
    assert {"records_documentfile", "records_documentevent", "access_recordusergrant"} <= leading
    assert leading - emptied() - {"records_record"} == set()


def test_what_stays_has_the_key_and_nothing_else_does_without_being_emptied():
    assert emptied() > KEPT
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'dmp_destroy_rows'")
        (body,) = cursor.fetchone()
    excepted = body.partition("c.relname NOT IN (")[2].partition(")")[0]
    assert {name.strip(" '") for name in excepted.split(",")} == KEPT


def test_a_person_goes_only_when_nothing_else_names_them():
    naming = {
        f"{model._meta.db_table}.{field.column}"
        for model in models()
        for field in model._meta.concrete_fields
        if field.related_model is Person
    }
    assert naming - WITH_A_PERSON == TIES
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'dmp_destroy_rows'")
        (body,) = cursor.fetchone()
    for tie in TIES:
        table, _, column = tie.partition(".")
        assert f"FROM {table} WHERE {column} = p.id" in body


def test_no_table_names_a_record_by_another_word():
    """A UUID column called otherwise and that holds a record's key would be forgotten."""
    odd = {
        f"{model._meta.db_table}.{field.column}"
        for model in models()
        for field in model._meta.concrete_fields
        if field.related_model is Record and field.column not in KEYS
    }
    assert odd == {"records_record.merged_into_id"}
