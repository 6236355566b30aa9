"""What remains of a history once cancellations and reversals are taken off it."""

from __future__ import annotations

import datetime as dt

import pytest

from imports.filling.netting import StoreLine, net


def line(line_id, **facts):
    row = {
        "care_start": dt.date(2026, 3, 2), "scheme": "general", "line_id": line_id,
        "birth_date": dt.date(1985, 3, 14), "care_end": dt.date(2026, 3, 2), "section": "MED",
        "code_system": "CIP13", "code": "3400935955838", "label": "", "quantity": 3,
        "unpacked": False, "prescribed_on": None, "prescription_ref": "", "prescriber_rpps": "",
        "prescriber_name": "", "prescriber_specialty": "", "prescriber_finess": "",
        "performer_kind": "", "performer_rpps": "", "performer_name": "",
        "performer_specialty": "", "performer_finess": "", "atc": "", "paid_cents": 3000,
        "base_cents": 3000, "reimbursed_cents": 1950, "rate_pct": 65, "cancelled": False,
        "reverses_line_id": "", "flow_date": dt.date(2026, 4, 1), "digest": b"",
    } | facts  # fmt: skip
    return StoreLine(**row)


def reversal(line_id, of, **facts):
    whole = {"quantity": -3, "paid_cents": -3000, "base_cents": -3000, "reimbursed_cents": -1950}
    return line(line_id, reverses_line_id=of, **(whole | facts))


LATER = dt.date(2026, 5, 1)
EARLIER = dt.date(2026, 3, 15)

