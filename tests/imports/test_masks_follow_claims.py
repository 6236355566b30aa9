"""What was hidden of one claim stays hidden when the fund sends it again under another number."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Mask
from imports import filling
from records.models import ReimbursementLine
from tests.imports.persons import (
    LONG_AGO,
    OTHER_NIR,
    ask,
    claim,
    days_ago,
    illness,
    key,
    make_record,
    rows,
)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]
DOCTOR, GESTURE = uuid.UUID(int=1), uuid.UUID(int=2)
OTHER_BOX = {"code": "3400938265194", "atc": "N02BE05"}


@pytest.fixture
def record(as_owner):
    """A record that holds one claim, A."""
    with as_owner():
        record_id = make_record()
    claim("A")
    filling.fill(record_id)
    return record_id


def mask(element, **facts):
    return Mask.objects.create(**{
        "record_id": element.record_id, "target": "element", "target_id": element.id,
        "audience": "professional", "audience_id": DOCTOR, "gesture": GESTURE, "since": LONG_AGO,
    } | facts)  # fmt: skip


def hide(line_key, as_owner, *, record_id=None, **facts):
    with as_owner():
        lines = ReimbursementLine.objects.filter(line_key=line_key)
        return mask(lines.get(record_id=record_id) if record_id else lines.get(), **facts)


def again(record, as_owner):
    with as_owner():
        ask(record)
    assert filling.fill(record)


def take_back(line_key):
    rows("UPDATE imports_claimline SET cancelled = true WHERE line_id = %s RETURNING 1", line_key)


def hidden():
    """The claims under a mask, by the fund's key, with whom each is hidden from."""
    return rows(
        "SELECT line.line_key, mask.audience, mask.gesture FROM access_mask mask"
        " JOIN records_reimbursementline line"
        " ON line.record_id = mask.record_id AND line.id = mask.target_id"
        " WHERE mask.ended_at IS NULL ORDER BY 1, 2"
    )


@pytest.mark.parametrize("facts", [{}, OTHER_BOX, {"performer_name": "Pharmacie du Phare"}])
def test_a_hidden_claim_taken_back_and_sent_under_another_number_stays_hidden(
    record, as_owner, facts
):
    hide("A", as_owner)
    hide("A", as_owner, audience="everyone", audience_id=None)
    take_back("A")
    claim("B", **facts)

    again(record, as_owner)

    of_both = [("everyone", GESTURE), ("professional", GESTURE)]
    assert hidden() == [(key, *each) for key in "AB" for each in of_both]

    take_back("B")
    claim("C")
    again(record, as_owner)
    again(record, as_owner)
    assert hidden()[4:] == [("C", *each) for each in of_both]


def test_a_round_that_adds_a_line_alone_hides_it_too(record, as_owner):
    hide("A", as_owner)
    claim("B")
    with as_owner():
        ask(record)

    filling.fill_waiting()

    assert [line for line, *_ in hidden()] == ["A", "B"]


@pytest.mark.parametrize("first", ["taken back", "sent again"])
def test_in_whatever_order_the_two_come(record, as_owner, first):
    hide("A", as_owner)
    take_back("A") if first == "taken back" else claim("B")
    again(record, as_owner)
    claim("B") if first == "taken back" else take_back("A")

    again(record, as_owner)

    assert [line for line, *_ in hidden()] == ["A", "B"]


@pytest.mark.parametrize(
    ("facts", "taken_back"),
    [
        (OTHER_BOX, False),
        (OTHER_BOX | {"performer_name": "Pharmacie du Phare"}, True),
        ({"care_start": days_ago(15)}, True),
        ({"section": "LPP"}, True),
        ({"code_system": "UCD"}, False),
        (OTHER_BOX | {"performer_finess": "290000017"}, True),
        (OTHER_BOX | {"performer_rpps": "10002345674"}, True),
    ],
)
def test_other_care_is_not_hidden_by_it(record, as_owner, facts, taken_back):
    hide("A", as_owner)
    if taken_back:
        take_back("A")
    claim("B", **facts)

    again(record, as_owner)

    assert [line for line, *_ in hidden()] == ["A"]


def test_nor_another_person_s_of_the_same_set(record, as_owner):
    with as_owner():
        other = make_record(OTHER_NIR)
    claim("A", key(OTHER_NIR))
    claim("elsewhere", key(OTHER_NIR), care_start=days_ago(60))
    filling.fill(other)
    hide("A", as_owner, record_id=record)
    hide("elsewhere", as_owner, record_id=other)
    before = rows("SELECT count(*) FROM access_mask")
    for line, code in (("B", OTHER_BOX), ("C", {})):
        claim(line, key(OTHER_NIR), **code)
    claim("far", care_start=days_ago(3))
    take_back("A")
    with as_owner():
        ask(record)
        ask(other)

    filling.fill_waiting()

    assert rows("SELECT count(*) FROM access_mask") == before


@pytest.mark.parametrize("over", [{"ended_at": LONG_AGO}, {"until": LONG_AGO}])
def test_nor_what_is_shown_again(record, as_owner, over):
    hide("A", as_owner, **over)
    claim("B")

    again(record, as_owner)

    assert rows("SELECT count(*) FROM access_mask") == [(1,)]


def test_nor_what_was_there_when_one_of_two_was_hidden(record, as_owner):
    claim("B")
    again(record, as_owner)
    hide("A", as_owner)
    take_back("A")

    again(record, as_owner)

    assert [line for line, *_ in hidden()] == ["A"]


def test_an_illness_declared_anew_stays_hidden(as_owner):
    with as_owner():
        record_id = make_record()
    illness("E11", days_ago(900), until=days_ago(30))
    filling.fill(record_id)
    hide(f"E11|{days_ago(900)}", as_owner)
    illness("E11", days_ago(29))
    illness("I10", days_ago(29))

    again(record_id, as_owner)

    assert [line.partition("|")[0] for line, *_ in hidden()] == ["E11", "E11"]


def test_it_asks_as_often_however_many_are_hidden(record, as_owner):
    for number in "CDE":
        claim(number, code=f"340093595583{number}")
    again(record, as_owner)
    counts = set()
    for numbers in ("A", "CDE"):
        for number in numbers:
            hide(number, as_owner)
            take_back(number)
        claim(f"new {numbers}", code=f"340093595583{numbers[0]}")
        with CaptureQueriesContext(connection) as asked:
            again(record, as_owner)
        counts.add(len(asked))
    assert [line for line, *_ in hidden()] == ["A", "C", "D", "E", "new A", "new CDE"]
    assert len(counts) == 1
