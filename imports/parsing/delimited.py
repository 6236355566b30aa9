"""The fund's own format: delimited text with a header. Must not know what the columns mean."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imports.parsing.checking import Batch, Checker
from imports.parsing.formats import Recognised, Summary
from imports.parsing.header import read_header
from imports.parsing.lines import Chunk, Lines
from imports.parsing.prints import Print
from imports.parsing.records import QUOTE, RecordReader
from imports.parsing.refusals import (
    Fault,
    FileRefusedError,
    Refusal,
    RefusedRow,
    StreamStoppedError,
    of_file,
)
from imports.parsing.returned import REASON, is_elsewhere, unguarded, unguarded_numbers
from imports.parsing.rows import Kind
from imports.parsing.signatures import signature


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imports.parsing.compression import Source
    from imports.parsing.formats import AnyPart
    from imports.parsing.limits import Limits
    from imports.parsing.many import ManyChecker
    from imports.parsing.records import Records


class DelimitedParser:
    """Delimited text: whatever is not recognisably something else."""

    name: Final = "delimited"

    def recognises(self, head: bytes) -> bool:
        """Tell whether the bytes may be text."""
        return signature(head) is None

    def open(self, source: Source, limits: Limits) -> DelimitedReading:
        """Read the header; raise FileRefusedError if it says no known file."""
        return DelimitedReading(source, limits)


@dataclass(frozen=True, slots=True)
class DelimitedLayout:
    """How the rows of one file are written: all that is needed to read some of them elsewhere."""

    kind: Kind
    delimiter: str
    width: int
    sources: tuple[int | None, ...]
    limits: Limits
    returned: bool
    optional: frozenset[str] = frozenset()
    named: int = 0
    """Its columns up to the last that has a name; all of them if not said."""
    reason: int | None = None
    """Where a row that came back says why it was refused."""

    def reader(self) -> DelimitedRows:
        """Return what reads its rows."""
        return DelimitedRows(self)


class DelimitedRows:
    """Reads rows from chunks of lines of one file, and checks them."""

    def __init__(self, layout: DelimitedLayout) -> None:
        self._layout = layout
        self._from = layout.limits.many if layout.kind is Kind.LINES else sys.maxsize
        self._records = RecordReader(
            layout.delimiter, layout.width, layout.limits, named=layout.named
        )
        self._checker = Checker(layout.kind, layout.limits, optional=layout.optional)
        self._many_checker: ManyChecker | None = None

    def refuse(self, rows: Mapping[int, tuple[str, Fault]]) -> None:
        """Refuse some more rows, by line: the column, what is wrong."""
        self._checker.refused_too = rows

    def stands_alone(self, chunk: Chunk) -> bool:
        """Tell whether the rows of a chunk can be read without those before and behind it."""
        return not (self._records.is_open or chunk.faults or QUOTE in chunk)

    def read(self, chunk: Chunk) -> Batch:
        """Return what became of the rows that end in a chunk."""
        if self._layout.returned or self._layout.limits.correction:
            as_it_was = unguarded if self._layout.returned else unguarded_numbers
            chunk = Chunk(chunk.first, as_it_was(chunk.text), chunk.count, chunk.faults)
        return self._many(chunk) or self._checked(self._without_those_elsewhere(chunk))

    def _without_those_elsewhere(self, chunk: Chunk) -> Records:
        """Refuse once more the rows whose columns never said what is wrong with them."""
        records, at = self._records.read(chunk), self._layout.reason
        if at is None or not records.numbers:
            return records
        reasons = records.columns[at]
        wrong = {i for i, reason in enumerate(reasons) if is_elsewhere(reason)}
        if not wrong:
            return records
        fault = Fault("still_refused", parameters=(("name", REASON),))
        records.faults += [(records.numbers[i], records.row(i), fault) for i in sorted(wrong)]
        kept = [i for i in range(len(records.numbers)) if i not in wrong]
        records.columns = [[column[i] for i in kept] for column in records.columns]
        records.numbers = [records.numbers[i] for i in kept]
        return records

    def _many(self, chunk: Chunk) -> Batch | None:
        """Read rows at once, if they are many and can be; else None."""
        if self._layout.reason is not None:
            return None
        if len(chunk.utf_8) < self._from or not self.stands_alone(chunk):
            return None
        from imports.parsing import arrays, many  # noqa: PLC0415 - memory, for large files only

        layout = self._layout
        cut = arrays.cut(chunk, layout.delimiter, layout.width)
        if cut is None:
            return None
        columns, others = cut
        lines = chunk.text.split("\n") if others else []
        alone = [
            self._checked(self._records.read(Chunk(chunk.first + at, lines[at], 1)))
            for at in others
        ]
        if any(each.numbers for each in alone):
            return None  # right after all, in their turn among the others
        checker = self._many_checker = self._many_checker or many.ManyChecker(
            self._checker, layout.sources
        )
        numbers: Sequence[int] = range(chunk.first, chunk.first + chunk.count)
        if others:
            numbers = sorted({*numbers}.difference(chunk.first + at for at in others))
        batch = checker.check(columns, numbers, escapes="\\" in chunk)
        if others:
            for each in alone:
                batch.refused += each.refused
                batch.blank += each.blank
            batch.refused.sort(key=lambda row: row.line)
        return batch

    def finish(self, number: int) -> Batch | None:
        """Return what became of a row that the end of the file left open, if there is one."""
        unclosed = self._records.finish(number)
        return self._checked(unclosed) if unclosed.faults else None

    def _checked(self, records: Records) -> Batch:
        if records.numbers:
            columns = [
                None if source is None else records.columns[source]
                for source in self._layout.sources
            ]
            batch = self._checker.check(columns, records.numbers, records.row)
        else:
            batch = Batch(self._layout.kind)
        batch.blank += records.blank
        if records.faults:
            batch.refused += [_of_row(*fault) for fault in records.faults]
            batch.refused.sort(key=lambda row: row.line)
        return batch


class DelimitedReading:
    """One delimited file being read, once and forward."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.summary = Summary()
        self._source = source
        self._limits = limits
        self._lines = Lines(source.head, limits)
        self._chunks = self._lines.chunks(source.blocks())
        first = self._first_with_text()
        texts = first.text.split("\n")
        readable = min(first.faults, default=len(texts))
        if not any(map(str.strip, texts[:readable])) and first.faults:
            raise FileRefusedError(Refusal(first.first + readable, "", "header_unreadable"))
        self._header = read_header(texts[:readable], limits)
        used = self._header.lines
        self._first = Chunk(
            first.first + used,
            "\n".join(texts[used:]),
            first.count - used,
            {i - used: fault for i, fault in first.faults.items()},
        )
        self.layout = DelimitedLayout(
            self._header.kind,
            self._header.delimiter,
            len(self._header.columns),
            self._header.sources,
            limits,
            self._header.returned,
            self._header.optional,
            self._header.named,
            self._header.reason,
        )
        self._rows = self.layout.reader()
        self.print = Print(self._header)

    def _first_with_text(self) -> Chunk:
        try:
            for chunk in self._chunks:
                if chunk.faults or chunk.text.strip():
                    return chunk
        except StreamStoppedError as stopped:
            raise FileRefusedError(of_file(stopped.fault, self._lines.number)) from stopped
        raise FileRefusedError(Refusal(0, "", "empty_file"))

    @property
    def recognised(self) -> Recognised:
        """Return what the file is, as far as known."""
        return Recognised(
            kind=self._header.kind,
            format=DelimitedParser.name,
            compression=self._source.compression,
            encoding=self._lines.encoding,
            byte_order_mark=self._lines.byte_order_mark,
            line_end=self._lines.line_end,
            delimiter=self._header.delimiter,
            columns=self._header.columns,
            notices=(*self._header.notices, *self._lines.notices),
        )

    def refuse(self, rows: Mapping[int, tuple[str, Fault]]) -> None:
        """Refuse some more rows; see `Reading`."""
        self._rows.refuse(rows)

    def batches(self) -> Iterator[Batch]:
        """Yield what became of the rows, chunk by chunk."""
        return self.through(self._read_here)

    def skim(self) -> Iterator[Chunk]:
        """Yield the lines as they go by, to the end; only their `print` is taken."""
        try:
            yield from self._each_chunk()
        except StreamStoppedError as stopped:
            self.summary.stopped = of_file(stopped.fault, self._lines.number)

    def through(
        self, way: Callable[[Iterator[Chunk | Batch]], Iterator[AnyPart]]
    ) -> Iterator[AnyPart]:
        """Yield what `way` makes of the chunks of the file, in their order, and count it.

        It is given chunks that stand alone, for any reader of this `layout`, and batches that
        had to be read in turn.
        """
        summary = self.summary
        try:
            for part in way(self._pieces()):
                summary.bytes_in = self._source.bytes_in
                summary.add(part.counts)
                yield part
                summary.check(self._limits)
        except StreamStoppedError as stopped:
            summary.stopped = of_file(stopped.fault, self._lines.number)
        summary.bytes_in = self._source.bytes_in
        summary.last_line = self._lines.number
        if not summary.rows and summary.stopped is None:
            summary.stopped = Refusal(0, "", "no_rows")

    def _read_here(self, pieces: Iterator[Chunk | Batch]) -> Iterator[Batch]:
        for piece in pieces:
            yield piece if isinstance(piece, Batch) else self._rows.read(piece)

    def _pieces(self) -> Iterator[Chunk | Batch]:
        stopped = None
        try:
            for chunk in self._each_chunk():
                yield chunk if self._rows.stands_alone(chunk) else self._rows.read(chunk)
        except StreamStoppedError as error:
            stopped = error
        unclosed = self._rows.finish(self._lines.number)
        if unclosed:
            yield unclosed
        if stopped:
            raise stopped

    def _each_chunk(self) -> Iterator[Chunk]:
        if self._first.count:
            self.print.add(self._first)
            yield self._first
        for chunk in self._chunks:
            self.print.add(chunk)
            self.summary.last_line = chunk.first + chunk.count - 1
            yield chunk


def _of_row(line: int, values: tuple[str, ...], fault: Fault) -> RefusedRow:
    return RefusedRow(
        line, values, (Refusal(line, "", fault.code, parameters=dict(fault.parameters)),)
    )
