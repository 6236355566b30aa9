"""Deposit, replace, withdraw, release. Who sees it afterwards is the gate's business."""

from __future__ import annotations

from records.deposits.changing import is_author, release, replace, withdraw
from records.deposits.depositing import Flags, deposit
from records.deposits.pens import Pen, may_deposit, pen_of, types_for
from records.deposits.reasons import WITHDRAWAL_REASONS
from records.deposits.usual import usual_types


__all__ = [
    "WITHDRAWAL_REASONS",
    "Flags",
    "Pen",
    "deposit",
    "is_author",
    "may_deposit",
    "pen_of",
    "release",
    "replace",
    "types_for",
    "usual_types",
    "withdraw",
]
