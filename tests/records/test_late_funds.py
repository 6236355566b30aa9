"""Which fund is late: one rule for the desk and for a record, told to the patient and the GP."""

from __future__ import annotations

import datetime as dt
import html
import uuid

import pytest
from django.utils import timezone

from access.binding import frozen_clock
from imports.models import ControlTotal, Load
from records.models import ReimbursementLine
from tests.access.cast import NOON
from tests.jeanne import a_visit
from tests.records.test_reading import page_of, words


SAID = "La caisse du régime agricole n'a pas encore envoyé les remboursements de mai 2026"


def care_page(world, who, page="care"):
    return html.unescape(words(page_of(world, who, page)))


def sent(scheme, period, finished, state="done", **facts):
    """One file of one month; of others besides, as many lines of each as `months` says."""
    months = {period: 1000} | facts.pop("months", {})
    given = {"file_sha256": uuid.uuid4().hex, "state": state, "finished_at": finished} | facts
    return Load.objects.create(
        file_name="x", stored_as="", file_size=1, file_kind="lines",
        uploaded_at=timezone.now(),
        totals=[
            {"scheme": scheme, "period": month, "lines": lines, "paid_cents": 7 * lines,
             "reimbursed_cents": 5 * lines}
            for month, lines in months.items()
        ],
        **given,
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
    for page in ("care", "home"):
        said = care_page(world, who, page)
        assert (SAID in said) is told
        assert ("attendus le 5 juin 2026" in said) is told
        assert "militaires" not in said  # no fund of theirs


def test_a_fund_that_only_a_code_names_is_said_without_it(world, as_owner):
    with as_owner():
        sent("rgm-101", "2026-04", NOON - dt.timedelta(days=40))
        ReimbursementLine.objects.filter(scheme="agricultural").update(scheme="rgm-101")

    said = care_page(world, "jeanne")
    assert "La caisse d'un régime que ce portail ne connaît pas n'a pas encore envoyé" in said
    assert "rgm-101" not in said


def test_a_fund_that_is_late_for_months_is_said_once_and_in_french(world, as_owner):
    with as_owner():
        sent("agricultural", "2026-02", NOON - dt.timedelta(days=100))
        Load.objects.filter(totals__contains=[{"period": "2026-04"}]).update(state="undone")
    for page in ("care", "home"):
        said = care_page(world, "jeanne", page)
        assert "remboursements de mars, avril et mai 2026, attendus depuis le 5 avril 2026" in said
        assert said.count("La caisse du régime agricole") == 1
    with as_owner():
        sent("agricultural", "2026-03", NOON)
    assert "les remboursements d'avril et mai 2026" in care_page(world, "jeanne")


def test_until_the_fifth_nobody_is_late_and_what_comes_is_no_longer_missing(world, as_owner):
    assert SAID in care_page(world, "jeanne")
    with frozen_clock(NOON.replace(day=5)):
        assert SAID not in care_page(world, "jeanne")
    with as_owner():
        sent("agricultural", "2026-05", NOON)

    assert SAID not in care_page(world, "jeanne")


MAY = "2026-05"


@pytest.mark.parametrize(
    ("lines", "has_come"), [(1, False), (499, False), (500, True), (1000, True), (2500, True)]
)
def test_a_file_brings_the_months_of_half_as_many_lines_as_its_fullest(
    world, as_owner, lines, has_come
):
    """One line of the last day of May whose date is wrong is not May's file."""
    with as_owner():
        sent("agricultural", "2026-04", NOON, months={MAY: lines})

    assert (SAID not in care_page(world, "jeanne")) is has_come


@pytest.mark.parametrize(("announced", "has_come"), [(3, True), (1000, False)])
def test_a_month_is_there_when_its_slip_says_so_however_short(
    world, as_owner, announced, has_come
):
    with as_owner():
        sent("agricultural", "2026-04", NOON, months={MAY: 3})
        ControlTotal.objects.create(
            scheme="agricultural", period=MAY, lines=announced, paid_cents=7 * announced,
            reimbursed_cents=5 * announced, load_id=uuid.uuid4(),
        )  # fmt: skip

    assert (SAID not in care_page(world, "jeanne")) is has_come


def test_what_was_refused_and_came_back_is_of_its_file_and_no_month_by_itself(world, as_owner):
    with as_owner():
        first = sent("agricultural", "2026-04", NOON, months={MAY: 250})
        again = sent("agricultural", MAY, NOON, months={MAY: 200}, corrects=first.id)
        assert SAID in care_page(world, "jeanne")
        sent("agricultural", MAY, NOON, months={MAY: 50}, corrects=again.id)

    assert SAID not in care_page(world, "jeanne")


@pytest.mark.parametrize(
    "same", [{"file_sha256": "same"}, {"recognised": {"rows": "same"}}], ids=["bytes", "rows"]
)
def test_the_same_rows_once_more_are_no_months_file_once_the_first_is_taken_back(
    world, as_owner, same
):
    hour = dt.timedelta(hours=1)
    with as_owner():
        first = sent("agricultural", MAY, NOON - 9 * hour, **same)
        sent("agricultural", MAY, NOON - 8 * hour, **same)
    assert SAID not in care_page(world, "jeanne")
    with as_owner():
        taken_back = Load.objects.filter(id=first.id)
        taken_back.update(state="undone", finished_at=NOON - 7 * hour)
    assert SAID in care_page(world, "jeanne")
    with as_owner():
        sent("agricultural", MAY, NOON - 6 * hour, **same)

    assert SAID not in care_page(world, "jeanne")


def test_a_month_that_a_later_one_overtook_is_missing_all_the_same(world, as_owner):
    with as_owner():
        sent("agricultural", "2026-06", NOON + dt.timedelta(days=18))
    with frozen_clock(NOON.replace(month=7, day=3)):
        said = care_page(world, "jeanne")
        assert f"{SAID}, attendus le 5 juin 2026" in said
        assert "juin 2026, attendus" not in said
    with frozen_clock(NOON.replace(month=9, day=3)):
        assert SAID not in care_page(world, "jeanne")  # asked for three months, not for ever


@pytest.mark.parametrize("who", ["jeanne", "guardian", "petit", "martin", "delegate"])
def test_without_a_line_the_funds_that_are_late_are_said_to_be_perhaps_theirs(
    world, as_owner, who
):
    with as_owner():
        ReimbursementLine.objects.filter(record=world.record).update(withdrawn_at=NOON)
    maybe = (
        "régime agricole (mai 2026) et régime des militaires (mai 2026). "
        "Si l'une d'elles rembourse ces soins, c'est pour cela."
    )
    for page in ("care", "home"):
        assert (maybe in care_page(world, who, page)) is (who not in {"martin", "delegate"})


def test_a_code_nobody_knows_is_said_to_no_one_without_a_line_of_it(world, as_owner):
    with as_owner():
        sent("martian", "2026-04", NOON - dt.timedelta(days=40))
        ReimbursementLine.objects.filter(record=world.record).update(withdrawn_at=NOON)

    said = care_page(world, "jeanne")

    assert "régime agricole (mai 2026)" in said
    assert "martian" not in said


def test_without_a_line_the_one_fund_that_is_late_is_said_with_what_it_owes(world, as_owner):
    with as_owner():
        sent("military", "2026-05", NOON)
        ReimbursementLine.objects.filter(record=world.record).update(withdrawn_at=NOON)
    said = f"{SAID}, attendus le 5 juin 2026. Si c'est elle qui rembourse ces soins"
    assert said in care_page(world, "jeanne")
