"""Numbers by month, and the last time of each examination: of the given lines and no others."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import permutations

from hypothesis import given, strategies as st

from records.care.events import care_events
from records.care.kinds import EventKind
from records.care.months import already_done, by_month
from tests.records.care.making import a_line, a_medicine, a_test, a_visit, by_petit
from tests.records.care.worlds import care_lines


FIRST, LAST = date(2024, 11, 26), date(2026, 11, 26)


def test_a_visit_and_what_it_ordered_count_once_each_in_their_own_month():
    lines = [
        a_visit("2026-05-31"),
        a_medicine("2026-05-31", **by_petit("2026-05-31")),
        a_medicine("2026-06-01", code="3400900000024", **by_petit("2026-05-31")),
        a_test("2026-06-01", **by_petit("2026-05-31")),
    ]

    found = by_month(care_events(lines), FIRST, LAST)

    assert (len(found.months), found.months[0], found.months[-1]) == (
        25, date(2024, 11, 1), date(2026, 11, 1),
    )  # fmt: skip
    at = found.months.index(date(2026, 5, 1))
    assert {kind: counts[at : at + 2] for kind, counts in found.counts.items()} == {
        EventKind.VISIT: (1, 0),
        EventKind.LABORATORY: (0, 1),
        EventKind.PHARMACY: (1, 1),
    }
    assert all(sum(counts) == sum(counts[at : at + 2]) for counts in found.counts.values())


@given(st.lists(care_lines(), max_size=12, unique_by=lambda line: line.id))
def test_the_numbers_are_those_of_the_events_of_the_window(lines):
    events = care_events(lines)

    found = by_month(events, FIRST, LAST)

    expected = Counter(
        (kind, month)
        for event in events
        for kind, month in {(item.kind, item.on.replace(day=1)) for item in event.items}
        if found.months[0] <= month <= found.months[-1]
    )
    told = {
        (kind, month): count
        for kind, counts in found.counts.items()
        for month, count in zip(found.months, counts, strict=True)
        if count
    }
    assert told == expected
    assert all(any(counts) for counts in found.counts.values())


def test_an_examination_is_told_once_with_its_last_day():
    old = a_test("2025-03-01", performer_name="Laboratoire du Port")
    new = a_test("2026-05-12", performer_name="Laboratoire de la Gare")
    again = a_test("2026-05-12", performer_name="Laboratoire de la Gare")
    shot = a_line("2026-01-02", section="VAC", code="3400930000001", label="Grippe")
    ecg = a_line("2026-02-03", code_system="CCAM", code="DEQP003", label="Électrocardiogramme")

    found = already_done(
        [old, ecg, new, shot, again, a_visit("2026-05-12"), a_medicine("2026-05-12")]
    )

    assert [(one.label, str(one.last_on), one.days) for one in found] == [
        (new.label, "2026-05-12", 2),
        ("Électrocardiogramme", "2026-02-03", 1),
        ("Grippe", "2026-01-02", 1),
    ]
    assert set(found[0].line_ids) == {old.id, new.id, again.id}
    assert found[0].line_ids[-1] == old.id


def test_an_examination_that_nothing_names_is_told_by_its_code():
    [found] = already_done([a_test("2026-05-12", label="", code="9876")])

    assert found.label == "NABM 9876"


def test_the_order_of_the_lines_changes_nothing():
    names = [("TSH", "1208"), ("TSH", "1208"), ("Glycémie", "552"), ("TSH", "")]
    lines = [a_test("2026-05-12", label=label, code=code) for label, code in names]

    for order in permutations(lines):
        assert [(one.code, one.label) for one in already_done(order)] == [
            ("552", "Glycémie"), ("", "TSH"), ("1208", "TSH"),
        ]  # fmt: skip
