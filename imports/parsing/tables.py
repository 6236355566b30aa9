"""A delimited table of an archive, line by line, by the names of its columns; knows no table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from imports.parsing.archives import of_member
from imports.parsing.header import DELIMITERS, first_text
from imports.parsing.lines import Chunk, Lines
from imports.parsing.records import RecordReader
from imports.parsing.refusals import Fault, FileRefusedError, Refusal, of_file
from imports.parsing.signatures import signature


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imports.parsing.archives import Archive, Member
    from imports.parsing.limits import Limits
    from imports.parsing.records import Records


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of a table: the wanted values in their order, or why it can't be cut."""

    line: int
    values: tuple[str, ...] = ()
    fault: Fault | None = None


class Table:
    """One file of an archive. The order of its columns is free; those not wanted are not kept."""

    def __init__(self, archive: Archive, member: Member[Any], name: str, limits: Limits) -> None:
        self.name = name
        self.lines = 0
        """How many lines it has, once it was read to its end."""
        self._archive = archive
        self._member = member
        self._limits = limits
        self._first_time = True
        self.columns: tuple[str, ...] = ()

    def rows(self, wanted: Sequence[str], required: Sequence[str]) -> Iterator[TableRow]:
        """Yield the rows with the `wanted` columns, empty where the table has not that column.

        Raise FileRefusedError without a header that has those `required`.
        """
        blocks = self._archive.blocks(self._member, first_time=self._first_time)
        head = next(blocks, b"")
        if signature(head):  # packed once more, or no text at all
            fault = of_member(self._member.name, "archive_packing")
            raise FileRefusedError(of_file(fault))
        lines = Lines(head, self._limits)
        chunks = lines.chunks(chain((head,), blocks))
        reader, places = None, []
        for chunk in chunks:
            if reader is None:
                texts = chunk.text.split("\n")
                if not chunk.text.strip():
                    continue
                used, text, delimiter = first_text(texts)
                delimiter = self._read_header(text, delimiter, required)
                places = [_place(self.columns, name) for name in wanted]
                reader = RecordReader(delimiter, len(self.columns), self._limits)
                if chunk.count == used:
                    continue
                faults = {i - used: fault for i, fault in chunk.faults.items() if i >= used}
                rest = "\n".join(texts[used:])
                chunk = Chunk(chunk.first + used, rest, chunk.count - used, faults)  # noqa: PLW2901 - without its header
            yield from self._cut(reader.read(chunk), places)
        if reader is None:
            raise FileRefusedError(Refusal(0, "", "table_empty", parameters={"name": self.name}))
        yield from self._cut(reader.finish(lines.number), places)
        self.lines = lines.number
        self._first_time = False

    def _read_header(self, text: str, delimiter: str, required: Sequence[str]) -> str:
        delimiter = delimiter or max(DELIMITERS, key=text.count)
        names = next(csv.reader([text.strip("\r")], delimiter=delimiter), [""])
        self.columns = tuple(name.strip().upper() for name in names)
        if len(self.columns) > self._limits.columns:
            counts = {"count": len(self.columns), "limit": self._limits.columns}
            raise FileRefusedError(Refusal(0, "", "too_many_columns", parameters=counts))
        missing = [name for name in required if name not in self.columns]
        if missing:
            raise FileRefusedError(
                *(
                    Refusal(0, n, "column_missing", parameters={"name": n, "kind": self.name})
                    for n in missing
                )
            )
        return delimiter

    def _cut(self, records: Records, places: Sequence[int]) -> Iterator[TableRow]:
        most = self._limits.joined_row
        if records.numbers:
            nothing = [""] * len(records.numbers)
            kept = [records.columns[at] if at >= 0 else nothing for at in places]
            names = tuple(self.columns[at] if at >= 0 else "" for at in places)
            for number, texts in zip(records.numbers, zip(*kept, strict=True), strict=True):
                values = tuple(map(str.strip, texts))
                if sum(map(len, values)) > most:  # tables are held in memory, row by row
                    yield TableRow(
                        number, (), Fault("text_too_long", parameters=(("limit", most),))
                    )
                elif values[0].removeprefix("\ufeff").upper() == names[0] and _says(values, names):
                    yield TableRow(number, (), Fault("header_repeated"))
                else:
                    yield TableRow(number, values)
        for number, _, fault in records.faults:
            yield TableRow(number, (), fault)


def _says(values: Sequence[str], names: Sequence[str]) -> bool:
    """Tell whether a row is the header once more, as where tables were put end to end."""
    return all(value.upper() == name for value, name in zip(values[1:], names[1:], strict=True))


def _place(columns: Sequence[str], name: str) -> int:
    """Return where a column is; a name that is empty is wanted of no table."""
    return columns.index(name) if name and name in columns else -1
