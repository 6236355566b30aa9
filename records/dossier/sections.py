"""Reading the reimbursements of 24 months as the national document lays them out: eight sections.

Every line comes through the gate; no amount, no diagnosis, no dose: the document has none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access.binding import note, today
from access.journal import Action
from records import reference
from records.care.sections import Column, sections
from records.care.words import NOT_GIVEN
from records.dossier import telling
from records.dossier.care import is_arriving, read_lines, why_empty
from records.dossier.care_views import mark_words, named
from records.dossier.entrance import enter_by_list
from records.models import ReimbursementLine


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.care.sections import Cell, Row, SectionTable
    from records.dossier.entrance import Dossier


@dataclass(frozen=True, slots=True)
class Said:
    """A cell in words; ``leads`` where it is what the line is called by."""

    text: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class LineView:
    """A line in its section."""

    element: uuid.UUID
    cells: tuple[Said, ...]
    marks: tuple[str, ...]
    marks_attr: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: its title and columns, its lines, or what it says instead of any."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[LineView, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class SectionsView:
    """The page: the eight sections, why it may be empty, for whom and when it was made."""

    dossier: Dossier
    sections: tuple[SectionView, ...]
    arriving: bool
    empty: str
    made_on: str


def read_sections(*, by: Viewer, record_id: uuid.UUID) -> SectionsView:
    """Return the lines this reader sees, in the sections of the national document."""
    dossier = enter_by_list(by=by, record_id=record_id, model=ReimbursementLine)
    lines = read_lines(dossier)
    marks = {line.care.id: line.marks for line in lines}
    tables = sections((named(line.care) for line in lines), reference, lang=telling.language())
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, element_kind="line",
        shown=len(lines),
    )  # fmt: skip
    return SectionsView(
        dossier=dossier,
        sections=tuple(_section(table, marks) for table in tables),
        arriving=is_arriving(dossier),
        empty="" if lines else why_empty(dossier),
        made_on=telling.day_and_month(today()),
    )


def _section(table: SectionTable, marks: dict[uuid.UUID, tuple[str, ...]]) -> SectionView:
    return SectionView(
        key=table.form.key,
        title=_(table.title),
        heads=tuple(_(title) for title in table.titles),
        rows=tuple(_line(row, table.form.columns, marks[row.line.id]) for row in table.rows),
        sentence=_(table.sentence) if table.sentence else "",
    )


def _line(row: Row, columns: tuple[Column, ...], marks: tuple[str, ...]) -> LineView:
    leads = (Column.LABEL, Column.NATURE)
    nameless = row.line.code or _(NOT_GIVEN)  # it is still what opens the line
    return LineView(
        element=row.line.id,
        cells=tuple(
            Said(_words(cell, column) or (nameless if column in leads else ""), column in leads)
            for cell, column in zip(row.cells, columns, strict=True)
        ),
        marks=mark_words(marks),
        marks_attr="+".join(marks),
    )


def _words(cell: Cell, column: Column) -> str:
    if isinstance(cell, bool):
        return _("Oui") if cell else _("Non")
    if isinstance(cell, dt.date):
        return telling.day_and_month(cell)
    text = "" if cell is None else str(cell)
    if column is Column.SPECIALTY and text:
        return reference.specialty_label(_(text), telling.language())
    return text
