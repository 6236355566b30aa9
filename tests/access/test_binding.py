"""What is bound reaches the database with the next statement, whatever that is and what fails."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from access.binding import _carry, binding, turn_to
from tests.access.cast import NOON


pytestmark = pytest.mark.django_db
RECORD = uuid.UUID("0198c0de-0000-7000-8000-000000000001")


def known(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [f"dmp.{name}"])
        return cursor.fetchone()[0]


@pytest.fixture
def viewer(world):
    return world.jeanne


def test_it_takes_no_message_of_its_own(viewer):
    with binding(viewer, at=NOON):
        known("viewer")  # after the savepoint that a binding of the tests begins with
        with CaptureQueriesContext(connection) as asked:
            turn_to(RECORD)
            assert known("record") == str(RECORD)
        assert known("viewer") == str(viewer.user_id)
    assert len(asked) == 1
    assert known("viewer") == known("record") == ""


def test_a_percent_sign_of_the_statement_stays_one(viewer):
    with binding(viewer, at=NOON), connection.cursor() as cursor:
        turn_to(RECORD, "take away")
        cursor.execute("SELECT '5 %%', %s", ["x"])
        assert cursor.fetchone() == ("5 %", "x")
        turn_to(RECORD)
        cursor.execute("SELECT '5 %'")
        assert cursor.fetchone() == ("5 %",)
        assert known("purpose") == ""


def test_what_is_undone_before_it_was_told_is_told_after(viewer):
    @transaction.atomic
    def fails():
        turn_to(RECORD)
        raise ZeroDivisionError

    with binding(viewer, at=NOON):
        with pytest.raises(ZeroDivisionError):
            fails()
        assert known("record") == str(RECORD)
        assert known("viewer") == str(viewer.user_id)


def test_it_is_told_before_statements_that_can_carry_nothing(viewer, world):
    with binding(viewer, at=NOON), connection.cursor() as cursor:
        turn_to(RECORD)
        cursor.executemany("SELECT %s", [("a",), ("b",)])
        assert known("record") == str(RECORD)
    with binding(viewer, at=NOON):
        turn_to(RECORD)
        assert [*type(world.record).objects.filter(id=world.record.id).iterator()] == [
            world.record
        ]
        assert known("record") == str(RECORD)


def test_an_inner_binding_takes_nothing_of_what_the_outer_one_had_to_tell(viewer, world):
    with binding(viewer, at=NOON):
        turn_to(RECORD)
        with binding(world.martin.viewer, at=NOON):
            assert known("viewer") == str(world.martin.viewer.user_id)
            assert known("record") == ""
        assert known("viewer") == str(viewer.user_id)
    with binding(viewer, at=NOON):
        pass
    assert known("viewer") == ""
    assert _carry not in connection.execute_wrappers
