"""Columns of raw texts to checked rows and refused rows; must not know any file format.

Works column by column over a few hundred rows: a column whose values were all seen before
passes in one set comparison, so that the checks themselves run once per distinct value.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from imports.parsing.columns import SCHEMAS, PairedColumn
from imports.parsing.formats import Summary, sums
from imports.parsing.header import column_name
from imports.parsing.refusals import Fault, Refusal, RefusedRow, shown
from imports.parsing.remembering import reader
from imports.parsing.rows import IDENTITY, Kind, typed


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imports.parsing.arrays import Arrays
    from imports.parsing.columns import Column
    from imports.parsing.formats import Totals
    from imports.parsing.limits import Limits
    from imports.parsing.rows import Row


PRESENT = "x"
"""Stands for a row that is written, whatever it says."""


@dataclass(slots=True)
class Batch:
    """What became of some consecutive rows: every one is in `rows`, `refused` or `blank`.

    `columns` holds their checked texts, column by column in the order of `rows.COLUMNS`;
    `numbers` their physical lines.
    """

    kind: Kind
    numbers: Sequence[int] = ()
    columns: Sequence[Sequence[str]] = ()
    refused: list[RefusedRow] = field(default_factory=list)
    blank: int = 0
    places: Mapping[int, str] = field(default_factory=dict)
    """Where rows are that are not lines of the file, by their numbers."""
    arrays: Arrays | None = None
    """The columns once more, if they are arrays (`imports.parsing.many`)."""
    totals: dict[tuple[str, str], Totals] | None = None
    """Those of the rows, if they are known already."""

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The checked texts row by row; made anew at each call."""
        return list(zip(*self.columns, strict=True))

    @property
    def counts(self) -> Summary:
        """What became of the rows, in figures."""
        found = Summary(accepted=len(self.numbers), refused=len(self.refused), blank=self.blank)
        for row in self.refused:
            found.refusals.update(refusal.code for refusal in row.refusals)
        if self.kind is Kind.LINES and self.numbers:
            found.totals = sums(self.columns) if self.totals is None else self.totals
        return found

    def typed(self) -> Iterator[Row]:
        """Return the rows with their types; slower than the texts."""
        for number, values in zip(self.numbers, self.rows, strict=True):
            yield typed(self.kind, number, values)


