"""Netting as accounts: what is taken off adds up to the cent, whatever names what."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict

import pytest
from hypothesis import given, strategies as st

from imports.filling.bills import matched
from imports.filling.netting import net
from tests.imports.test_netting import EARLIER, LATER, line, reversal


PRICES = ("paid_cents", "base_cents", "reimbursed_cents")
NAMES = "ABCDEFG"
DAYS = [dt.date(2026, 4, day) for day in (1, 2, 3)]


def figures(found):
    return sorted((x.line_id, x.quantity, x.paid_cents, x.reimbursed_cents) for x in found)


def supplement(line_id, **facts):
    price = {"quantity": 0, "paid_cents": 500, "base_cents": 500, "reimbursed_cents": 325}
    return line(line_id, **(price | facts))


NOTHING = {"paid_cents": 0, "base_cents": None, "reimbursed_cents": 0}
TABLE = {
    "more taken back than was paid leaves a price of 0": (
        [line("A"), reversal("R", "A", quantity=0, paid_cents=-4000, reimbursed_cents=-1000)],
        [("A", 3, 0, 950)],
    ),
    "a negative line that takes back a negative one gives the line back": (
        [line("A"), reversal("R", "A"), reversal("S", "R")],
        [("A", 3, 3000, 1950)],
    ),
    "and part of it, part of the line": (
        [
            line("A"),
            reversal("R", "A"),
            reversal("S", "R", quantity=-1, paid_cents=-1000, reimbursed_cents=-650),
        ],
        [("A", 1, 1000, 650)],
    ),
    "a part of a reversal whose quantity says nothing is a part of its price": (
        [
            line("A"),
            reversal("R", "A", quantity=3),
            reversal("S", "R", quantity=-1, paid_cents=-1000, reimbursed_cents=-650),
        ],
        [("A", 3, 1000, 650)],
    ),
    "more given back than was taken adds nothing to the line": (
        [
            line("A"),
            reversal("R", "A", quantity=0, paid_cents=-1000, reimbursed_cents=-650),
            reversal("S", "R", quantity=0, paid_cents=-1500, reimbursed_cents=-325),
        ],
        [("A", 3, 3000, 1625)],
    ),
    "a regularisation that was taken back leaves what bills the same to the others": (
        [line("b1.X"), line("b1.Y"), reversal("b1.R", "b1."), reversal("S", "b1.R")],
        [("b1.X", 3, 3000, 1950), ("b1.Y", 3, 3000, 1950)],
    ),
    "negative lines that name each other take nothing": (
        [line("A"), reversal("R", "S"), reversal("S", "R")],
        [("A", 3, 3000, 1950)],
    ),
    "nothing given and nothing paid is no care": ([line("A", quantity=0, **NOTHING)], []),
    "something given for nothing is": ([line("A", **NOTHING)], [("A", 3, 0, 0)]),
    "part of a box has been given": (
        [line("A", quantity=0, unpacked=True, **NOTHING)],
        [("A", None, 0, 0)],
    ),
    "a price tells that something was given, how much isn't known": (
        [line("A", quantity=0)],
        [("A", None, 3000, 1950)],
    ),
    "a price without a quantity is a part of that of the same care": (
        [line("A"), supplement("B"), supplement("C")],
        [("A", 3, 4000, 2600)],
    ),
    "of one line of that care only": (
        [line("A", quantity=1), line("B"), supplement("C")],
        [("A", 1, 3500, 2275), ("B", 3, 3000, 1950)],
    ),
    "whatever price it has": (
        [line("A", **dict.fromkeys(PRICES)), supplement("B")],
        [("A", 3, 500, 325)],
    ),
    "not of that of another day, code or pharmacy": (
        [
            line("A"),
            supplement("B", care_start=EARLIER),
            supplement("C", code="X"),
            supplement("D", performer_finess="750058190"),
        ],
        [("A", 3, 3000, 1950), ("B", None, 500, 325), ("C", None, 500, 325),
         ("D", None, 500, 325)],
    ),
    "and goes with that care": ([line("A"), supplement("B"), reversal("R", "A")], []),
    "with one that was cancelled too": ([line("A", cancelled=True), supplement("B")], []),
    "a cancellation that says no quantity says nothing of the care": (
        [line("A", cancelled=True, quantity=None), supplement("B")],
        [("B", None, 500, 325)],
    ),
    "what more was taken back than paid is made up for by what is paid later": (
        [
            line("A"),
            reversal("R", "A", quantity=0, paid_cents=-3200, reimbursed_cents=0),
            supplement("B"),
        ],
        [("A", 3, 300, 2275)],
    ),
    "what isn't counted is gone with its price": (
        [line("A", quantity=0), reversal("R", "A", quantity=0)],
        [],
    ),
    "and stays with part of it": (
        [
            line("A", quantity=0),
            reversal("R", "A", quantity=0, paid_cents=-1000, reimbursed_cents=-650),
        ],
        [("A", None, 2000, 1300)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "remaining"), TABLE.values(), ids=TABLE.keys())
def test_accounts(lines, remaining):
    for order in (lines, lines[::-1]):
        assert figures(net(order)) == remaining


def test_a_chain_of_any_length_is_followed():
    for make in (reversal, lambda name, of: line(name, cancelled=True, reverses_line_id=of)):
        chain = [line("0"), *(make(str(n), str(n - 1)) for n in range(1, 5001))]
        assert figures(net(chain)) == [("0", 3, 3000, 1950)]
        assert net(chain[:-1]) == []


@st.composite
def histories(draw):
    """Draw any lines that name each other, themselves in a circle too."""
    found = []
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        quantity = draw(st.sampled_from([None, -3, -1, 0, 1, 3]))
        facts = {each: draw(st.sampled_from([None, 0, 500, 3000])) for each in PRICES}
        of = draw(st.sampled_from(["", "", *NAMES.replace(name, "")]))
        if not of and (quantity or 0) < 0:
            quantity = 1
        found.append(
            line(
                name,
                reverses_line_id=of,
                quantity=quantity,
                cancelled=draw(st.integers(0, 3)) == 0,
                flow_date=draw(st.sampled_from(DAYS)),
                unpacked=draw(st.booleans()),
                performer_finess=draw(st.sampled_from(["", "750058190"])),
                **facts,
            )
        )
    return found


@given(histories(), st.randoms(use_true_random=False))
def test_whatever_was_sent_nothing_that_remains_is_below_nothing(lines, random):
    found = net(lines)
    assert all(each.quantity is None or each.quantity >= 1 for each in found)
    assert all((getattr(each, name) or 0) >= 0 for each in found for name in PRICES)
    assert not any(each.cancelled or each.reverses_line_id for each in found)
    random.shuffle(lines)
    assert sorted(found) == sorted(net(lines))


@st.composite
def cancellations(draw):
    """Draw lines and cancellations of any of them, on days that may be the same."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    found = []
    for name in names:
        of = draw(st.sampled_from(["", *NAMES.replace(name, "")]))
        found.append(
            line(
                name,
                cancelled=bool(of),
                reverses_line_id=of,
                flow_date=draw(st.sampled_from(DAYS)),
                care_start=dt.date(2026, 3, 2) + dt.timedelta(days=NAMES.index(name)),
            )
        )
    return found


