"""Thousands of rows of one file checked at once; must not know any check of its own.

Each distinct value goes through its column's own check, once. Rows that hold nothing but what was
found right are right; every other one is left to `checking`, which alone refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imports.parsing import arrays
from imports.parsing.arrays import Arrays, Coded
from imports.parsing.checking import Batch
from imports.parsing.columns import PairedColumn
from imports.parsing.formats import Totals
from imports.parsing.refusals import Fault
from imports.parsing.texts import SPREADSHEET


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imports.parsing.arrays import Array
    from imports.parsing.checking import Checker


class ManyChecker:
    """Checks chunks of one file, beside the checker of its rows one by one."""

    def __init__(self, checker: Checker, sources: Sequence[int | None]) -> None:
        self._checker = checker
        self._sources = sources

    def check(self, written: list[Array], numbers: Sequence[int], *, escapes: bool) -> Batch:
        """Return what became of rows; `written` are their columns as in the file."""
        count = len(numbers)
        absent = arrays.empty(count)
        raw = [absent if at is None else written[at] for at in self._sources]
        found, wrong = self._columns(raw)
        found.escapes = escapes
        too = self._checker.places_refused_too(numbers)
        left = sorted({*wrong, *self._breaking(found), *too})
        if not left:
            return Batch(self._checker.kind, numbers, found, arrays=found, totals=_totals(found))
        rows = list(zip(*arrays.at(written, left), strict=True))
        batch = self._checker.check(
            arrays.at(raw, left), [numbers[at] for at in left], rows.__getitem__
        )
        if batch.numbers:
            raise AssertionError(f"{len(batch.numbers)} rows are right one by one, not together")
        kept, gone = found.only(arrays.all_but(count, left)), set(left)
        batch.numbers = [number for at, number in enumerate(numbers) if at not in gone]
        batch.columns = batch.arrays = kept
        batch.totals = _totals(kept)
        return batch

    def _columns(self, raw: list[Array]) -> tuple[Arrays, set[int]]:
        """Return the checked columns, and the places of the rows that hold a fault."""
        checker = self._checker
        done: dict[str, Array] = {}
        coded: dict[str, Coded] = {}
        faults: dict[str, Sequence[str | Fault]] = {}
        marks = []
        for name, column, read, texts in zip(
            checker.names, checker.columns, checker.readers, raw, strict=True
        ):
            longest = 0 if isinstance(column, PairedColumn) else column.longest_plain
            if longest and arrays.all_plain(texts, longest, SPREADSHEET):
                done[name] = texts
                continue
            own = Coded.of(texts)
            before = None
            if isinstance(column, PairedColumn):
                numbers, pairs = coded[column.after].beside(own)
                own = Coded(numbers, [own.texts[value] for _, value in pairs])
                before = [faults[column.after][system] for system, _ in pairs]
            values, faulty = read(own.texts, before)
            faults[name] = values
            if faulty:
                bad = [i for i, value in enumerate(values) if isinstance(value, Fault)]
                marks.append(arrays.marked(own.numbers, bad))
                values = ["" if isinstance(value, Fault) else value for value in values]
            coded[name] = (
                own if values is own.texts else Coded(own.numbers, cast("list[str]", values))
            )
            done[name] = texts if values is own.texts else coded[name].array()
            if not isinstance(column, PairedColumn) and column.same_as:
                done[name] = arrays.filled(done[name], done[column.same_as])
        return Arrays(list(done.values()), coded), set(arrays.places(marks))

    def _breaking(self, found: Arrays) -> Iterator[int]:
        """Yield the places of the rows that break the rule across columns."""
        rule, names = self._checker.rule, self._checker.names
        column = dict(zip(names, found.columns, strict=True))
        marks = [arrays.after(column[one], column[other]) for one, other in rule.in_order]
        for name, sign in (*((n, "") for n in rule.rare), *((n, "-") for n in rule.signed)):
            texts = found.coded[name].texts
            if suspect := [i for i, text in enumerate(texts) if text and sign in text]:
                marks.append(arrays.marked(found.coded[name].numbers, suspect))
        suspects = arrays.places(marks)
        rows = zip(*arrays.at(found.columns, suspects), strict=True)
        for place, row in zip(suspects, rows, strict=True):
            if any(rule.broken(dict(zip(names, row, strict=True)))):
                yield place


def _totals(found: Arrays) -> dict[tuple[str, str], Totals]:
    """Return the totals of claim lines, as `formats.sums` does of lists."""
    schemes, flows = found.coded["scheme"], found.coded["flow_date"]
    months = list(dict.fromkeys(text[:7] for text in flows.texts))
    place = {month: i for i, month in enumerate(months)}
    by_month = Coded(arrays.spread([place[t[:7]] for t in flows.texts], flows.numbers), months)
    numbers, pairs = schemes.beside(by_month)
    amounts = [
        arrays.spread([int(text or 0) for text in coded.texts], coded.numbers)
        for coded in (found.coded["paid_cents"], found.coded["reimbursed_cents"])
    ]
    return {
        (schemes.texts[pairs[key][0]], months[pairs[key][1]]): Totals(*sums)
        for key, *sums in arrays.summed(numbers, amounts)
    }
