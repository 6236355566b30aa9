"""The eight sections of the national reimbursement document, their columns and their rows.

The document (template 1.2.250.1.213.1.1.1.36) never holds an amount, a diagnosis or a dose,
and neither do these rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from records.care import lines as care, words
from records.care.lines import PERSON
from records.care.names import substance_of


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from records.care.lines import CareLine
    from records.care.names import Names

    Cell = str | int | bool | date | None

# The length of the ATC code of a therapeutic group (level 2) in the document.
_GROUP: Final = 3


class Column(StrEnum):
    """The columns of the document; their French titles are in `words.COLUMNS`."""

    DATE = "date"
    DELIVERED_ON = "delivered_on"
    STAY_FROM = "stay_from"
    STAY_UNTIL = "stay_until"
    CODE = "code"
    LABEL = "label"
    GROUP = "group"
    COMPONENTS = "components"
    VALENCE = "valence"
    NATURE = "nature"
    PRESCRIBER = "prescriber"
    SPECIALTY = "specialty"
    PRESCRIBER_PLACE = "prescriber_place"
    DELIVERED_BY = "delivered_by"
    PERFORMER = "performer"
    PLACE = "place"
    QUANTITY = "quantity"
    UNPACKED = "unpacked"


@dataclass(frozen=True, slots=True)
class SectionForm:
    """One section as the document defines it; `number` counts from 1, `loinc` its code."""

    number: int
    key: str
    loinc: str
    holds: tuple[str, ...]
    columns: tuple[Column, ...]


FORMS: Final = (
    SectionForm(1, "use", "55112-7", (), ()),
    SectionForm(
        2,
        "medicines",
        "10160-0",
        (care.MEDICINE,),
        (
            Column.DELIVERED_ON,
            Column.LABEL,
            Column.GROUP,
            Column.COMPONENTS,
            Column.PRESCRIBER,
            Column.SPECIALTY,
            Column.PRESCRIBER_PLACE,
            Column.DELIVERED_BY,
            Column.QUANTITY,
            Column.UNPACKED,
        ),
    ),
    SectionForm(
        3,
        "vaccines",
        "11369-6",
        (care.VACCINE,),
        (
            Column.DATE,
            Column.LABEL,
            Column.VALENCE,
            Column.PRESCRIBER,
            Column.SPECIALTY,
            Column.PRESCRIBER_PLACE,
            Column.DELIVERED_BY,
        ),
    ),
    SectionForm(
        4,
        "devices",
        "46264-8",
        (care.DEVICE,),
        (
            Column.DATE,
            Column.LABEL,
            Column.PRESCRIBER,
            Column.SPECIALTY,
            Column.PRESCRIBER_PLACE,
            Column.DELIVERED_BY,
            Column.QUANTITY,
        ),
    ),
    SectionForm(
        5,
        "stays",
        "46240-8",
        (care.STAY,),
        (Column.STAY_FROM, Column.STAY_UNTIL, Column.NATURE, Column.PLACE),
    ),
    SectionForm(
        6,
        "care",
        "29554-3",
        (care.CARE, care.TRANSPORT),
        (
            Column.DATE,
            Column.CODE,
            Column.LABEL,
            Column.PERFORMER,
            Column.SPECIALTY,
            Column.PLACE,
        ),
    ),
    SectionForm(
        7,
        "radiology",
        "29554-3",
        (care.RADIOLOGY,),
        (Column.DATE, Column.CODE, Column.LABEL, Column.PERFORMER, Column.PLACE),
    ),
    SectionForm(
        8,
        "laboratory",
        "29554-3",
        (care.LABORATORY,),
        (Column.DATE, Column.CODE, Column.LABEL, Column.PERFORMER, Column.PLACE),
    ),
)

_PRESCRIBED: Final = frozenset({care.MEDICINE, care.VACCINE, care.DEVICE})


@dataclass(frozen=True, slots=True)
class Row:
    """One line in its section: a cell for each column, None where there is nothing to say."""

    line: CareLine
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SectionTable:
    """A section filled with a person's lines, the latest first."""

    form: SectionForm
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """Return the French title, to be translated."""
        return words.SECTIONS[self.form.key]

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the French titles of the columns, to be translated."""
        return tuple(words.COLUMNS[column.value] for column in self.form.columns)

    @property
    def sentence(self) -> str:
        """Return what the section says in words: its notice, or that it is empty, or nothing."""
        if not self.form.columns:
            return words.NOTICE
        return "" if self.rows else words.EMPTY_SECTION


def sections(lines: Iterable[CareLine], names: Names, *, lang: str) -> tuple[SectionTable, ...]:
    """Lay lines out in the eight sections, all of them present and in the order of the document.

    Transport has no section of its own and is shown under care.
    """
    by_section: dict[str, list[CareLine]] = {}
    for line in lines:
        by_section.setdefault(line.section, []).append(line)
    return tuple(
        SectionTable(form, _rows(form, by_section, _Reader(names, lang))) for form in FORMS
    )


def _rows(
    form: SectionForm, by_section: Mapping[str, list[CareLine]], reader: _Reader
) -> tuple[Row, ...]:
    held = [line for section in form.holds for line in by_section.get(section, ())]
    held.sort(key=lambda line: line.id.int)
    held.sort(key=lambda line: line.care_start, reverse=True)
    return tuple(
        Row(line, tuple(reader.cell(line, column) for column in form.columns)) for line in held
    )


class _Reader:
    """Reads a cell out of a line, asking the reference for the names a line doesn't carry."""

    def __init__(self, names: Names, lang: str) -> None:
        self._names = names
        self._lang = lang

    def cell(self, line: CareLine, column: Column) -> Cell:
        if column is Column.GROUP:
            return self._atc_label(line, _GROUP)
        if column is Column.VALENCE:
            return self._atc_label(line, len(line.atc))
        if column is Column.COMPONENTS:
            medicine = self._names.medicine(line.code)
            return (substance_of(medicine, self._names, self._lang) if medicine else "") or None
        return _CELLS[column](line)

    def _atc_label(self, line: CareLine, length: int) -> str | None:
        if len(line.atc) < length or not line.atc:
            return None
        return self._names.atc_label(line.atc[:length], self._lang) or None


