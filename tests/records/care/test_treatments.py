"""Where a treatment stands: the published rule, its limits to the day, and never a dose."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import example, given, strategies as st

from records import reference
from records.care.dispensings import Dispensing, days_covered
from records.care.treatments import Status, Treatment, treatments
from tests.records.care.making import (
    NAMES,
    PlainMedicine,
    PlainNames,
    a_medicine,
    by_garnier,
    by_petit,
    day,
)
from tests.records.care.worlds import FIRST_DAY, HISTORIES


LAST = date(2026, 6, 1)


def given_days_before(*days, last=LAST, **facts):
    """Dispensings that many days before the last one, which is the day 0."""
    return [a_medicine((last - timedelta(days=back)).isoformat(), **facts) for back in days]


def read(lines, on, names=NAMES):
    return treatments(lines, names, on=on, lang="fr")


class InPacks(PlainNames):
    """A reference in which every box holds so many tablets."""

    def __init__(self, units, atc="A10BA02"):
        self.box = PlainMedicine("Boîte", "metformine", atc, units)

    def medicine(self, _cip13, /):
        return self.box


@pytest.mark.parametrize(
    ("before", "after_last", "pack", "status"),
    [
        # three dispensings in 12 months; 1.5 x 30 + 30 = 75 days
        ((0, 30, 60), 0, 30, Status.IN_PROGRESS),
        ((0, 30, 60), 74, 30, Status.IN_PROGRESS),
        ((0, 30, 60), 75, 30, Status.MAYBE_STOPPED),
        ((0, 30, 60), 364, 30, Status.MAYBE_STOPPED),
        ((0, 30, 60), 365, 30, Status.PAST),
        # two aren't enough for a month's pack
        ((0, 30), 10, 30, Status.PAST),
        # twice on one day is one dispensing
        ((0, 0, 30), 10, 30, Status.PAST),
        # a year is a year: the third one is 12 months and a day old
        ((0, 30, 365), 0, 30, Status.PAST),
        ((0, 30, 364), 0, 30, Status.IN_PROGRESS),
        # two are enough for a quarter's pack; 1.5 x 84 + 30 = 156 days
        ((0, 84), 155, 84, Status.IN_PROGRESS),
        ((0, 84), 156, 84, Status.MAYBE_STOPPED),
        ((0, 83), 10, 83, Status.PAST),
        ((0,), 10, 84, Status.PAST),
        # 1.5 x 90 + 30 = 165 days
        ((0, 90), 164, 90, Status.IN_PROGRESS),
        ((0, 90), 165, 90, Status.MAYBE_STOPPED),
        # several a day: 270 tablets are a quarter, not nine months
        ((0, 90), 165, 270, Status.MAYBE_STOPPED),
        # fetched every month, a large pack is a month's
        ((0, 30, 60), 74, 90, Status.IN_PROGRESS),
        ((0, 30, 60), 75, 90, Status.MAYBE_STOPPED),
        ((0, 30), 10, 90, Status.PAST),
        # once in a hurry, before leaving, changes nothing
        ((0, 90, 120, 210), 164, 90, Status.IN_PROGRESS),
    ],
)
def test_where_a_treatment_stands(before, after_last, pack, status):
    (found,) = read(
        given_days_before(*before),
        LAST + timedelta(days=after_last),
        InPacks(pack),
    )

    assert found.status is status


def test_a_recent_box_that_is_not_regular_is_said_to_be_recent():
    (found,) = read(given_days_before(0), LAST)

    assert (found.status, found.regular, found.recent) == (Status.PAST, False, True)


def test_generics_of_one_substance_are_one_treatment():
    lines = [
        a_medicine("2026-04-01", code="3400900000017", label="Metformine A"),
        a_medicine("2026-05-01", code="3400900000031", label="Metformine B"),
        a_medicine("2026-06-01", code="3400900000048", label="Metformine C"),
    ]

    (found,) = read(lines, LAST)

    assert found.key == "A10BA02"
    assert found.substance == "metformine"
    assert found.status is Status.IN_PROGRESS
    assert [given.labels for given in found.dispensings] == [
        ("Metformine A",),
        ("Metformine B",),
        ("Metformine C",),
    ]


def test_the_reference_gives_the_substance_of_a_line_that_carries_none():
    (found,) = read([a_medicine("2026-05-01", code="3400900000024", atc="")], LAST)

    assert (found.key, found.substance) == ("C09AA05", "ramipril")


@pytest.mark.parametrize(
    ("cip13", "french", "english"),
    [
        ("3400939717449", "Metformine", "Metformin"),
        # a box of two substances, whose class ends at the fourth level
        ("3400934428043", "calcium, colécalciférol", "Calcium combined with other substances"),
    ],
)
def test_a_substance_reads_in_the_reader_s_language(cip13, french, english):
    line = a_medicine("2026-05-01", code=cip13, atc="")

    for lang, words in (("fr", french), ("en", english)):
        (found,) = treatments([line], reference, on=LAST, lang=lang)
        assert found.substance == words


def test_a_medicine_nobody_knows_is_named_after_its_box():
    (found,) = read([a_medicine("2026-05-01", code="3400999999999", atc="", label="Boîte")], LAST)

    assert (found.key, found.substance, found.atc) == ("CIP13:3400999999999", "Boîte", "")


def test_gaps_and_overlaps_are_between_dispensings():
    lines = [
        a_medicine(on)
        for on in ("2026-01-01", "2026-01-10", "2026-02-10", "2026-04-26", "2026-05-25")
    ]

    (found,) = read(lines, LAST)

    assert [(gap.after, gap.before) for gap in found.gaps] == [
        (day("2026-02-10"), day("2026-04-26"))
    ]
    assert [(overlap.first, overlap.second) for overlap in found.overlaps] == [
        (day("2026-01-01"), day("2026-01-10"))
    ]


@pytest.mark.parametrize(("days", "overlaps"), [(14, 1), (15, 0), (30, 0)])
def test_a_second_box_is_early_before_half_of_the_first_one(days, overlaps):
    (found,) = read(given_days_before(0, days), LAST)

    assert len(found.overlaps) == overlaps


def test_a_switch_inside_a_class_says_what_came_after():
    before = [
        a_medicine(on, atc="C09AA02", label="Énalapril")
        for on in ("2025-10-01", "2025-11-01", "2025-12-01")
    ]
    after = [
        a_medicine(on, code="3400900000024", atc="C09AA05")
        for on in ("2026-03-01", "2026-04-01", "2026-05-01")
    ]

    current, former = read([*before, *after], LAST)

    assert (current.key, current.replaced_by) == ("C09AA05", "")
    assert (former.key, former.status) == ("C09AA02", Status.MAYBE_STOPPED)
    assert former.replaced_by == "C09AA05"


def test_a_cousin_begun_while_it_was_still_delivered_did_not_come_after():
    former = given_days_before(60, 90, 120, 200, atc="C09AA02")[:3]
    cousin = given_days_before(0, 30, 60, atc="C09AA05", code="3400900000024")

    found = {one.key: one for one in read([*former, *cousin], LAST + timedelta(days=30))}

    assert found["C09AA02"].status is Status.MAYBE_STOPPED
    assert found["C09AA02"].replaced_by == ""


def test_the_first_of_several_cousins_is_the_one_that_came_after():
    former = given_days_before(200, 230, 260, atc="C09AA02")
    first = given_days_before(0, 30, 60, 90, atc="C09AA05", code="3400900000024")
    second = given_days_before(0, 30, 60, atc="C09AA01", code="3400900000055")

    found = {one.key: one for one in read([*former, *first, *second], LAST)}

    assert found["C09AA02"].replaced_by == "C09AA05"


def test_the_categories_of_a_treatment_are_those_of_its_lines():
    lines = [*given_days_before(0, categories=1), *given_days_before(30, categories=8)]

    (found,) = read(lines, LAST)

    assert found.categories == 9


def test_another_class_replaces_nothing():
    former = given_days_before(200, 230, 260, atc="C09AA02")
    other = given_days_before(0, 30, 60)

    assert {found.replaced_by for found in read([*former, *other], LAST)} == {""}


def test_a_delivery_that_was_taken_back_is_no_dispensing():
    lines = [
        *given_days_before(30, 60),
        a_medicine("2026-06-01"),
        a_medicine("2026-06-01", quantity=-1),
    ]

    (found,) = read(lines, LAST)

    assert found.last_on == day("2026-05-02")
    assert found.status is Status.PAST


def test_a_medicine_taken_back_whole_was_never_given():
    for quantity in (-1, 0):
        assert read([a_medicine("2026-05-01", quantity=quantity)], LAST) == ()


def test_who_prescribed_the_latest_first():
    lines = [
        a_medicine("2026-04-01", **by_garnier("2026-04-01")),
        a_medicine("2026-05-01", **by_petit("2026-05-01")),
        a_medicine("2026-06-01", **by_petit("2026-05-01")),
    ]

    (found,) = read(lines, LAST)

    assert [party.name for party in found.prescribers] == ["Dr Petit", "Dr Garnier"]


def test_what_comes_after_the_day_asked_about_is_not_known():
    (found,) = read(given_days_before(0, 30, 60), LAST - timedelta(days=1))

    assert found.in_12_months == 2


def test_a_leap_day_has_a_year_before_it():
    (found,) = read(given_days_before(0, last=date(2028, 2, 29)), date(2028, 2, 29))

    assert found.in_12_months == 1


def test_treatments_in_progress_come_first_then_the_latest():
    lines = [
        *given_days_before(0, 30, 60),
        *given_days_before(100, 130, 160, atc="C09AA05", code="3400900000024"),
        *given_days_before(1, atc="N06AB06"),
    ]

    assert [found.substance for found in read(lines, LAST)] == [
        "metformine",
        "ramipril",
        "sertraline",
    ]


def test_nothing_in_a_treatment_could_hold_a_dose():
    words = {field.name for kind in (Treatment, Dispensing) for field in fields(kind)}

    assert not words & {"dose", "dosage", "posology", "per_day", "daily", "intake", "quantity"}


@pytest.mark.parametrize(
    ("atc", "tablets", "boxes", "days"),
    [
        # a pill: a cycle a blister, three at once are twelve weeks
        ("G03AA07", 21, 1, 30), ("G03AA07", 28, 3, 84), ("G03AC09", 84, 1, 84),
        ("G03AB03", 63, 1, 84), ("G03AA07", 21, 12, 84), ("G03AA07", 21, 2, 56),
        # three boxes of a month's tablets are three a day as well as three months
        ("A10BA02", 30, 3, 30), ("G03AD01", 1, 3, 30), ("G03AC08", 0, 3, 30),
    ],
)  # fmt: skip
def test_what_a_delivery_covers_is_read_from_its_packs(atc, tablets, boxes, days):
    assert days_covered(PlainMedicine("Boîte", "", atc, tablets), boxes) == days


@given(st.integers(84, 400), st.integers(75, 110), st.integers(0, 200), st.integers(2, 6))
def test_a_large_pack_fetched_each_quarter_is_in_progress_until_a_pack_and_a_half_and_a_month(
    tablets, quarter, after, times
):
    lines = given_days_before(*(quarter * back for back in range(times)))

    (found,) = read(lines, LAST + timedelta(days=after), InPacks(tablets))

    in_time = 2 * after < 3 * min(tablets, 90) + 60
    assert found.status is (Status.IN_PROGRESS if in_time else Status.MAYBE_STOPPED)
    assert not found.overlaps


@given(
    st.integers(84, 400), st.lists(st.integers(1, 41), min_size=2, max_size=8), st.integers(0, 400)
)
def test_a_large_pack_fetched_each_month_is_read_like_a_small_one(tablets, months, after):
    days = [sum(months[:back]) for back in range(len(months) + 1)]
    on = LAST + timedelta(days=after)

    large, small = (read(given_days_before(*days), on, InPacks(held)) for held in (tablets, 30))

    assert [(t.status, t.regular, t.recent) for t in large] == [
        (t.status, t.regular, t.recent) for t in small
    ]


@given(
    st.lists(st.integers(0, 700), min_size=1, max_size=9), st.integers(0, 400), st.integers(0, 400)
)
@example([0, 201, 202], 164, 90)
def test_a_larger_pack_never_makes_a_treatment_look_stopped_sooner(days, after, tablets):
    on = LAST + timedelta(days=after)

    def stands(held):
        (found,) = read(given_days_before(*days), on, InPacks(held))
        return list(Status)[::-1].index(found.status)

    assert stands(tablets) >= stands(30)


@given(HISTORIES, st.integers(0, 400))
def test_every_date_of_a_treatment_is_the_date_of_one_of_its_lines(lines, later):
    on = FIRST_DAY + timedelta(days=later)
    starts = {line.id: line.care_start for line in lines}
    for found in read(lines, on):
        own = {starts[line_id] for line_id in found.line_ids}
        told = {given.on for given in found.dispensings}
        told |= {d for gap in found.gaps for d in (gap.after, gap.before)}
        told |= {d for overlap in found.overlaps for d in (overlap.first, overlap.second)}
        assert told == own
        assert max(told) <= on


@given(HISTORIES, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(lines, random):
    on = date(2026, 3, 1)
    shuffled = list(lines)
    random.shuffle(shuffled)

    assert read(shuffled, on) == read(lines, on)


@given(HISTORIES, st.data())
def test_treatments_of_the_visible_lines_say_nothing_of_the_others(lines, data):
    hidden = {line.id for line in lines if data.draw(st.booleans())}
    told = repr(read([line for line in lines if line.id not in hidden], date(2026, 3, 1)))

    for line in lines:
        if line.id in hidden:
            assert line.label not in told
            assert repr(line.id) not in told
