"""What signed somebody in and is over is forgotten, by the worker, which reads nothing of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction

from access.binding import frozen_clock
from access.models import OneTimeCode
from access.tasks import tidy
from tests.access.cast import NOON


pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(as_owner):
    """Two sessions and three codes: one of each is over for long."""
    now = dt.datetime.now(dt.UTC)
    with as_owner():
        for key, days in (("over", -1), ("going", 1)):
            Session.objects.create(
                session_key=key, session_data="x", expire_date=now + dt.timedelta(days=days)
            )
        for subject, days in (("old", -31), ("late", -29), ("living", 1)):
            OneTimeCode.objects.create(
                purpose="sign-in", subject=subject, digest=b"x", made_at=NOON, tries_left=3,
                expires_at=NOON + dt.timedelta(days=days),
            )  # fmt: skip


def test_what_is_over_is_forgotten_every_night(kept, as_owner, request):
    request.getfixturevalue("as_worker")
    with frozen_clock(NOON):
        tidy()
    with as_owner():
        assert [one.session_key for one in Session.objects.all()] == ["going"]
        assert {one.subject for one in OneTimeCode.objects.all()} == {"late", "living"}


@pytest.mark.parametrize(
    "asked", ["SELECT session_data FROM django_session", "SELECT digest FROM access_onetimecode"]
)
def test_the_worker_reads_nothing_of_a_session_nor_of_a_code(kept, as_worker, asked):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(asked)
