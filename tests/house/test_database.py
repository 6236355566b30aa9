"""The database as the web meets it: three roles, each with what dmp/roles.py says and no more."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from dmp import roles


pytestmark = pytest.mark.django_db


def test_the_driver_is_psycopg2():
    assert not is_psycopg3


def test_the_connected_role_is_neither_owner_nor_superuser():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, session_user, bool_or(rolsuper), bool_or(rolbypassrls)"
            " FROM pg_roles WHERE rolname IN (current_user, session_user)"
        )
        current, session, superuser, bypass = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
            " WHERE rolname IN (current_user, session_user)"
        )
        (owned,) = cursor.fetchone()
    assert (current, session, superuser, bypass, owned) == (
        "dmp_app",
        "dmp_test",
        False,
        False,
        0,
    )


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_is_no_superuser_and_does_not_pass_row_security():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("dmp_owner", False, False)


def test_every_table_has_a_line_and_every_line_a_table():
    with connection.cursor() as cursor:
        tables = [name for name, partition in roles.tables_in(cursor) if not partition]
    assert [name for name in tables if roles.line_for(name) is None] == []
