"""Which fund is late: one rule for the desk and for a record, told to the patient and the GP."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from django.utils import timezone

from access.binding import frozen_clock
from imports.models import Load
from tests.access.cast import NOON
from tests.jeanne import a_visit
from tests.records.test_reading import page_of, words


SAID = "La caisse du régime agricole n'a pas encore envoyé les remboursements de mai 2026"


def care_page(world, who):
    return html.unescape(words(page_of(world, who, "care")))


def sent(scheme, period, finished, state="done"):
    Load.objects.create(
        file_name="x", stored_as="", file_sha256="", file_size=1, file_kind="lines", state=state,
        uploaded_at=timezone.now(), finished_at=finished,
        totals=[{"scheme": scheme, "period": period}],
    )  # fmt: skip


@pytest.fixture
def world(jeanne, as_owner):
    """A fund that sends its files sent April's and not May's; another of the record is in time."""
    with as_owner():
        sent("agricultural", "2026-04", NOON - dt.timedelta(days=40))
        sent("agricultural", "2026-05", NOON, state="checked")
        sent("general", "2026-05", NOON - dt.timedelta(days=9))
        sent("military", "2026-04", NOON - dt.timedelta(days=40))
        a_visit(jeanne.record, dt.date(2026, 4, 2), jeanne.professionals["garnier"])
        line = a_visit(jeanne.record, dt.date(2026, 4, 3), jeanne.professionals["petit"])
        line.scheme = "agricultural"
        line.save(update_fields=["scheme"])
    return jeanne


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("jeanne", True),
        ("guardian", True),
        ("petit", True),
        ("martin", False),
        ("delegate", False),
    ],
)
def test_the_patient_and_the_gp_read_which_fund_is_late(world, who, told):
    said = care_page(world, who)

    assert (SAID in said) is told
    assert ("attendus le 5 juin 2026" in said) is told
    assert "militaires" not in said  # no fund of theirs


def test_until_the_fifth_nobody_is_late_and_what_comes_is_no_longer_missing(world, as_owner):
    assert SAID in care_page(world, "jeanne")
    with frozen_clock(NOON.replace(day=5)):
        assert SAID not in care_page(world, "jeanne")
    with as_owner():
        sent("agricultural", "2026-05", NOON)

    assert SAID not in care_page(world, "jeanne")
