"""The tables of an archive by their names, and those that are kept whole: whom pseudonyms are of.

What a row means is said in `dcir_lines` and `dcir_illnesses`; must not know how tables are joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imports.parsing.archives import printable
from imports.parsing.dcir_lines import CENTRAL, DETAILS, MEDICINES, NATURES, Person, Reference
from imports.parsing.formats import Recognised
from imports.parsing.gathering import returned
from imports.parsing.persons import check_national_system, check_person_value
from imports.parsing.refusals import Fault, FileRefusedError, Notice, Refusal, StreamStoppedError
from imports.parsing.tables import Table


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imports.parsing.archives import Archive
    from imports.parsing.limits import Limits
    from imports.parsing.rows import Kind
    from imports.parsing.tables import TableRow


FORMAT: Final = "dcir"
ILLNESSES: Final = "IR_IMB_R"
_ALIASES: Final = "ALIASES"
_ALIAS_COLUMNS: Final = ("PSEUDONYM", "PERSON_SYSTEM", "PERSON_VALUE", "BIRTH_DATE")
_KNOWN: Final = (
    CENTRAL.name, *(detail.name for detail in DETAILS), MEDICINES, NATURES, ILLNESSES, _ALIASES,
)  # fmt: skip


class Tables:
    """The tables of an archive, each once, and what the administrator should be told of it."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        self.archive = archive
        self.notices: list[Notice] = []
        self._limits = limits
        self._tables: dict[str, Table] = {}
        for member in archive.members:
            name = next((each for each in _KNOWN if member.name.upper().startswith(each)), "")
            if name in self._tables:
                raise FileRefusedError(Refusal(0, "", "table_twice", parameters={"name": name}))
            if name:
                self._tables[name] = Table(archive, member, name, limits)
            else:
                self.notices.append(Notice("table_unread", {"name": printable(member.name)}))
        if not self._tables:  # a workbook is an archive too
            parameters = {"format": archive.format.upper()}
            raise FileRefusedError(Refusal(0, "", "tables_missing", parameters=parameters))

    @property
    def only_illnesses(self) -> bool:
        """Whether there are no prestations to join, nor anything of them, but illnesses."""
        of_care = {CENTRAL.name, *(detail.name for detail in DETAILS)}
        return ILLNESSES in self._tables and of_care.isdisjoint(self._tables)

    def recognised(self, kind: Kind) -> Recognised:
        """Return what the archive is, as a file of a kind."""
        return Recognised(
            kind=kind, format=FORMAT, compression=self.archive.format, encoding="", delimiter="",
            byte_order_mark=False, line_end="", columns=returned(kind),
            notices=tuple(self.notices),
        )  # fmt: skip

    def named(self, name: str) -> Table:
        """Return a table. Raise FileRefusedError without it."""
        if name in self._tables:
            return self._tables[name]
        parameters = {"format": self.archive.format.upper(), "name": name}
        raise FileRefusedError(Refusal(0, "", "table_missing", parameters=parameters))

    def has(self, name: str) -> bool:
        """Tell whether there is a table."""
        return name in self._tables

    def reference(self) -> Reference:
        """Read the tables that are kept whole."""
        return Reference(self._medicines(), self._natures(), self._persons())

    def _few(self, name: str, wanted: Sequence[str], required: int) -> Iterator[TableRow]:
        """Yield the rows of a table that is kept whole: not more than are wanted in memory."""
        if name not in self._tables:
            return
        table = self._tables[name]
        for count, row in enumerate(table.rows(wanted, wanted[:required])):
            if count == self._limits.kept_rows:
                limit = (("name", table.name), ("limit", self._limits.kept_rows))
                raise StreamStoppedError(Fault("table_too_long", parameters=limit))
            yield row

    def _medicines(self) -> dict[str, tuple[str, str]]:
        wanted = ("PHA_CIP_C13", "PHA_ATC_C07", "PHA_MED_NOM")
        rows = (row.values for row in self._few(MEDICINES, wanted, 2) if not row.fault)
        return {cip: (atc, name) for cip, atc, name in rows}

    def _natures(self) -> dict[str, str]:
        wanted = ("PRS_NAT", "PRS_NAT_CB2")
        rows = (row.values for row in self._few(NATURES, wanted, 2) if not row.fault)
        return {nature.lstrip("0"): code for nature, code in rows if code}

    def _persons(self) -> dict[str, Person]:
        """Return whom the pseudonyms stand for; a wrong line is told, and joins nobody."""
        found: dict[str, Person] = {}
        wrong = first = 0
        for row in self._few(_ALIASES, _ALIAS_COLUMNS, 3):
            person = _person(row)
            if person is None or row.values[0] in found:
                wrong, first = wrong + 1, first or row.line
            else:
                found[row.values[0]] = person
        if wrong:
            self.notices.append(Notice("aliases_wrong", {"count": wrong, "number": first}))
        return found


def _person(row: TableRow) -> Person | None:
    if row.fault or not row.values[0]:
        return None
    _, written, value, born = row.values
    system = check_national_system(written)
    if isinstance(system, Fault):
        return None
    checked = check_person_value(system, value)
    return None if isinstance(checked, Fault) else Person(system, checked, born)
