"""Lines of the store as they stand once cancellations and reversals are taken off. Pure.

The store keeps every line ever sent; a record shows the care that remains.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    _Key = tuple[str, str]

BILLS: Final = "."
"""Ends the part of an identifier that says what a line bills."""
_AMOUNTS: Final = ("paid_cents", "base_cents", "reimbursed_cents")


class StoreLine(NamedTuple):
    """The newest state of a claim line, as the store has it; cents, and a rate in per cent.

    A tuple, as it comes from the database: a set of fillings reads ten thousand of them.
    """

    care_start: dt.date
    scheme: str
    line_id: str
    birth_date: dt.date | None
    care_end: dt.date
    section: str
    code_system: str
    code: str
    label: str
    quantity: int | None
    unpacked: bool
    prescribed_on: dt.date | None
    prescription_ref: str
    prescriber_rpps: str
    prescriber_name: str
    prescriber_specialty: str
    prescriber_finess: str
    performer_kind: str
    performer_rpps: str
    performer_name: str
    performer_specialty: str
    performer_finess: str
    atc: str
    paid_cents: int | None
    base_cents: int | None
    reimbursed_cents: int | None
    rate_pct: int | None
    cancelled: bool
    reverses_line_id: str
    flow_date: dt.date
    digest: bytes

    @property
    def key(self) -> tuple[str, str]:
        """What the fund calls the line."""
        return self.scheme, self.line_id


def net(lines: Iterable[StoreLine]) -> list[StoreLine]:
    """Return the lines that remain, with their quantity and amounts after reversals.

    A line sent twice, under two identifiers of one person, counts once, in its newest state. A
    cancellation withdraws its own line, or the one it names unless that one was sent again since,
    be it a negative one or another cancellation.
    A negative line is taken off the one it names, whenever it was sent: both are entries of one
    account. It never shows by itself, and one negative figure makes it negative. One that names
    only what it bills (a name that ends in a point: `imports.parsing.dcir_lines`) is taken off one
    of the lines that bill the same.
    """
    newest: dict[_Key, StoreLine] = {}
    for line in lines:
        held = newest.get(line.key)
        if held is None or _age(line) > _age(held):
            newest[line.key] = line
    cancelled_on = _cancelled_on(newest.values())
    there = newest
    if cancelled_on:
        there = {
            key: line
            for key, line in newest.items()
            if not (key in cancelled_on and cancelled_on[key] >= line.flow_date)
        }
    reversals = _reversals(newest, there)
    remaining = []
    for key, line in there.items():
        if line.cancelled or line.reverses_line_id:
            continue
        left = _less(line, reversals[key]) if key in reversals else line
        if left is not None:
            remaining.append(left)
    return remaining


def _age(line: StoreLine) -> tuple[dt.date, bool, bytes]:
    """Sort states of one line, known under two numbers of a person: it left one for the other."""
    return line.flow_date, not line.cancelled, line.digest


def _cancelled_on(lines: Iterable[StoreLine]) -> dict[_Key, dt.date]:
    """Return when lines were cancelled by others: by those that nobody cancelled since."""
    cancelling = {line.key: line for line in lines if line.cancelled and line.reverses_line_id}
    by_whom: defaultdict[_Key, list[StoreLine]] = defaultdict(list)
    for line in cancelling.values():
        by_whom[line.scheme, line.reverses_line_id].append(line)
    found: dict[_Key, dt.date] = {}
    # Of one day too, whoever cancels is looked at before whom it cancels, whatever their names.
    waiting = sorted(cancelling.values(), key=lambda each: (each.flow_date, each.line_id))
    looked_at: set[_Key] = set()
    settled: set[_Key] = set()
    while waiting:
        line = waiting[-1]
        if line.key not in looked_at:
            looked_at.add(line.key)
            waiting += [one for one in by_whom[line.key] if one.key not in looked_at]
            continue
        waiting.pop()
        if line.key in settled:
            continue
        settled.add(line.key)
        if line.key not in found or found[line.key] < line.flow_date:
            named = line.scheme, line.reverses_line_id
            found[named] = max(line.flow_date, found.get(named, line.flow_date))
    return found


def _reversals(
    newest: Mapping[_Key, StoreLine], there: Mapping[_Key, StoreLine]
) -> defaultdict[_Key, list[StoreLine]]:
    """Return what is taken off each line."""
    reversals: defaultdict[_Key, list[StoreLine]] = defaultdict(list)
    billed: list[StoreLine] = []
    for line in there.values():
        if line.cancelled or not line.reverses_line_id:
            continue
        named = (line.scheme, line.reverses_line_id)
        if named in newest or not line.reverses_line_id.endswith(BILLS):
            reversals[named].append(_negative(line))
        else:
            billed.append(line)
    _match_bills(there.values(), billed, reversals)
    return reversals


def _match_bills(
    lines: Iterable[StoreLine],
    billed: list[StoreLine],
    reversals: defaultdict[_Key, list[StoreLine]],
) -> None:
    """Give each regularisation the line it most likely takes back; each line is taken once.

    Of those that bill the same, the one of the same quantity and amounts, sent last before it: a
    correction of the same quantity may come with what takes its original back.
    """
    billing: defaultdict[_Key, list[StoreLine]] = defaultdict(list)
    for line in lines if billed else ():
        if not line.reverses_line_id and not line.cancelled:
            billing[line.scheme, line.line_id.partition(BILLS)[0] + BILLS].append(line)
    left = sorted(billed, key=lambda each: (each.flow_date, each.line_id))
    for sure in (True, False):  # none takes what another one names to the cent
        waiting, left = left, []
        for reversal in waiting:
            likely = billing[reversal.scheme, reversal.reverses_line_id]
            best = max(likely, key=partial(_likeness, reversal), default=None)
            if best is None or (sure and not all(_likeness(reversal, best)[:2])):
                left.append(reversal)
                continue
            likely.remove(best)
            reversals[best.key].append(_negative(reversal))


def _negative(reversal: StoreLine) -> StoreLine:
    """Return a reversal with the signs it means: funds may put the minus on some figures only.

    A quantity that has none, beside amounts that have, repeats that of the original, of which
    the amounts may be a part: it says nothing.
    """
    quantity = reversal.quantity
    return reversal._replace(
        quantity=quantity if quantity is None or quantity <= 0 else None,
        paid_cents=_off(reversal.paid_cents),
        base_cents=_off(reversal.base_cents),
        reimbursed_cents=_off(reversal.reimbursed_cents),
    )


def _off(cents: int | None) -> int | None:
    return None if cents is None else -abs(cents)


def _likeness(reversal: StoreLine, line: StoreLine) -> tuple[bool, bool, bool, bool, dt.date, str]:
    return (
        (line.quantity or 0) == abs(reversal.quantity or 0),
        all(_off(getattr(line, name)) == _off(getattr(reversal, name)) for name in _AMOUNTS),
        line.flow_date <= reversal.flow_date,
        line.flow_date < reversal.flow_date,
        line.flow_date,
        line.line_id,
    )


def _less(line: StoreLine, reversals: list[StoreLine]) -> StoreLine | None:
    """Take reversals off a line; None when nothing of the care is left.

    The quantity decides where every reversal gives one: money alone may be taken back from care
    that took place. Otherwise the care is gone with its price, or with its only reversal.
    """
    amounts = {name: _sum(line, reversals, name) for name in _AMOUNTS}
    quantity = line.quantity
    given = [each.quantity for each in reversals if each.quantity is not None]
    if len(given) == len(reversals):
        quantity = (1 if line.quantity is None else line.quantity) + sum(given)
        gone = quantity <= 0
    else:
        priced = [name for name in _AMOUNTS if getattr(line, name) and amounts[name] is not None]
        gone = all((amounts[name] or 0) <= 0 for name in priced)
    if gone:
        return None
    return line._replace(
        quantity=quantity,
        paid_cents=amounts["paid_cents"],
        base_cents=amounts["base_cents"],
        reimbursed_cents=amounts["reimbursed_cents"],
    )


def _sum(line: StoreLine, reversals: list[StoreLine], name: str) -> int | None:
    start: int | None = getattr(line, name)
    if start is None:
        return None
    return start + sum(getattr(each, name) or 0 for each in reversals)