TABLE = {
    # lines -> what remains: (line, quantity, paid, reimbursed)
    "a line alone remains": ([line("A")], [("A", 3, 3000, 1950)]),
    "a cancelled line is gone": ([line("A", cancelled=True)], []),
    "a cancellation withdraws the line it names": (
        [line("A"), line("X", cancelled=True, reverses_line_id="A", flow_date=LATER)],
        [],
    ),
    "a line sent again after its cancellation is back": (
        [line("A", flow_date=LATER), line("X", cancelled=True, reverses_line_id="A")],
        [("A", 3, 3000, 1950)],
    ),
    "a cancellation of another line leaves this one": (
        [line("A"), line("X", cancelled=True, reverses_line_id="B")],
        [("A", 3, 3000, 1950)],
    ),
    "a whole reversal takes the line and itself away": ([line("A"), reversal("R", "A")], []),
    "a reversal older than its original counts too": (
        [line("A", flow_date=LATER), reversal("R", "A", flow_date=EARLIER)],
        [],
    ),
    "a regularisation takes back a line that bills the same": (
        [
            line("b1.X", quantity=1),
            line("b1.Y"),
            line("b1.Z", flow_date=LATER),
            line("b2.X"),
            reversal("b1.R", "b1."),
        ],
        [("b1.X", 1, 3000, 1950), ("b1.Z", 3, 3000, 1950), ("b2.X", 3, 3000, 1950)],
    ),
    "each line is taken back once": (
        [
            line("b1.X"),
            line("b1.Y"),
            reversal("b1.R", "b1."),
            reversal("b1.S", "b1."),
            reversal("b1.T", "b1."),
        ],
        [],
    ),
    "amounts tell an original from its correction of one quantity, come with the reversal": (
        [
            line("b1.X"),
            reversal("b1.R", "b1.", flow_date=LATER),
            line("b1.Y", paid_cents=2500, base_cents=2500, reimbursed_cents=1625, flow_date=LATER),
        ],
        [("b1.Y", 3, 2500, 1625)],
    ),
    "a reversal doesn't take what another one names to the cent": (
        [
            line("b1.X", paid_cents=2500, base_cents=2500, reimbursed_cents=1625),
            line("b1.Y"),
            reversal("b1.R", "b1.", quantity=3, paid_cents=-100, reimbursed_cents=-65),
            reversal("b1.S", "b1."),
        ],
        [("b1.X", 3, 2400, 1560)],
    ),
    "of an original and its correction that nothing tells apart, the earlier is taken back": (
        [
            line("b1.Z"),
            reversal("b1.R", "b1.", flow_date=LATER),
            line("b1.A", flow_date=LATER),
            line("b1.B", flow_date=LATER, quantity=1),
        ],
        [("b1.A", 3, 3000, 1950), ("b1.B", 1, 3000, 1950)],
    ),
    "a name that ends in a point and is a line's names that line": (
        [line("A."), line("A.B"), reversal("R", "A.")],
        [("A.B", 3, 3000, 1950)],
    ),
    "a reversal of part leaves the rest": (
        [
            line("A"),
            reversal("R", "A", quantity=-1, paid_cents=-1000, reimbursed_cents=-650),
        ],
        [("A", 2, 2000, 1300)],
    ),
    "several reversals add up": (
        [
            line("A"),
            reversal("R", "A", quantity=-1, paid_cents=-1000, reimbursed_cents=-650),
            reversal("S", "A", quantity=-2, paid_cents=-2000, reimbursed_cents=-1300),
        ],
        [],
    ),
    "money alone may be taken back: the care took place": (
        [line("A"), reversal("R", "A", quantity=0, paid_cents=0, reimbursed_cents=-1950)],
        [("A", 3, 3000, 0)],
    ),
    "without quantities, the care goes with its price": (
        [line("A"), reversal("R", "A", quantity=None)],
        [],
    ),
    "without quantities, part of the price leaves the care": (
        [
            line("A"),
            reversal("R", "A", quantity=None, paid_cents=-1000, reimbursed_cents=-650),
        ],
        [("A", 3, 2000, 1300)],
    ),
    "a reversal without any figure takes the line it names": (
        [
            line("A", paid_cents=None, base_cents=None, reimbursed_cents=None),
            reversal("R", "A", quantity=None, paid_cents=None, reimbursed_cents=None),
        ],
        [],
    ),
    "amounts without their minus, beside a quantity that has it, are taken off": (
        [
            line("A"),
            reversal("R", "A", quantity=-1, paid_cents=1000, reimbursed_cents=650),
        ],
        [("A", 2, 2000, 1300)],
    ),
    "a quantity without its minus repeats that of the original": (
        [line("A"), reversal("R", "A", quantity=3)],
        [],
    ),
    "nor takes it care away of which only money was taken back": (
        [line("A"), reversal("R", "A", quantity=3, paid_cents=0, reimbursed_cents=-1000)],
        [("A", 3, 3000, 950)],
    ),
    "a base without its minus leaves nothing behind": (
        [line("A"), reversal("R", "A", quantity=None, base_cents=3000)],
        [],
    ),
    "an unknown quantity is one": (
        [line("A", quantity=None), reversal("R", "A", quantity=-1)],
        [],
    ),
    "a cancelled reversal takes nothing": (
        [line("A"), reversal("R", "A", cancelled=True, flow_date=EARLIER)],
        [("A", 3, 3000, 1950)],
    ),
    "a reversal that another line cancels takes nothing": (
        [
            line("A"),
            reversal("R", "A"),
            line("X", cancelled=True, reverses_line_id="R", flow_date=LATER),
        ],
        [("A", 3, 3000, 1950)],
    ),
    "a reversal sent again after it was cancelled takes its line again": (
        [
            line("A"),
            reversal("R", "A", flow_date=LATER),
            line("X", cancelled=True, reverses_line_id="R"),
        ],
        [],
    ),
    "a regularisation that another line cancels takes no line that bills the same": (
        [
            line("b1.A"),
            reversal("b1.R", "b1."),
            line("X", cancelled=True, reverses_line_id="b1.R", flow_date=LATER),
        ],
        [("b1.A", 3, 3000, 1950)],
    ),
    "a cancellation that was cancelled withdraws nothing": (
        [
            line("A"),
            line("X", cancelled=True, reverses_line_id="A", flow_date=LATER),
            line("Y", cancelled=True, reverses_line_id="X", flow_date=dt.date(2026, 6, 1)),
        ],
        [("A", 3, 3000, 1950)],
    ),
    "nor does one cancelled on the day it was sent, whatever the two are called": (
        [
            line("A"),
            line("Y", cancelled=True, reverses_line_id="A"),
            line("X", cancelled=True, reverses_line_id="Y"),
        ],
        [("A", 3, 3000, 1950)],
    ),
    "unless what cancelled it was cancelled that day too": (
        [
            line("A"),
            line("Y", cancelled=True, reverses_line_id="A"),
            line("X", cancelled=True, reverses_line_id="Y"),
            line("Z", cancelled=True, reverses_line_id="X"),
            line("W", cancelled=True, reverses_line_id="X"),
        ],
        [],
    ),
    "two cancellations that cancel each other are looked at once": (
        [
            line("A"),
            line("X", cancelled=True, reverses_line_id="Y"),
            line("Y", cancelled=True, reverses_line_id="X"),
        ],
        [("A", 3, 3000, 1950)],
    ),
    "a line that changed person under two numbers of one person is there": (
        [line("A", cancelled=True, digest=b"2"), line("A", digest=b"1")],
        [("A", 3, 3000, 1950)],
    ),
    "a reversal of another scheme's line takes nothing": (
        [line("A"), reversal("R", "A", scheme="agricole")],
        [("A", 3, 3000, 1950)],
    ),
    "a reversal whose original never came doesn't show": ([reversal("R", "A")], []),
    "a line known twice counts once, in its newest state": (
        [line("A", quantity=1), line("A", quantity=2, flow_date=LATER)],
        [("A", 2, 3000, 1950)],
    ),
    "a correction after a reversal shows alone": (
        [line("A"), reversal("R", "A"), line("B", quantity=1)],
        [("B", 1, 3000, 1950)],
    ),
}


@pytest.mark.parametrize(("lines", "remaining"), TABLE.values(), ids=TABLE.keys())
def test_netting(lines, remaining):
    for order in (lines, lines[::-1]):
        found = [(x.line_id, x.quantity, x.paid_cents, x.reimbursed_cents) for x in net(order)]
        assert sorted(found) == remaining