class Checker:
    """Checks the rows of one file. Keep one per file: it remembers the values it has seen."""

    def __init__(
        self, kind: Kind, limits: Limits, *, optional: frozenset[str] = frozenset()
    ) -> None:
        """Make the checks of one kind; `optional` names what this format may leave empty."""
        schema = SCHEMAS[kind]
        self.kind = kind
        self.rule = schema.rule
        self.names = schema.names
        self.refused_too: Mapping[int, tuple[str, Fault]] = {}
        """Rows that who saw the whole file refuses, by line: the column, what is wrong."""
        self._position = {name: i for i, name in enumerate(schema.names)}
        self._identity = [self._position[name] for name in IDENTITY[kind]]
        self.columns = [schema.columns[name] for name in schema.names]
        latest = limits.latest.isoformat() if limits.latest else ""
        self.readers = [
            reader(
                replace(schema.columns[name], required=False)
                if name in optional
                else schema.columns[name],
                latest=latest if name == "flow_date" else "",
            )
            for name in schema.names
        ]

    def check(
        self,
        columns: Sequence[Sequence[str] | None],
        numbers: Sequence[int],
        original: Callable[[int], Sequence[str]],
    ) -> Batch:
        """Check rows given as columns in the order of `rows.COLUMNS`; None for an absent one.

        `numbers` are the lines of the rows, `original` returns the values of the row at a
        position as they were written, for the file of rejects.
        """
        checked: list[Sequence[str | Fault]] = []
        faults: dict[int, dict[str, Fault]] = defaultdict(dict)
        for name, column, read, raw in zip(
            self.names, self.columns, self.readers, columns, strict=True
        ):
            texts = raw if raw is not None else [""] * len(numbers)
            before = self._before(column, checked)
            values, faulty = read(texts, before)
            checked.append(values)
            if faulty:
                for i, value in enumerate(values):
                    if isinstance(value, Fault):
                        faults[i][name] = value
        self._apply_rule(len(numbers), checked, faults)
        for i in self.places_refused_too(numbers):
            name, fault = self.refused_too[numbers[i]]
            faults[i].setdefault(name, fault)
        if not faults:
            return Batch(self.kind, numbers, cast("Sequence[Sequence[str]]", checked))
        clean = [i for i in range(len(numbers)) if i not in faults]
        batch = Batch(self.kind, [numbers[i] for i in clean])
        batch.columns = _at(checked, clean)
        for i in sorted(faults):
            written = tuple(original(i))
            if any(text.strip() for text in written):
                refusals = self._refusals(numbers[i], faults[i], columns, i)
                identity = self._identified([column[i] for column in checked])
                batch.refused.append(RefusedRow(numbers[i], written, refusals, identity))
            else:
                batch.blank += 1
        return batch

    def identity(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """Return what says which row one is that a format refuses; see `RefusedRow`."""
        columns = [[row.get(name, "")] for name in self.names]
        found = self.check(columns, (0,), lambda _: (PRESENT,))
        return self._identified(found.rows[0]) if found.numbers else found.refused[0].identity

    def _identified(self, row: Sequence[str | Fault]) -> tuple[str, ...]:
        said = tuple(row[at] for at in self._identity)
        return () if any(isinstance(each, Fault) for each in said) else cast("Any", said)

    def _is_header(self, columns: Sequence[Sequence[str] | None], i: int) -> bool:
        """Tell whether a row says the names of its columns, as where files were put end to end."""
        pairs = zip(self.names, columns, strict=True)
        return all(
            raw is None or column_name(raw[i].removeprefix("\ufeff")) == name
            for name, raw in pairs
        )

    def places_refused_too(self, numbers: Sequence[int]) -> list[int]:
        """Return the places of the rows of these lines that are refused for no fault of theirs."""
        too = self.refused_too
        return [i for i, number in enumerate(numbers) if number in too] if too else []

    def _before(
        self, column: Column | PairedColumn, checked: Sequence[Sequence[str | Fault]]
    ) -> Sequence[str | Fault] | None:
        name = column.after if isinstance(column, PairedColumn) else column.same_as
        return checked[self._position[name]] if name else None

    def _apply_rule(
        self,
        count: int,
        checked: Sequence[Sequence[Any]],
        faults: dict[int, dict[str, Fault]],
    ) -> None:
        if faults:
            clean = [i for i in range(count) if i not in faults]
            columns = _at(checked, clean)
            suspects = [clean[i] for i in self.rule.suspects(columns)] if clean else []
            suspects += list(faults)
        else:
            suspects = self.rule.suspects(checked)
        for i in suspects:
            values = [column[i] for column in checked]
            known = ("" if isinstance(value, Fault) else value for value in values)
            row = dict(zip(self.names, known, strict=True))
            for name, fault in self.rule.broken(row):
                faults[i].setdefault(name, fault)

    def _refusals(
        self,
        number: int,
        faults: dict[str, Fault],
        columns: Sequence[Sequence[str] | None],
        i: int,
    ) -> tuple[Refusal, ...]:
        if self._is_header(columns, i):
            return (Refusal(number, "", "header_repeated"),)
        refusals = []
        for name in sorted(faults, key=self._position.__getitem__):
            fault = faults[name]
            position = self._position[name]
            raw = columns[position]
            found = shown(raw[i] if raw else "", identifier=self.columns[position].identifier)
            refusals.append(
                Refusal(number, name, fault.code, found, fault.correction, dict(fault.parameters))
            )
        return tuple(refusals)


def _at(columns: Sequence[Sequence[Any]], positions: Sequence[int]) -> list[list[Any]]:
    """Return the values of some rows only, column by column."""
    return [[column[i] for i in positions] for column in columns]
