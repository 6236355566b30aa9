"""What must hold between the columns of one row; must not know how the values were read."""

from __future__ import annotations

from dataclasses import dataclass
from operator import gt
from typing import TYPE_CHECKING, Final

from imports.parsing.refusals import Fault
from imports.parsing.rows import COLUMNS, Kind, Operation


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in two bodies, for speed: `broken` decides, `suspects` says whom to ask.

    `suspects` runs over whole columns of checked rows and returns the positions of the rows
    that may break it; missing one is a defect, naming one too many costs a microsecond.
    `broken` takes one row by column name, where an empty text is a value not known.
    `in_order`, `rare` and `signed` say the same as `suspects` where columns are no lists: a row
    is suspect with a pair of texts not in order, a rare column filled, a minus in a signed one.
    """

    suspects: Callable[[Sequence[Sequence[str]]], list[int]]
    broken: Callable[[Mapping[str, str]], Iterator[tuple[str, Fault]]]
    in_order: tuple[tuple[str, str], ...] = ()
    rare: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()


_AT: Final = {name: i for i, name in enumerate(COLUMNS[Kind.LINES])}
_IN_ORDER: Final = (
    ("birth_date", "care_start"), ("care_start", "care_end"), ("care_start", "flow_date"),
)  # fmt: skip
_IN_ORDER_AT: Final = tuple((_AT[earlier], _AT[later]) for earlier, later in _IN_ORDER)
_REVERSES: Final = _AT["reverses_line_id"]
_SIGNED: Final = ("quantity", "paid_cents", "base_cents", "reimbursed_cents")
_SIGNED_AT: Final = tuple(_AT[name] for name in _SIGNED)


def _line_suspects(columns: Sequence[Sequence[str]]) -> list[int]:
    """Ask each question of whole columns first: nearly always the answer is no."""
    found: set[int] = set()
    for earlier, later in _IN_ORDER_AT:
        dates = columns[earlier], columns[later]
        if any(map(gt, *dates)):
            found.update(i for i, wrong in enumerate(map(gt, *dates)) if wrong)
    if any(columns[_REVERSES]):
        found.update(i for i, original in enumerate(columns[_REVERSES]) if original)
    for at in _SIGNED_AT:
        if "-" in "".join(columns[at]):
            found.update(i for i, amount in enumerate(columns[at]) if "-" in amount)
    return sorted(found)


def _line_broken(row: Mapping[str, str]) -> Iterator[tuple[str, Fault]]:
    start, end, flow = row["care_start"], row["care_end"], row["flow_date"]
    if start and row["birth_date"] > start:
        yield "birth_date", Fault("birth_after_care", parameters=(("start", start),))
    if end and start > end:
        yield "care_end", Fault("care_end_before_start", parameters=(("start", start),))
    if flow and start > flow:
        yield "flow_date", Fault("flow_before_care", parameters=(("start", start),))
    if row["operation"] == Operation.CANCEL:
        return  # a cancelling line withdraws its own line or the one it names
    original = row["reverses_line_id"]
    if original and original == row["line_id"]:
        yield "reverses_line_id", Fault("reverses_itself")
    signs = {"-" if row[name][0] == "-" else "+" for name in _SIGNED if row[name].strip("0")}
    if "-" in signs and not original:
        yield "reverses_line_id", Fault("negative_without_original")
    if original and signs == {"+"}:
        yield "reverses_line_id", Fault("reversal_not_negative")


def _period_suspects(columns: Sequence[Sequence[str]]) -> list[int]:
    since, until = columns[-3], columns[-2]
    return [
        i for i, (low, high) in enumerate(zip(since, until, strict=True)) if high and low > high
    ]


def _period_broken(row: Mapping[str, str]) -> Iterator[tuple[str, Fault]]:
    if row["until"] and row["since"] > row["until"]:
        yield "until", Fault("until_before_since", parameters=(("start", row["since"]),))


def _none_suspected(columns: Sequence[Sequence[str]]) -> list[int]:  # noqa: ARG001 - a Rule's form
    return []


def _none_broken(row: Mapping[str, str]) -> Iterator[tuple[str, Fault]]:  # noqa: ARG001 - same
    return iter(())


LINE_RULE: Final = Rule(
    _line_suspects, _line_broken, in_order=_IN_ORDER, rare=("reverses_line_id",), signed=_SIGNED
)
PERIOD_RULE: Final = Rule(_period_suspects, _period_broken)
NO_RULE: Final = Rule(_none_suspected, _none_broken)
