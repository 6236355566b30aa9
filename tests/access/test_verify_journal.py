"""The chain checked for real: by the command over all records, by the page for its own."""

from __future__ import annotations

import io
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from access.binding import binding, note
from access.journal import Action
from access.reading_journal import reading
from access.viewer import WORKER
from records.opening import destroy
from tests.access.told import person, record_of


def opened(record):
    with binding(WORKER):
        note(Action.OPENED, record.id, by=WORKER)


def written(record, times=3):
    for number in range(times):
        with binding(WORKER):
            note(Action.LIST_READ, record.id, by=WORKER, shown=number)


def tamper(statement, record):
    with connection.cursor() as cursor:  # as somebody who holds the whole server would
        cursor.execute("ALTER TABLE access_journalevent DISABLE TRIGGER ALL")
        cursor.execute(statement, [record.id])


ALTERED = "UPDATE access_journalevent SET shown = 9 WHERE record_id = %s AND seq = 2"
REMOVED = "DELETE FROM access_journalevent WHERE record_id = %s AND seq = 3"
HEADLESS = "DELETE FROM access_journalhead WHERE record_id = %s"
EMPTIED = "DELETE FROM access_journalevent WHERE record_id = %s"


def verify(*arguments):
    out = io.StringIO()
    try:
        call_command("verify_journal", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def two(as_owner):
    with as_owner():
        records = [record_of(person()), record_of(person())]
        for record in records:
            opened(record)
            written(record)
    return records


def test_the_database_refuses_the_owner_too_whole_or_part_by_part(two, as_owner):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'access_journalevent'::regclass"
        )
        parts = [part for (part,) in cursor.fetchall()]
        assert len(parts) == 16
        # Rows are refused where they are: in the parts that hold one.
        statements = [ALTERED, REMOVED]
        statements += [f"TRUNCATE {table}" for table in ("access_journalevent", *parts)]
        for statement in statements:
            values = [two[0].id] if "%s" in statement else None
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(statement, values)


def test_whole_chains_are_counted_destroyed_records_among_them(two, as_owner, settings):
    settings.DMP_PROCESS = "owner"
    with as_owner():
        destroy(two[0].id, ordered=True)

    assert verify() == (0, "2 whole, 0 broken.\n")


@pytest.mark.parametrize("statement", [ALTERED, REMOVED, HEADLESS])
def test_a_line_altered_or_removed_names_its_record_and_fails(two, as_owner, statement):
    with as_owner():
        tamper(statement, two[1])

    said = f"The journal of record {two[1].id} is broken: a line is missing or altered.\n"
    assert verify() == (1, f"{said}1 whole, 1 broken.\n")
    assert verify(str(two[1].id)) == (1, f"{said}0 whole, 1 broken.\n")
    assert verify(str(two[0].id)) == (0, "1 whole, 0 broken.\n")


@pytest.mark.parametrize("times", [0, 2])
def test_a_journal_emptied_with_its_head_is_found_begun_again_or_not(two, as_owner, times):
    """What is left hangs together, or nothing is left: the record is there, its opening isn't."""
    with as_owner():
        for statement in (EMPTIED, HEADLESS):
            tamper(statement, two[1])
        written(two[1], times)

    said = f"The journal of record {two[1].id} is broken: a line is missing or altered.\n"
    assert verify() == (1, f"{said}1 whole, 1 broken.\n")
    assert verify(str(two[1].id)) == (1, f"{said}0 whole, 1 broken.\n")


def test_a_key_nobody_has_gets_a_sentence(two):
    with pytest.raises(CommandError, match="The journal has nothing about"):
        verify(str(uuid.UUID(int=7)))
    with pytest.raises(CommandError, match="invalid UUID value"):
        verify("nothing")


def test_the_page_says_complete_only_when_it_was_checked(jeanne, as_owner, monkeypatch):
    address = f"/dossiers/{jeanne.record.id}/qui-a-regarde/"
    browser = jeanne.browser("jeanne")
    with as_owner():
        written(jeanne.record)

    def page():
        return browser.get(address).content.decode()

    assert "Journal complet, vérifié le 15 juin 2026." in page().replace("\xa0", " ")
    monkeypatch.setattr(reading, "MOST_CHECKED", 2)
    assert "Journal complet" not in page()
    assert "pas complet" not in page()
    monkeypatch.undo()
    with as_owner():
        tamper(ALTERED, jeanne.record)
    assert "Journal complet" not in page()
    assert "Ce journal n'est pas complet" in page()
