"""Counts that move, totals to the cent, and files not worth reading on."""

from __future__ import annotations

from datetime import date

import pytest

from imports.parsing import Refusal, Totals, business_texts, digest, digests, sentence
from imports.parsing.remembering import MOST_REMEMBERED
from tests.imports.parsing.files import (
    ILLNESS,
    LINE,
    accounted,
    csv,
    opened,
    read,
    refused_at_once,
)


def test_totals_are_by_scheme_and_month_of_the_flow_and_to_the_cent():
    rows = [
        LINE,
        {**LINE, "paid_cents": "", "reimbursed_cents": "1"},
        {**LINE, "operation": "CANCEL", "paid_cents": "-250", "reimbursed_cents": "-80"},
        {**LINE, "flow_date": "2026-12-01"},
        {**LINE, "scheme": "agricole", "reimbursed_cents": ""},
        {**LINE, "paid_cents": "12,50"},
    ]

    summary = accounted(csv(*rows))

    assert summary.totals == {
        ("general", "2026-11"): Totals(3, 1250 - 250, 780 + 1 - 80),
        ("general", "2026-12"): Totals(1, 1250, 780),
        ("agricole", "2026-11"): Totals(1, 1250, 0),
    }


def test_totals_are_the_same_whatever_the_blocks():
    rows = [
        {**LINE, "flow_date": f"2026-{11 + i // 500}-02", "paid_cents": str(i)}
        for i in range(1000)
    ]

    summary = accounted(csv(*rows), block=1000)

    assert summary.totals[("general", "2026-11")].paid_cents == sum(range(500))
    assert summary.totals[("general", "2026-12")].paid_cents == sum(range(500, 1000))


def test_only_claim_lines_have_totals():
    assert accounted(csv(ILLNESS)).totals == {}


def test_refusals_are_counted_by_code():
    wrong = {**LINE, "care_start": "05/10/2026", "paid_cents": "12,50"}
    summary = accounted(csv(LINE, wrong, {**LINE, "paid_cents": "1,5"}, LINE))

    assert (summary.rows, summary.accepted, summary.refused) == (4, 2, 2)
    assert summary.refusals == {"cents_format": 2, "date_format": 1}
    assert summary.stopped is None


def test_counts_move_while_the_file_is_read():
    reading = opened(csv(*[LINE] * 1000), block=1000)
    seen = [(reading.summary.accepted, reading.summary.last_line) for _ in reading.batches()]

    assert seen == sorted(set(seen))
    assert len(seen) > 3
    assert seen[-1] == (1000, 1001)


def test_a_file_that_mixes_hundreds_of_loads_is_not_read_on():
    rows = [{**LINE, "scheme": f"fund-{i}"} for i in range(100)]

    summary = accounted(csv(*rows), totals=10, block=1000)

    assert summary.stopped.code == "too_many_loads"
    assert accounted(csv(*rows), totals=100).stopped is None


def test_a_file_refused_over_and_over_is_not_read_on():
    rows = [{**LINE, "section": "?"}] * 500

    summary = accounted(csv(*rows), refused=300, block=1000)

    assert summary.stopped.code == "too_many_refused"
    assert sentence(summary.stopped).startswith("Ce fichier a plus de 300 lignes refusées.")
    assert accounted(csv(*rows), refused=500).stopped is None


def test_reading_row_by_row_ends_with_the_reason_for_stopping():
    *rows, last = read(csv(*[{**LINE, "section": "?"}] * 3), refused=2)

    assert [row[0].line for row in rows] == [2, 3, 4]
    assert [each.code for each in last] == ["too_many_refused"]


@pytest.mark.parametrize(
    ("latest", "code"), [("2026-11-01", "date_in_future"), ("2026-11-02", None)]
)
def test_a_flow_after_the_day_given_is_refused(latest, code):
    found = read(csv(LINE, {**LINE, "flow_date": "x"}), latest=date.fromisoformat(latest))

    if code:
        assert [(each.column, each.code) for each in found[0]] == [("flow_date", code)]
    else:
        assert found[0].line_id == "L1"
    assert found[1][0].code == "date_format"


def test_more_distinct_values_than_are_remembered_are_still_checked():
    count = MOST_REMEMBERED + 1000
    rows = [
        {
            **LINE,
            "person_system": "psa",
            "person_value": f"p{i}",
            "prescriber_name": f"Name {i // 2}",
            "label": "l" * 100 + str(i % 3),
            "care_start": "2026-10-05" if i % 5 else " 2026-10-05",
        }
        for i in range(count)
    ]
    rows[-1] = {**rows[-1], "person_value": "not one", "prescriber_name": "x\u200by"}
    reading = opened(csv(*rows))
    batches = list(reading.batches())

    values = [row[3] for batch in batches for row in batch.rows]
    assert values == [f"p{i}" for i in range(count - 1)]
    assert {row[5] for batch in batches for row in batch.rows} == {"2026-10-05"}
    assert reading.summary.refusals == {"pseudonym_shape": 1, "control_character": 1}


def test_a_batch_gives_the_digest_of_each_row():
    (batch,) = opened(csv(LINE, LINE, {**LINE, "label": "x"})).batches()
    said = business_texts(batch.kind, batch.columns)
    first, second, third = digests(batch.kind, map(str.encode, said))

    assert first == second != third
    assert first == digest(next(batch.typed()))


def test_the_reasons_for_refusing_a_file_at_once_are_of_line_zero():
    assert refused_at_once(b"") == (Refusal(0, "", "empty_file", parameters={"reached": 0}),)
