"""Keys go to the database, and come from it as `uuid.UUID` itself would have made them."""

from __future__ import annotations

import pickle
import uuid

import pytest
from django.db import connection
from hypothesis import given, strategies as st
from psycopg2.extensions import adapt

from dmp.keys import KEY, key_of, listed, listed_bytes


@given(st.uuids())
def test_a_key_is_the_one_python_reads(key):
    found = key_of(str(key))
    assert type(found) is uuid.UUID
    assert found == key == pickle.loads(pickle.dumps(found))  # noqa: S301  # what we just wrote
    assert (hash(found), str(found), found.is_safe) == (hash(key), str(key), key.is_safe)


@pytest.mark.django_db
def test_a_list_of_keys_is_read_as_one_value():
    keys = [uuid.UUID(int=0), uuid.uuid4(), uuid.uuid4()]
    digests = [key.bytes for key in keys]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::uuid[], %s::uuid[]", [listed(keys), listed(())])
        assert cursor.fetchone() == (keys, [])
        cursor.execute("SELECT %s::bytea[]", [listed_bytes(digests)])
        assert [bytes(each) for each in cursor.fetchone()[0]] == digests


@pytest.mark.django_db
def test_the_database_is_read_this_way():
    one, other = uuid.uuid4(), uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::uuid, NULL::uuid, %s::uuid[]", [one, [one, other]])
        assert cursor.fetchone() == (one, None, [one, other])
    assert connection.connection.string_types[2950] is KEY
    assert adapt(one).getquoted().decode() == f"'{one}'::uuid"
