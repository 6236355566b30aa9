"""Long-term illnesses (ALD) of the DCIR's table IR_IMB_R, in the columns of the fund's own file.

Facts of the table are in the notes beside them. Must not know archives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from imports.parsing.dcir_tables import ILLNESSES
from imports.parsing.dcir_values import date
from imports.parsing.gathering import Found, Rows
from imports.parsing.refusals import Fault
from imports.parsing.rows import Kind


if TYPE_CHECKING:
    from collections.abc import Iterator

    from imports.parsing.dcir_lines import Reference
    from imports.parsing.dcir_tables import Tables
    from imports.parsing.formats import Recognised
    from imports.parsing.tables import TableRow


# Columns by the schema of the table that the Health Data Hub publishes (schema-snds, IR_IMB_R).
_REQUIRED: Final = ("BEN_NIR_PSA", "BEN_RNG_GEM", "IMB_ALD_DTD", "MED_MTF_COD")
_COLUMNS: Final = (*_REQUIRED, "IMB_ALD_DTF", "IMB_ETM_NAT", "UPD_DTE", "INS_DTE")
# The table has accidents at work and occupational diseases too: an ALD is on the list (41), off
# the list (43) or several illnesses at once (45).
_LONG_TERM: Final = frozenset({"", "41", "43", "45"})
_NO_END: Final = "2099-12-31"


class Illnesses(Rows):
    """Each row of the table is an illness, read once and forward."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.named(ILLNESSES)
        self._reference = tables.reference()
        # A header that lacks one of its columns is told at once.
        next(self._table.rows(_REQUIRED, _REQUIRED), None)

    @property
    def recognised(self) -> Recognised:
        """Return what the archive is."""
        return self._tables.recognised(Kind.ILLNESSES)

    def rows(self) -> Iterator[Found]:
        """Yield every row of the table."""
        for row in self._table.rows(_COLUMNS, _REQUIRED):
            self.reached = row.line
            yield _found(row, self._reference)
        self.bytes_in = self._tables.archive.size


def _found(row: TableRow, reference: Reference) -> Found:
    found = Found(row.line, f"{ILLNESSES} {row.line}")
    if row.fault:
        return replace(found, faults=(("", "", row.fault),))
    pseudonym, rank, since, code, until, nature, updated, inserted = row.values
    person = reference.person(pseudonym, rank)
    until = date(until)
    values = {
        "person_system": person.system,
        "person_value": person.value,
        "icd10": code,
        "since": date(since),
        "until": "" if until == _NO_END else until,
        # The table has no date of flow. What the newest state is told by is the day the row was
        # last changed, or put in; a row with neither says not which of two is newer, and is
        # refused.
        "flow_date": date(updated) or date(inserted),
    }
    faults: tuple[tuple[str, str, Fault], ...] = ()
    if nature.lstrip("0") not in _LONG_TERM:
        faults = (("", nature, Fault("not_long_term")),)
    return replace(found, values=values, faults=faults)