@given(cancellations())
def test_a_line_is_there_unless_one_that_is_in_force_cancelled_it(lines):
    by_whom = defaultdict(list)
    for each in lines:
        by_whom[each.reverses_line_id].append(each)

    def is_cancelled(one, seen=()):
        return any(
            each.flow_date >= one.flow_date and not is_cancelled(each, (*seen, one.line_id))
            for each in by_whom[one.line_id]
            if each.line_id not in seen
        )

    there = [each.line_id for each in lines if not each.cancelled and not is_cancelled(each)]
    assert sorted(each.line_id for each in net(lines)) == there


@st.composite
def accounts(draw):
    """Draw a line and what is taken off it, and off that: never more than there was."""
    found = [line("0", quantity=1, paid_cents=10_000)]
    left, signs = {"0": 10_000}, {"0": 1}
    for number in range(1, draw(st.integers(1, 8))):
        of = draw(st.sampled_from(sorted(left)))
        taken = draw(st.integers(0, left[of]))
        name = str(number)
        left[of] -= taken
        left[name], signs[name] = taken, -signs[of]
        sign = draw(st.sampled_from((1, -1)))
        found.append(
            reversal(
                name,
                of,
                quantity=0,
                paid_cents=sign * taken,
                base_cents=0,
                reimbursed_cents=-1,
                flow_date=draw(st.sampled_from([*DAYS, LATER])),
            )
        )
    total = sum(signs[each.line_id] * abs(each.paid_cents) for each in found)
    return found, total