def _specialty(line: CareLine) -> str | None:
    """Return the specialty of the prescriber, or of the performer where nobody prescribes."""
    if line.section in _PRESCRIBED:
        # Hospital prescriptions don't name one; the document says so in these words.
        return line.prescriber_specialty or words.NOT_GIVEN
    return line.performer_specialty or None


def _place(line: CareLine) -> str | None:
    if line.performer_kind == PERSON:
        return line.performer_finess or None
    return line.performer_name or line.performer_finess or None


_CELLS: Final[Mapping[Column, Callable[[CareLine], Cell]]] = {
    Column.DATE: lambda line: line.care_start,
    Column.DELIVERED_ON: lambda line: line.care_start,
    Column.STAY_FROM: lambda line: line.care_start,
    Column.STAY_UNTIL: lambda line: line.care_end,
    Column.CODE: lambda line: line.code or None,
    Column.LABEL: lambda line: line.label or None,
    Column.NATURE: lambda line: line.label or None,
    Column.PRESCRIBER: lambda line: line.prescriber_name or None,
    Column.SPECIALTY: _specialty,
    Column.PRESCRIBER_PLACE: lambda line: line.prescriber_finess or None,
    Column.DELIVERED_BY: lambda line: line.performer_name or None,
    Column.PERFORMER: lambda line: line.performer_name or None,
    Column.PLACE: _place,
    Column.QUANTITY: lambda line: line.quantity,
    Column.UNPACKED: lambda line: line.unpacked,
}
