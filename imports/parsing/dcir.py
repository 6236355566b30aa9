"""The tables of the national claims base (DCIR), in an archive, joined on their nine keys.

The tables come in any order and may not fit in memory: they are read as often as it takes, each
time the prestations and details whose keys fall in one part. What a joined row means is said in
`imports.parsing.dcir_lines`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

from imports.parsing.archives import MAGIC, ZipArchive
from imports.parsing.dcir_illnesses import Illnesses
from imports.parsing.dcir_lines import CENTRAL, DETAILS, KEYS, joined, of_detail
from imports.parsing.dcir_tables import FORMAT, ILLNESSES, Tables
from imports.parsing.dcir_values import same_key
from imports.parsing.gathering import Found, GatheredReading, Rows
from imports.parsing.refusals import Fault, FileRefusedError, Notice, StreamStoppedError, of_file
from imports.parsing.returned import LACKING
from imports.parsing.rows import Kind
from imports.parsing.tarred import TarArchive, is_tar


if TYPE_CHECKING:
    from collections.abc import Iterator

    from imports.parsing.archives import Archive
    from imports.parsing.compression import Source
    from imports.parsing.dcir_lines import Detail, Shape
    from imports.parsing.formats import Recognised
    from imports.parsing.limits import Limits
    from imports.parsing.tables import Table, TableRow


_MOST_UNEVEN: Final = 4
"""How many times its share a part may hold."""


class DcirParser:
    """An archive with a table of prestations, or with that of illnesses."""

    name: Final = FORMAT

    def recognises(self, head: bytes) -> bool:
        """Tell whether the bytes begin an archive."""
        return head.startswith(MAGIC) or is_tar(head)

    def open(self, source: Source, limits: Limits) -> GatheredReading:
        """Look at every table; raise FileRefusedError if they can't be joined."""
        try:
            archive = _opened(source, limits)
            tables = Tables(archive, limits)
            rows = Illnesses(tables) if tables.only_illnesses else _Joined(tables, limits)
        except StreamStoppedError as stopped:
            raise FileRefusedError(of_file(stopped.fault)) from stopped
        return GatheredReading(rows, limits, optional=LACKING)


def _opened(source: Source, limits: Limits) -> Archive:
    zipped = source.head.startswith(MAGIC)
    return ZipArchive(source.whole(), limits) if zipped else TarArchive(source, limits)


class _Joined(Rows):
    def __init__(self, tables: Tables, limits: Limits) -> None:
        self._tables = tables
        self._archive = tables.archive
        self._limits = limits
        self._central = tables.named(CENTRAL.name)
        if tables.has(ILLNESSES):
            tables.notices.append(Notice("illnesses_apart", {"name": ILLNESSES}))
        self._reference = tables.reference()
        self._details = [
            (each, tables.named(each.name)) for each in DETAILS if tables.has(each.name)
        ]
        self._starts: dict[str, int] = {}
        at = self._look(CENTRAL, self._central, 0)
        for detail, table in self._details:
            at = self._look(detail, table, at)
        longest = max(self._central.lines, at - self._central.lines)
        self._parts = max(1, -(-longest // limits.joined))
        if self._parts > limits.joined_parts:
            most = limits.joined * limits.joined_parts
            raise StreamStoppedError(Fault("too_many_joined", parameters=(("limit", most),)))

    def _look(self, shape: Shape, table: Table, at: int) -> int:
        """Read a table once: its header, how long it is. Return where the next one's rows start.

        The rows are numbered as if the tables lay one behind the other.
        """
        for _ in table.rows(KEYS, (*KEYS, *shape.required)):
            pass
        self._starts[shape.name] = at
        return at + table.lines

    @property
    def recognised(self) -> Recognised:
        """Return what the archive is."""
        return self._tables.recognised(Kind.LINES)

    def rows(self) -> Iterator[Found]:
        """Yield every prestation with its details, part after part."""
        for part in range(self._parts):
            details: dict[str, list[Detail]] = {}
            yield from self._take_details(part, details)
            used: set[str] = set()
            for row in self._of_part(self._central, CENTRAL, part):
                if row.fault:
                    yield self._unreadable(CENTRAL.name, row, row.fault)
                    continue
                key = _key(row)
                again, theirs = key in used, details.get(key, [])
                if theirs:
                    used.add(key)
                yield from joined(row, key, theirs, self._reference, self._starts, again=again)
            for key in sorted(details.keys() - used):
                yield from (self._alone(key, *each) for each in details[key])
            self.bytes_in = self._archive.size * (part + 1) // self._parts

    def _take_details(self, part: int, details: dict[str, list[Detail]]) -> Iterator[Found]:
        kept, most = 0, _MOST_UNEVEN * self._limits.joined
        for shape, table in self._details:
            start = self._starts[shape.name]
            for row in self._of_part(table, shape, part):
                if row.fault:
                    yield self._unreadable(shape.name, row, row.fault)
                elif kept == most:  # keys that are alike all fall in one part
                    limit = (("limit", most),)
                    raise StreamStoppedError(Fault("too_many_joined", parameters=limit))
                else:
                    kept += 1
                    detail = (shape.name, start + row.line, row.values[len(KEYS) :])
                    details.setdefault(_key(row), []).append(detail)

    def _of_part(self, table: Table, shape: Shape, part: int) -> Iterator[TableRow]:
        for row in table.rows((*KEYS, *shape.columns), ()):
            if table is self._central:
                self.reached = row.line
            if row.fault:
                if part == 0:
                    yield row
            elif self._parts == 1 or _part_of(_key(row), self._parts) == part:
                yield row

    def _unreadable(self, name: str, row: TableRow, fault: Fault) -> Found:
        number = self._starts[name] + row.line
        return Found(number, f"{name} {row.line}", faults=(("", "", fault),))

    def _alone(self, key: str, name: str, number: int, texts: tuple[str, ...]) -> Found:
        fault = Fault("detail_alone", parameters=(("name", CENTRAL.name),))
        place = f"{name} {number - self._starts[name]}"
        flow = key.split("|")[KEYS.index("FLX_TRT_DTD")]
        values = of_detail(name, texts, {}, self._reference) | {"flow_date": flow}
        return Found(number, place, values, (("", "", fault),))


def _key(row: TableRow) -> str:
    return "|".join(map(same_key, row.values[: len(KEYS)]))


def _part_of(key: str, parts: int) -> int:
    return crc32(key.encode()) % parts
