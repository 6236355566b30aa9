"""What must hold between the columns of one row."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from imports.parsing.rules import LINE_RULE, PERIOD_RULE
from tests.imports.parsing.files import ILLNESS, LINE, codes, csv, read


BROKEN = [
    ({"care_end": "2026-10-04"}, "care_end", "care_end_before_start"),
    ({"flow_date": "2026-10-04"}, "flow_date", "flow_before_care"),
    ({"birth_date": "2026-10-06"}, "birth_date", "birth_after_care"),
    ({"reverses_line_id": "L1", "paid_cents": "-5", "base_cents": "", "reimbursed_cents": ""},
     "reverses_line_id", "reverses_itself"),
    ({"paid_cents": "-1250"}, "reverses_line_id", "negative_without_original"),
    ({"quantity": "-2"}, "reverses_line_id", "negative_without_original"),
    ({"reimbursed_cents": "-1"}, "reverses_line_id", "negative_without_original"),
    ({"base_cents": "-1"}, "reverses_line_id", "negative_without_original"),
    ({"reverses_line_id": "L0"}, "reverses_line_id", "reversal_not_negative"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "column", "code"), BROKEN)
def test_a_row_that_contradicts_itself_is_refused(changes, column, code):
    assert codes(csv({**LINE, **changes})) == [(2, column, code)]


KEPT = [
    {"reverses_line_id": "L0", "paid_cents": "-1250"},
    {"reverses_line_id": "L0", "quantity": "-2"},
    {"reverses_line_id": "L0", "quantity": "0", "paid_cents": "0", "base_cents": "",
     "reimbursed_cents": ""},
    {"operation": "CANCEL"},
    {"operation": "CANCEL", "reverses_line_id": "L0"},
    {"operation": "CANCEL", "reverses_line_id": "L1"},
    {"operation": "CANCEL", "paid_cents": "-1250"},
    {"operation": "CANCEL", "reverses_line_id": "L0", "quantity": "-2"},
]  # fmt: skip


@pytest.mark.parametrize("changes", KEPT, ids=str)
def test_a_reversal_and_a_cancellation_are_taken(changes):
    assert codes(csv({**LINE, **changes})) == []


def test_a_row_with_a_wrong_value_is_still_held_against_its_other_columns():
    changes = {"care_end": "2026-10-04", "rate_pct": "x", "reverses_line_id": "a\tb"}

    assert codes(csv(LINE, {**LINE, **changes, "paid_cents": "-1"}, LINE)) == [
        (3, "care_end", "care_end_before_start"),
        (3, "rate_pct", "rate_format"),
        (3, "reverses_line_id", "control_character"),
    ]


def test_a_wrong_start_is_not_held_against_the_other_dates():
    assert codes(csv({**LINE, "care_start": "x", "care_end": ""})) == [
        (2, "care_start", "date_format")
    ]


def test_rows_around_a_refused_one_are_kept_with_their_lines():
    rows = [LINE, {**LINE, "line_id": "L2", "care_end": "2026-10-04"}, {**LINE, "line_id": "L3"}]

    first, refusals, last = read(csv(*rows))

    assert (first.number, first.line_id) == (2, "L1")
    assert refusals[0].line == 3
    assert (last.number, last.line_id) == (4, "L3")


def test_only_wrong_rows_in_a_block_is_no_trouble():
    assert codes(csv({**LINE, "section": "?"}, {**LINE, "section": "?"})) == [
        (2, "section", "choice_unknown"),
        (3, "section", "choice_unknown"),
    ]


DATES = st.sampled_from(["2026-01-01", "2026-06-01", "2026-12-31"])
SIGNED = st.sampled_from(["", "0", "5", "-5"])


@given(
    st.fixed_dictionaries(
        {
            "birth_date": DATES, "care_start": DATES, "care_end": DATES, "flow_date": DATES,
            "reverses_line_id": st.sampled_from(["", "L0", "L1"]),
            "operation": st.sampled_from(["UPSERT", "CANCEL"]),
            "quantity": SIGNED, "paid_cents": SIGNED, "base_cents": SIGNED,
            "reimbursed_cents": SIGNED,
        }
    )
)  # fmt: skip
def test_no_broken_line_escapes_the_fast_look(changes):
    row = {**LINE, **changes}

    if list(LINE_RULE.broken(row)):
        assert LINE_RULE.suspects([[value] for value in row.values()]) == [0]


@given(DATES, st.sampled_from(["", "2026-01-01", "2026-12-31"]))
def test_no_broken_period_escapes_the_fast_look(since, until):
    row = {**ILLNESS, "since": since, "until": until}

    if list(PERIOD_RULE.broken(row)):
        assert PERIOD_RULE.suspects([[value] for value in row.values()]) == [0]
