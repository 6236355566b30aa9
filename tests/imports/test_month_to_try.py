"""The month with mistakes that is written to try the desk with: refused where it is wrong."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from imports.loading.totals import totals_of
from tests.imports.loads import counts, load


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]

LINES = 300
write_month = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "month"))[
    "write_month"
]


def test_its_wrong_lines_are_refused_and_put_right_they_agree_with_its_slip(tmp_path):
    wrong = write_month(tmp_path, LINES)
    files = {path.stem: path.read_bytes() for path in tmp_path.iterdir()}
    load(files["bordereau"], "bordereau.csv")
    month = load(files["remboursements"])
    taken = LINES + 2 - wrong
    assert counts(month) == {"read": LINES + 2, "created": taken, "refused": wrong}
    (held,) = totals_of(month)
    assert not held.agrees

    right = load(files["droites"])
    assert counts(right) == {"read": LINES - taken, "created": LINES - taken}
    (rest,) = totals_of(right)
    assert held.lines + rest.lines == held.slip.lines == LINES
    assert held.paid_cents + rest.paid_cents == held.slip.paid_cents
    assert held.reimbursed_cents + rest.reimbursed_cents == held.slip.reimbursed_cents
    other = load(files["regime-agricole"])
    assert counts(other) == {"read": 12, "created": 12}
    assert other.recognised["encoding"] == "windows-1252"