@given(accounts())
def test_an_account_adds_up_to_the_cent(account):
    lines, total = account
    (left,) = net(lines)
    assert left.paid_cents == total


@given(st.lists(st.sampled_from([0, 0, 1, 3]), min_size=1, max_size=8))
def test_no_cent_is_lost_of_care_that_is_counted_once_at_least(quantities):
    lines = [line(str(n), quantity=q, paid_cents=2**n) for n, q in enumerate((*quantities, 1))]
    found = net(lines)
    assert sum(each.paid_cents for each in found) == sum(each.paid_cents for each in lines)
    assert sum(each.quantity for each in found) == sum(each.quantity for each in lines)


@st.composite
def bills(draw):
    """Draw lines that bill the same, and as many regularisations as there are, or more."""
    facts = {
        "quantity": st.sampled_from([None, 0, 1, 2]),
        "paid_cents": st.sampled_from([None, 0, 500]),
        "flow_date": st.sampled_from(DAYS),
    }
    drawn = [st.lists(st.fixed_dictionaries(facts), max_size=5) for _ in range(2)]
    lines, takes = (draw(each) for each in drawn)
    return (
        [line(f"b.{number}", **each) for number, each in enumerate(lines)],
        [reversal(f"b.R{number}", "b.", **each) for number, each in enumerate(takes)],
    )


def likeness(one, other):
    """How likely a regularisation takes a line back, as one would say it."""
    amounts = [
        abs(getattr(one, name) or 0) == (getattr(other, name) or 0)
        and (getattr(one, name) is None) == (getattr(other, name) is None)
        for name in PRICES
    ]
    return (
        (other.quantity or 0) == abs(one.quantity or 0),
        all(amounts),
        other.flow_date <= one.flow_date,
        other.flow_date < one.flow_date,
        other.flow_date,
        other.line_id,
    )


@given(bills())
def test_each_regularisation_takes_the_likest_line_and_none_that_another_is_sure_of(drawn):
    lines, takes = drawn
    left, pairs = list(lines), []
    for sure in (True, False):
        for one in sorted(takes, key=lambda each: (each.flow_date, each.line_id)):
            best = max(left, key=lambda other: likeness(one, other), default=None)
            if one in [each for each, _ in pairs] or best is None:
                continue
            if not sure or all(likeness(one, best)[:2]):
                pairs.append((one, best))
                left.remove(best)

    assert list(matched(lines, takes)) == pairs


def test_thousands_that_bill_the_same_are_matched_at_once():
    lines = [line(f"b.{number}", quantity=2) for number in range(20_000)]
    takes = [reversal(f"b.R{number}", "b.") for number in range(20_000)]
    begun = time.process_time()

    assert len(list(matched(lines, takes))) == 20_000
    assert time.process_time() - begun < 10  # each beside each would take a quarter of an hour
