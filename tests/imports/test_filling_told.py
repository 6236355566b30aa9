"""What a filling makes of lines that don't say outright what was given."""

from __future__ import annotations

import pytest

from imports import filling
from records.models import ReimbursementLine
from tests.imports.persons import ask, claim, days_ago, lines_of, make_record, rows


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]

VACCINE = {"code": "3400936277397", "label": "Neisvac"}
PRICES = ("paid_cents", "base_cents", "reimbursed_cents")


@pytest.fixture
def record(as_owner):
    with as_owner():
        return make_record()


def again(record, as_owner):
    with as_owner():
        ask(record)
    assert filling.fill(record)


@pytest.mark.parametrize("said", ["J07AH07", "J07", ""])
def test_a_vaccine_sent_among_medicines_is_a_vaccine(record, said):
    claim("A", atc=said, **VACCINE)
    claim("B")

    assert filling.fill(record)

    found = dict(ReimbursementLine.objects.values_list("line_key", "section"))
    assert found == {"A": "VAC", "B": "MED"}
    kinds = dict(ReimbursementLine.objects.values_list("line_key", "pays_for"))
    assert kinds["A"] != kinds["B"]


def test_a_vaccine_that_was_held_as_a_medicine_becomes_one_and_is_no_correction_of_the_fund(
    record, as_owner
):
    claim("A", atc="J07AH07", **VACCINE)
    filling.fill(record)
    rows("UPDATE records_reimbursementline SET section = 'MED', pays_for = '60593-1' RETURNING 1")

    again(record, as_owner)

    line = ReimbursementLine.objects.get()
    assert (line.section, line.corrected_at) == ("VAC", None)


def test_nothing_given_and_nothing_paid_comes_to_no_record(record):
    claim("A", quantity=0, **dict.fromkeys(PRICES, 0))
    claim("B", quantity=0)

    assert filling.fill(record)

    assert lines_of(record) == {"B": (1, 1000, "")}


def test_a_box_whose_quantity_becomes_nothing_is_withdrawn(record, as_owner):
    line = claim("A", quantity=2)
    filling.fill(record)
    line.__class__.objects.update(
        quantity=0, digest=b"0" * 32, flow_date=days_ago(1), **dict.fromkeys(PRICES, 0)
    )

    again(record, as_owner)

    assert lines_of(record) == {"A": (2, 1000, "cancelled")}


def test_a_supplement_that_comes_later_is_a_part_of_the_price(record, as_owner):
    claim("A", quantity=2)
    filling.fill(record)
    claim("B", quantity=0, paid_cents=51, base_cents=51, reimbursed_cents=33)

    again(record, as_owner)

    assert lines_of(record) == {"A": (2, 1051, "")}
    line = ReimbursementLine.objects.get()
    assert line.price_corrected_at
    assert not line.corrected_at


def test_parts_of_a_price_never_add_up_to_more_than_a_record_has_room_for(record):
    price = dict.fromkeys(PRICES, 10**9)
    claim("A", **price)
    for name in "BCD":
        claim(name, quantity=0, **price)

    assert filling.fill(record)

    assert lines_of(record) == {"A": (1, 2**31 - 1, "")}
