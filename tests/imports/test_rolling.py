"""The night asks for what it may change: an old line that is kept is looked at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction

from imports import filling
from imports.models import ClaimLine
from records.models import Filling, ReimbursementLine
from tests.imports.persons import ask, claim, days_ago, lines_of, make_record, rows
from tests.imports.test_filling import cite


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]


@pytest.fixture
def old(as_owner):
    """A record whose two lines grew older than 24 months since; a synthesis rests on one."""
    with as_owner():
        record = make_record()
    claim("kept", care_start=days_ago(720))
    claim("old", care_start=days_ago(720))
    assert filling.fill(record)
    with as_owner():
        cite(record, ReimbursementLine.objects.get(line_key="kept"))
    grow_old("kept", "old")
    return record


def grow_old(*names):
    """Let lines be older than 24 months, and of them when their record was last filled."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE dmp_owner")
        of = ReimbursementLine.objects.filter(line_key__in=names)
        of.update(occurred_on=days_ago(800))
        ClaimLine.objects.filter(line_id__in=names).update(care_start=days_ago(800))
        before = dt.datetime.now(dt.UTC) - dt.timedelta(days=90)
        Filling.objects.update(finished_at=before, requested_at=before)
        cursor.execute("SET LOCAL ROLE dmp_worker")


def test_a_line_that_is_kept_is_rolled_once(old):
    assert filling.roll() == 1
    assert not filling.fill_waiting()
    assert lines_of(old) == {"kept": (1, 1000, "")}
    done = Filling.objects.filter(state="done").latest("finished_at")
    assert done.older_lines == 2

    assert filling.roll() == 0


def test_one_that_only_kept_lines_grow_old_of_is_rolled_once_too(old, as_owner):
    """What the record says of care from before is told by its last filling."""
    with as_owner():
        rows("DELETE FROM imports_claimline WHERE line_id = 'old' RETURNING 1")
        ReimbursementLine.objects.filter(line_key="old").delete()

    assert filling.roll() == 1
    assert not filling.fill_waiting()
    assert Filling.objects.filter(state="done").latest("finished_at").older_lines == 1
    assert filling.roll() == 0


def test_a_line_that_was_taken_back_goes_with_its_24_months(as_owner):
    with as_owner():
        record = make_record()
    claim("A")
    claim("B", care_start=days_ago(720))
    assert filling.fill(record)
    ClaimLine.objects.filter(line_id="B").update(cancelled=True, digest=bytes(range(32)))
    with as_owner():
        ask(record)
    assert not filling.fill_waiting()
    assert lines_of(record)["B"][2] == "cancelled"
    grow_old("B")

    assert filling.roll() == 1
    assert not filling.fill_waiting()

    assert list(lines_of(record)) == ["A"]
    assert filling.roll() == 0
