"""A record that comes back while its lines change: who changes them found it closed."""

from __future__ import annotations

import uuid

import pytest

from access.binding import binding
from access.viewer import Role, Viewer
from imports import filling, loading
from records.models import Record, RecordIdentifier
from records.opening import reopen_record
from records.uuid7 import first_uuid7
from tests.imports.loads import line, lines, receive
from tests.imports.persons import LONG_AGO, lines_of, make_record
from tests.imports.test_filled_meanwhile import elsewhere


pytestmark = pytest.mark.django_db(transaction=True)


def test_a_record_reopened_and_filled_while_its_lines_change_is_filled_again(
    as_owner, monkeypatch
):
    """Who changes them passed it over, and it was filled before they were committed."""
    with as_owner():
        record = make_record(waits=False)
        RecordIdentifier.objects.update(id=first_uuid7(LONG_AGO))  # known long before the load
        Record.objects.update(status="closed", closed_at=LONG_AGO)
        holder = Record.objects.get().holder_id
        load_id = receive(lines(line("A")))
    by = Viewer(
        user_id=uuid.UUID(int=5), role=Role.PATIENT, active=True, second_factor="totp",
        person_id=holder,
    )  # fmt: skip
    ask_again = filling.ask_again

    def reopen_and_fill():
        with binding(by):
            reopen_record(by=by, record_id=record)
        assert filling.fill(record)

    def and_they_come_back(keys):
        ask_again(keys)
        elsewhere(reopen_and_fill, "dmp_owner").join(10)

    with as_owner():
        with monkeypatch.context() as patched:
            patched.setattr(filling, "ask_again", and_they_come_back)
            assert loading.run(load_id)
        assert Record.objects.get().status == "open"
        assert lines_of(record) == {}

        assert not filling.fill_waiting()

        assert set(lines_of(record)) == {"A"}
