"""The tables of the national claims base (DCIR), in a ZIP archive, joined on their nine keys.

The tables come in any order and may not fit in memory: they are read as often as it takes, each
time the prestations and details whose keys fall in one part. What a joined row means is said in
`imports.parsing.dcir_lines`.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from imports.parsing.archives import MAGIC, Archive
from imports.parsing.dcir_lines import (
    CENTRAL,
    DETAILS,
    KEYS,
    MEDICINES,
    NATURES,
    Person,
    Reference,
    joined,
)  # fmt: skip
from imports.parsing.formats import Recognised
from imports.parsing.gathering import RETURNED, Found, GatheredReading, Rows
from imports.parsing.persons import check_national_system, check_person_value
from imports.parsing.refusals import (
    Fault,
    FileRefusedError,
    Notice,
    Refusal,
    StreamStoppedError,
    of_file,
)
from imports.parsing.returned import LACKING
from imports.parsing.rows import Kind
from imports.parsing.tables import Table


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imports.parsing.archives import Member
    from imports.parsing.compression import Source
    from imports.parsing.dcir_lines import Detail, Shape
    from imports.parsing.limits import Limits
    from imports.parsing.tables import TableRow


ALIASES: Final = "ALIASES"
_MOST_UNEVEN: Final = 4
"""How many times its share a part may hold."""
_ALIAS_COLUMNS: Final = ("PSEUDONYM", "PERSON_SYSTEM", "PERSON_VALUE", "BIRTH_DATE")


class DcirParser:
    """An archive with a table of prestations."""

    name: Final = "dcir"

    def recognises(self, head: bytes) -> bool:
        """Tell whether the bytes begin an archive."""
        return head.startswith(MAGIC)

    def open(self, source: Source, limits: Limits) -> GatheredReading:
        """Look at every table; raise FileRefusedError if they can't be joined."""
        archive = Archive(source.whole(), limits)
        try:
            rows = _Joined(archive, limits)
        except StreamStoppedError as stopped:
            raise FileRefusedError(of_file(stopped.fault)) from stopped
        return GatheredReading(rows, limits, optional=LACKING)


def _table_name(member: Member) -> str:
    """Return which table a file is, by its name: `ER_PRS_F.csv`, `er_pha_f_202610.txt`."""
    name = member.name.upper()
    known = (CENTRAL.name, *(detail.name for detail in DETAILS), MEDICINES, NATURES, ALIASES)
    return next((table for table in known if name.startswith(table)), "")


class _Joined(Rows):
    def __init__(self, archive: Archive, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits
        self._notices: list[Notice] = []
        tables = self._named()
        self._central = tables.pop(CENTRAL.name)
        self._reference = Reference(
            self._medicines(tables.pop(MEDICINES, None)),
            self._natures(tables.pop(NATURES, None)),
            self._persons(tables.pop(ALIASES, None)),
        )
        self._details = [(each, tables[each.name]) for each in DETAILS if each.name in tables]
        self._starts: dict[str, int] = {}
        at = self._look(CENTRAL, self._central, 0)
        for detail, table in self._details:
            at = self._look(detail, table, at)
        longest = max(self._central.lines, at - self._central.lines)
        self._parts = max(1, -(-longest // limits.joined))
        if self._parts > limits.joined_parts:
            most = limits.joined * limits.joined_parts
            raise StreamStoppedError(Fault("too_many_joined", parameters=(("limit", most),)))

    def _named(self) -> dict[str, Table]:
        tables: dict[str, Table] = {}
        for member in self._archive.members:
            name = _table_name(member)
            if name in tables:
                raise FileRefusedError(Refusal(0, "", "table_twice", parameters={"name": name}))
            if name:
                tables[name] = Table(self._archive, member, name, self._limits)
            else:
                shown = "".join(c if c.isprintable() else "?" for c in member.name[:60])
                self._notices.append(Notice("table_unread", {"name": shown}))
        if CENTRAL.name not in tables:
            parameters = {"format": "ZIP", "name": CENTRAL.name}
            raise FileRefusedError(Refusal(0, "", "table_missing", parameters=parameters))
        return tables

    def _few(self, table: Table, wanted: Sequence[str], required: int) -> Iterator[TableRow]:
        """Yield the rows of a table that is kept whole: not more than are wanted in memory."""
        for count, row in enumerate(table.rows(wanted, wanted[:required])):
            if count == self._limits.kept_rows:
                limit = (("name", table.name), ("limit", self._limits.kept_rows))
                raise StreamStoppedError(Fault("table_too_long", parameters=limit))
            yield row

    def _medicines(self, table: Table | None) -> dict[str, tuple[str, str]]:
        if table is None:
            return {}
        wanted = ("PHA_CIP_C13", "PHA_ATC_C07", "PHA_MED_NOM")
        rows = (row.values for row in self._few(table, wanted, 2) if not row.fault)
        return {cip: (atc, name) for cip, atc, name in rows}

    def _natures(self, table: Table | None) -> dict[str, str]:
        if table is None:
            return {}
        rows = (r.values for r in self._few(table, ("PRS_NAT", "PRS_NAT_CB2"), 2) if not r.fault)
        return {nature.lstrip("0"): code for nature, code in rows if code}

    def _persons(self, table: Table | None) -> dict[str, Person]:
        """Return whom the pseudonyms stand for; a wrong line is told, and joins nobody."""
        found: dict[str, Person] = {}
        wrong = first = 0
        for row in self._few(table, _ALIAS_COLUMNS, 3) if table else ():
            person = _person(row)
            if person is None or row.values[0] in found:
                wrong, first = wrong + 1, first or row.line
            else:
                found[row.values[0]] = person
        if wrong:
            self._notices.append(Notice("aliases_wrong", {"count": wrong, "number": first}))
        return found

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
        return Recognised(
            kind=Kind.LINES, format=DcirParser.name, compression="zip", encoding="", delimiter="",
            byte_order_mark=False, line_end="", columns=RETURNED, notices=tuple(self._notices),
        )  # fmt: skip

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
                yield from (self._alone(*each) for each in details[key])
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

    def _alone(self, name: str, number: int, _values: tuple[str, ...]) -> Found:
        fault = Fault("detail_alone", parameters=(("name", CENTRAL.name),))
        return Found(number, f"{name} {number - self._starts[name]}", faults=(("", "", fault),))


def _person(row: TableRow) -> Person | None:
    if row.fault or not row.values[0]:
        return None
    _, written, value, born = row.values
    system = check_national_system(written)
    if isinstance(system, Fault):
        return None
    checked = check_person_value(system, value)
    return None if isinstance(checked, Fault) else Person(system, checked, born)


def _key(row: TableRow) -> str:
    return "|".join(row.values[: len(KEYS)])


def _part_of(key: str, parts: int) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) % parts
