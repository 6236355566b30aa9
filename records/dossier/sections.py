"""Reading the reimbursements of 24 months as the national document lays them out: eight sections.

Every line comes through the gate; no amount, no diagnosis, no dose: the document has none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from access.binding import note, today
from access.circle.directory import names_of_places
from access.journal import Action
from records import reference
from records.care.lines import PERSON
from records.care.sections import Column, sections
from records.care.words import NOT_GIVEN
from records.dossier import telling
from records.dossier.care import is_arriving, read_lines, why_empty
from records.dossier.care_views import mark_words, named
from records.dossier.entrance import enter_by_list
from records.models import ReimbursementLine


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from access.viewer import Viewer
    from records.care.lines import CareLine
    from records.care.sections import Cell, Row, SectionTable
    from records.dossier.entrance import Dossier


# Columns of the document that are said under another, not beside it: ten don't fit a screen.
_UNDER: Final = {
    Column.GROUP: Column.LABEL,
    Column.COMPONENTS: Column.LABEL,
    Column.VALENCE: Column.LABEL,
    Column.PRESCRIBER_PLACE: Column.PRESCRIBER,
}
#: Columns of the document that give an establishment's number.
_PLACES: Final = frozenset({Column.PLACE, Column.PRESCRIBER_PLACE})


@dataclass(frozen=True, slots=True)
class Head:
    """What a column of the screen is called, and what else it says underneath."""

    title: str
    under: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A cell in words, with its column's; ``leads`` where it is what the line is called by."""

    head: str
    text: str
    under: tuple[tuple[str, str], ...]
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
    heads: tuple[Head, ...]
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
    places = places_of(line.care for line in lines)
    tables = sections((named(line.care) for line in lines), reference, lang=telling.language())
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, element_kind="line",
        shown=len(lines),
    )  # fmt: skip
    return SectionsView(
        dossier=dossier,
        sections=tuple(_section(table, marks, places) for table in tables),
        arriving=is_arriving(dossier),
        empty="" if lines else why_empty(dossier),
        made_on=telling.day_and_month(today()),
    )


def places_of(lines: Iterable[CareLine]) -> dict[str, str]:
    """Return what the establishments of these lines are called: nobody knows a number."""
    numbers, said = set(), {}
    for line in lines:
        numbers |= {line.performer_finess, line.prescriber_finess} - {""}
        if line.performer_finess and line.performer_kind != PERSON and line.performer_name:
            said[line.performer_finess] = line.performer_name
    return said | names_of_places(numbers)


def _section(
    table: SectionTable, marks: dict[uuid.UUID, tuple[str, ...]], places: Mapping[str, str]
) -> SectionView:
    titles = {
        column: _(title) for column, title in zip(table.form.columns, table.titles, strict=True)
    }
    beside = {
        column: _said_under(column, titles) for column in titles if not _over(column, titles)
    }
    return SectionView(
        key=table.form.key,
        title=_(table.title),
        heads=tuple(
            Head(titles[column], tuple(titles[one] for one in under))
            for column, under in beside.items()
        ),
        rows=tuple(_line(row, beside, titles, marks[row.line.id], places) for row in table.rows),
        sentence=_(table.sentence) if table.sentence else "",
    )


def _over(column: Column, columns: Iterable[Column]) -> Column | None:
    """Return the column that this one is said under, in this section."""
    if column is Column.SPECIALTY:
        return Column.PRESCRIBER if Column.PRESCRIBER in columns else Column.PERFORMER
    return _UNDER.get(column)


def _said_under(column: Column, columns: Iterable[Column]) -> tuple[Column, ...]:
    return tuple(one for one in columns if _over(one, columns) is column)


def _line(
    row: Row,
    beside: Mapping[Column, tuple[Column, ...]],
    titles: Mapping[Column, str],
    marks: tuple[str, ...],
    places: Mapping[str, str],
) -> LineView:
    leads = (Column.LABEL, Column.NATURE)
    nameless = row.line.code or _(NOT_GIVEN)  # it is still what opens the line
    said = {column: _words(cell, column) for column, cell in zip(titles, row.cells, strict=True)}
    said |= {column: places.get(said[column], said[column]) for column in _PLACES & said.keys()}
    return LineView(
        element=row.line.id,
        cells=tuple(
            Said(
                head=titles[column],
                text=said[column] or (nameless if column in leads else ""),
                under=tuple((titles[one], said[one]) for one in under if said[one]),
                leads=column in leads,
            )
            for column, under in beside.items()
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
