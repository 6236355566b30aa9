"""Rows that come one by one, gathered and checked together; must not know any format.

A row here may be a part of a line of the file, or be joined from several: each has a number of its
own, and `place` says where the administrator finds it. Refused ones are told in the columns of the
fund's own file, so that they can be corrected and come back as one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from imports.parsing.checking import Batch, Checker
from imports.parsing.formats import Summary
from imports.parsing.refusals import Fault, Refusal, RefusedRow, StreamStoppedError, of_file, shown
from imports.parsing.returned import PLACE
from imports.parsing.rows import COLUMNS


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imports.parsing.formats import Recognised
    from imports.parsing.limits import Limits
    from imports.parsing.rows import Kind


_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """One row: its values by the names of our columns, and what is wrong before any check."""

    number: int
    place: str
    values: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[tuple[str, str, Fault], ...] = ()
    """Column, what was found there, what is wrong with it."""


class GatheredReading:
    """A file whose rows a format gives one by one. `progress` says how much of it was read."""

    def __init__(
        self, source: Rows, limits: Limits, *, optional: frozenset[str] = frozenset()
    ) -> None:
        self.summary = Summary()
        self._source = source
        self._limits = limits
        self._kind = source.recognised.kind
        self._names = COLUMNS[self._kind]
        self._checker = Checker(self._kind, limits, optional=optional)

    @property
    def recognised(self) -> Recognised:
        """Return what the file is, as far as known."""
        return self._source.recognised

    def refuse(self, rows: Mapping[int, tuple[str, Fault]]) -> None:
        """Refuse some more rows; see `Reading`."""
        self._checker.refused_too = rows

    def batches(self) -> Iterator[Batch]:
        """Yield what became of the rows, a few hundred at a time."""
        summary = self.summary
        rows = self._source.rows()
        more = True
        while more:
            found: list[Found] = []
            try:
                found.extend(islice(rows, _AT_ONCE))
                more = len(found) == _AT_ONCE
            except StreamStoppedError as stopped:
                summary.stopped = of_file(stopped.fault, self._source.reached)
                more = False
            batch = self._checked(found)
            summary.bytes_in = self._source.bytes_in
            summary.last_line = self._source.reached
            summary.add(batch.counts)
            yield batch
            try:
                summary.check(self._limits)
            except StreamStoppedError as stopped:
                summary.stopped = of_file(stopped.fault, self._source.reached)
                more = False
        if not summary.rows and summary.stopped is None:
            summary.stopped = Refusal(0, "", "no_rows")

    def _checked(self, found: Sequence[Found]) -> Batch:
        good = [row for row in found if not row.faults]
        columns = [[row.values.get(name, "") for row in good] for name in self._names]
        batch = Batch(self._kind)
        if good:
            batch = self._checker.check(
                columns, [row.number for row in good], lambda i: self._written(good[i])
            )
        batch.places = {row.number: row.place for row in found}
        refused = [_placed(row, batch.places[row.line]) for row in batch.refused]
        refused += [self._refused(row) for row in found if row.faults]
        batch.refused = sorted(refused, key=lambda row: row.line)
        return batch

    def _refused(self, row: Found) -> RefusedRow:
        faults = row.faults
        if row.number in self._checker.refused_too:
            column, too = self._checker.refused_too[row.number]
            faults = (*faults, (column, row.values.get(column, ""), too))
        refusals = tuple(
            Refusal(
                row.number, column, fault.code, shown(found), fault.correction,
                {**dict(fault.parameters), "place": row.place},
            )
            for column, found, fault in faults
        )  # fmt: skip
        identity = self._checker.identity(row.values)
        return RefusedRow(row.number, self._written(row), refusals, identity)

    def _written(self, row: Found) -> tuple[str, ...]:
        return (row.place, *(row.values.get(name, "") for name in self._names))


class Rows:
    """What a format gives: its rows, and how far it is. Made anew by each format."""

    reached = 0
    """The last line read."""
    bytes_in = 0

    @property
    def recognised(self) -> Recognised:
        """Return what the file is, as far as known."""
        raise NotImplementedError

    def rows(self) -> Iterator[Found]:
        """Yield the rows; raise StreamStoppedError when they can't go on."""
        raise NotImplementedError


def returned(kind: Kind) -> tuple[str, ...]:
    """Return the columns of the file of rejects, whatever the format was."""
    return (PLACE, *COLUMNS[kind])


def _placed(row: RefusedRow, place: str) -> RefusedRow:
    refusals = tuple(
        replace(each, parameters={**each.parameters, "place": place}) for each in row.refusals
    )
    return replace(row, refusals=refusals)
