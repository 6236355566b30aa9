"""Lines of the store as they stand once cancellations and reversals are taken off. Pure.

The store keeps every line ever sent; a record shows the care that remains.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from imports.filling.bills import BILLS, matched
from imports.filling.uncounted import AMOUNTS, without_uncounted


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping

    _Key = tuple[str, str]


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

    def priced(self, amount: Callable[[str], int | None]) -> StoreLine:
        """Return the line with other amounts, each by its name."""
        return self._replace(
            paid_cents=amount("paid_cents"),
            base_cents=amount("base_cents"),
            reimbursed_cents=amount("reimbursed_cents"),
        )


def net(lines: Iterable[StoreLine]) -> list[StoreLine]:
    """Return the lines that remain, with their quantity and amounts after reversals.

    A line sent twice, under two identifiers of one person, counts once, in its newest state. A
    cancellation withdraws its own line, or the one it names unless that one was sent again since,
    be it a negative one or another cancellation.
    A negative line is taken off the one it names, whenever it was sent: both are entries of one
    account. One that names a negative one gives back what that one took. It never shows by itself,
    and one negative figure makes it negative. One that names only what it bills (a name that ends
    in a point: `imports.parsing.dcir_lines`) is taken off one of the lines that bill the same.
    A line of which nothing was given is no care: its price is that of the same care, if it has one
    (`imports.filling.uncounted`). No quantity that remains is below one, no price below nothing.
    """
    newest: dict[_Key, StoreLine] = {}
    for line in lines:
        held = newest.get(line.key)
        if held is None or _age(line) > _age(held):
            newest[line.key] = line
    there = _not_cancelled(newest)
    reversals = _reversals(newest, there)
    remaining = []
    for key, line in there.items():
        if line.cancelled or line.reverses_line_id:
            continue
        left = _less(line, reversals[key]) if key in reversals else line
        if left is not None:
            remaining.append(left)
    remaining = without_uncounted(remaining, newest.values())
    return [_not_below_nothing(line) for line in remaining] if reversals else remaining


def _age(line: StoreLine) -> tuple[dt.date, bool, bytes]:
    """Sort states of one line, known under two numbers of a person: it left one for the other."""
    return line.flow_date, not line.cancelled, line.digest


def _not_cancelled(newest: dict[_Key, StoreLine]) -> dict[_Key, StoreLine]:
    """Return the lines but those that another one cancels, which nobody cancels.

    A line sent again after its cancellation is there again.
    """
    cancelling = [line for line in newest.values() if line.cancelled and line.reverses_line_id]
    if not cancelling:
        return newest
    by_whom = _by_named(cancelling)
    cancelled: set[_Key] = set()
    for line in _named_last(cancelling, by_whom):
        named = newest.get(_named(line))
        if named and line.key not in cancelled and line.flow_date >= named.flow_date:
            cancelled.add(named.key)
    return {key: line for key, line in newest.items() if key not in cancelled}


def _named(line: StoreLine) -> _Key:
    return line.scheme, line.reverses_line_id


def _by_named(lines: Iterable[StoreLine]) -> defaultdict[_Key, list[StoreLine]]:
    found: defaultdict[_Key, list[StoreLine]] = defaultdict(list)
    for line in lines:
        found[_named(line)].append(line)
    return found


def _named_last(
    lines: Iterable[StoreLine], by_whom: Mapping[_Key, list[StoreLine]]
) -> list[StoreLine]:
    """Return lines that name others, each after all that name it.

    Those that name each other in a circle name no line that could show: they are left out.
    """
    lines = list(lines)
    among = {line.key for line in lines}
    found = [line for line in lines if _named(line) not in among]
    for line in found:  # which grows
        found += by_whom.get(line.key, ())
    return found[::-1]


def _reversals(
    newest: Mapping[_Key, StoreLine], there: Mapping[_Key, StoreLine]
) -> defaultdict[_Key, list[StoreLine]]:
    """Return what is taken off each line, as negative lines."""
    negative = [line for line in there.values() if line.reverses_line_id and not line.cancelled]
    by_whom = _by_named(negative)
    reversals: defaultdict[_Key, list[StoreLine]] = defaultdict(list)
    billed: dict[_Key, tuple[StoreLine, StoreLine]] = {}
    for line in _named_last(negative, by_whom):
        took = _negative(line)
        given_back = reversals.pop(line.key, None)
        left = _given_back(took, given_back) if given_back else took
        if left is None:
            continue
        if _named(line) in newest or not line.reverses_line_id.endswith(BILLS):
            reversals[_named(line)].append(left)
        else:
            billed[line.key] = line, left
    lines = (line for line in there.values() if not (line.reverses_line_id or line.cancelled))
    for line, taken in matched(lines, [line for line, _ in billed.values()]):
        reversals[taken.key].append(billed[line.key][1])
    return reversals


def _given_back(took: StoreLine, by: list[StoreLine]) -> StoreLine | None:
    """Return what a negative line still takes once others took from it: from nothing on, none."""
    if took.quantity is None:
        by = [each._replace(quantity=None) for each in by]
    left = _less(_opposite(took), by)
    return _opposite(_not_below_nothing(left)) if left else None


def _opposite(line: StoreLine) -> StoreLine:
    quantity = None if line.quantity is None else -line.quantity
    return line._replace(quantity=quantity).priced(lambda name: _minus(getattr(line, name)))


def _minus(cents: int | None) -> int | None:
    return None if cents is None else -cents


def _negative(reversal: StoreLine) -> StoreLine:
    """Return a reversal with the signs it means: funds may put the minus on some figures only.

    A quantity that has none, beside amounts that have, repeats that of the original, of which
    the amounts may be a part: it says nothing.
    """
    quantity = reversal.quantity
    said = quantity if quantity is None or quantity <= 0 else None
    return reversal._replace(quantity=said).priced(lambda name: _off(getattr(reversal, name)))


def _off(cents: int | None) -> int | None:
    return None if cents is None else -abs(cents)


def _less(line: StoreLine, reversals: list[StoreLine]) -> StoreLine | None:
    """Take reversals off a line; None when nothing of the care is left.

    The quantity decides where every reversal gives one: money alone may be taken back from care
    that took place. Otherwise the care is gone with its price, or with its only reversal. Of what
    isn't counted, none is taken: a quantity of 0 then says nothing on either side.
    """
    amounts = {name: _sum(line, reversals, name) for name in AMOUNTS}
    quantity = line.quantity
    said = [each.quantity for each in reversals if each.quantity or quantity]
    given = [each for each in said if each is not None]
    if len(given) == len(reversals):
        quantity = (quantity or 1) + sum(given)
        gone = quantity <= 0
    else:
        priced = [name for name in AMOUNTS if getattr(line, name) and amounts[name] is not None]
        gone = all((amounts[name] or 0) <= 0 for name in priced)
    if gone:
        return None
    return line._replace(quantity=quantity).priced(amounts.__getitem__)


def _sum(line: StoreLine, reversals: list[StoreLine], name: str) -> int | None:
    start: int | None = getattr(line, name)
    if start is None:
        return None
    return start + sum(getattr(each, name) or 0 for each in reversals)


def _not_below_nothing(line: StoreLine) -> StoreLine:
    """Return a line whose price is 0 at least: more may be taken back than was paid."""
    if all((getattr(line, name) or 0) >= 0 for name in AMOUNTS):
        return line

    def left(name: str) -> int | None:
        cents: int | None = getattr(line, name)
        return cents if cents is None else max(cents, 0)

    return line.priced(left)
