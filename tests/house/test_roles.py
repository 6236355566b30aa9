"""dmp/roles.py is what the database really holds, and nothing is given that it does not say."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from dmp import roles


pytestmark = pytest.mark.django_db(databases=["default", "owner"])

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.fixture
def owner():
    with connections["owner"].cursor() as cursor:
        yield cursor


def held(cursor, role, table):
    cursor.execute(
        "SELECT privilege FROM unnest(%s) AS privilege"
        " WHERE has_table_privilege(%s, %s::regclass, privilege)",
        [list(PRIVILEGES), role, f'public."{table}"'],
    )
    whole = {privilege for (privilege,) in cursor.fetchall()}
    cursor.execute(
        "SELECT format('%%s(%%s)', privilege_type, attname)"
        " FROM pg_attribute, aclexplode(attacl)"
        " WHERE attrelid = %s::regclass AND grantee = %s::regrole",
        [f'public."{table}"', role],
    )
    return whole | {column for (column,) in cursor.fetchall()}


def test_the_servers_log_quotes_no_statement_and_no_value_of_theirs(owner):
    owner.execute(
        "SELECT rolname FROM pg_roles WHERE rolname IN ('dmp_owner', 'dmp_app', 'dmp_worker')"
        " AND rolconfig @> ARRAY['log_min_error_statement=panic', 'log_error_verbosity=terse']"
    )
    assert {name for (name,) in owner.fetchall()} == {"dmp_owner", "dmp_app", "dmp_worker"}


@pytest.mark.parametrize("role", [roles.APP, roles.WORKER])
def test_each_role_holds_exactly_what_is_written(owner, role):
    written, found = {}, {}
    for table, partition in roles.tables_in(owner):
        line = roles.line_for(table)
        said = "" if partition else (line.app if role == roles.APP else line.worker)
        written[table] = set(said.split())
        found[table] = held(owner, role, table)
    assert len(found) > 40
    assert found == written


def test_no_line_is_about_nothing(owner):
    tables = [table for table, partition in roles.tables_in(owner) if not partition]
    idle = [
        line.pattern
        for line in roles.TABLES
        if not any(roles.line_for(table) is line for table in tables)
    ]
    assert idle == []


def test_history_and_journal_cannot_be_rewritten(owner):
    append_only = [
        table
        for table, partition in roles.tables_in(owner)
        if not partition and table.endswith("event")
    ]
    assert "access_journalevent" in append_only
    for table in append_only:
        for role in (roles.APP, roles.WORKER):
            assert held(owner, role, table) <= {"SELECT", "INSERT"}, table


def test_the_web_knows_nothing_of_the_claims_store(owner):
    store = [table for table, _ in roles.tables_in(owner) if table.startswith("imports_claim")]
    assert len(store) > 3
    assert [table for table in store if held(owner, roles.APP, table)] == []


def test_a_table_that_nobody_named_stops_the_migration(owner):
    owner.execute("CREATE TABLE forgotten (id int)")
    with pytest.raises(CommandError, match="table forgotten: add a line"):
        call_command("migrate", verbosity=0)


def test_a_function_with_its_owners_rights_that_nobody_named_stops_the_migration(owner):
    owner.execute("CREATE FUNCTION forgotten() RETURNS int SECURITY DEFINER RETURN 1")
    with pytest.raises(CommandError, match="function forgotten: add a line"):
        call_command("migrate", verbosity=0)


def test_what_was_given_by_hand_is_taken_back(owner):
    owner.execute("GRANT ALL ON imports_claimline TO PUBLIC, dmp_app")
    assert "SELECT" in held(owner, roles.APP, "imports_claimline")
    call_command("migrate", verbosity=0)
    assert held(owner, roles.APP, "imports_claimline") == set()


def test_nobody_but_the_owner_makes_tables(owner):
    owner.execute(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'dmp%%'"
        " AND has_schema_privilege(rolname, 'public', 'CREATE') AND NOT rolsuper"
    )
    assert {name for (name,) in owner.fetchall()} - {"dmp_test"} == {"dmp_owner"}
