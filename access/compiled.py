"""The ladder as SQL made once per kind of question, then bound: no rule of its own.

Two viewers who stand alike on their records ask the same SQL with other values. The question is
therefore built for a stand-in, compiled, and kept with a name in the place of each of its values.
What the ladder shows is said by ``access.ladder`` alone.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import namedtuple
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q

from access.ladder import Purpose, seen, with_marks
from access.prepared import Statement
from access.viewer import Moment


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from access.standing import Standing
    from access.viewer import Viewer
    from records.models import Element


MARKS = ("mark_padlock", "mark_unannounced", "mark_secret")
# Far more than there are ways to stand on a record times lists on the pages.
_MOST_KEPT = 1000


def _nobody(number: int) -> uuid.UUID:
    """A key that no row has: one per value that changes from one question to another."""
    return uuid.UUID(f"ffffffff-ffff-4fff-bfff-{number:012x}")


_RECORD, _USER, _PERSON, _PRACTICE, _PROFESSIONAL, _STRUCTURE, _SHARED = map(_nobody, range(1, 8))
_MOMENT = Moment(at=dt.datetime(1601, 2, 3, 4, 5, 6, 7, tzinfo=dt.UTC), today=dt.date(1602, 3, 4))
_NAMES: dict[Any, str] = {
    _RECORD: "record",
    _USER: "user",
    _PERSON: "person",
    _PRACTICE: "practice",
    _PROFESSIONAL: "professional",
    _STRUCTURE: "structure",
    (_SHARED,): "shared",
    _MOMENT.at: "at",
    _MOMENT.today: "today",
}
# How a stand-in's value looks in SQL, should one be left there.
_TRACES = re.compile(r"ffffffff-ffff-4fff-bfff-|160[123]-0[1-5]")


class LeftOver(Exception):
    """A value of the stand-in's stayed in the SQL: the ladder asks for it in another form."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page reads of one kind: columns, order, and a condition that never changes."""

    model: type[Element]
    columns: tuple[str, ...]
    order: tuple[str, ...]
    where: Q = field(default_factory=Q)

    @property
    def row(self) -> type[Any]:
        """The rows' type: the columns, then the marks."""
        return _row_type((*self.columns, *MARKS))


@dataclass(frozen=True, slots=True)
class _Compiled:
    statement: Statement
    converters: dict[int, Any]


def read(reading: Reading, standing: Standing, purpose: Purpose = Purpose.READ) -> list[Any]:
    """Return the rows of a reading that the ladder shows, in its order, with their marks."""
    compiled = _compile(reading, _stand_in(standing), purpose, settings.DMP_PADLOCK)
    if compiled is None:
        return []
    viewer = standing.viewer
    values = {
        "record": standing.record_id,
        "user": viewer.user_id,
        "person": viewer.person_id,
        "practice": viewer.practice.id if viewer.practice else None,
        "professional": viewer.professional_id,
        "structure": viewer.structure_id,
        "shared": list(standing.shared),
        "at": standing.moment.at,
        "today": standing.moment.today,
    }
    rows: Iterable[Sequence[Any]] = compiled.statement.rows(values)
    if compiled.converters:
        rows = (_converted(row, compiled.converters) for row in rows)
    return [*map(reading.row._make, rows)]


def _converted(row: Sequence[Any], converters: dict[int, Any]) -> list[Any]:
    """Give each value the form its field gives it (JSON, binary)."""
    values = list(row)
    for position, (each, expression) in converters.items():
        for convert in each:
            values[position] = convert(values[position], expression, connection)
    return values


@lru_cache(maxsize=_MOST_KEPT)
def _row_type(names: tuple[str, ...]) -> type[Any]:
    return namedtuple("Row", names)  # noqa: PYI024  # the names are the reading's


def _stand_in(standing: Standing) -> Standing:
    """Return the same standing held by nobody: what is left tells one SQL from another."""
    return replace(
        standing,
        viewer=_faceless(standing.viewer),
        record_id=_RECORD,
        moment=_MOMENT,
        shared=(_SHARED,) if standing.shared else (),
    )


def _faceless(viewer: Viewer) -> Viewer:
    practice = viewer.practice
    return replace(
        viewer,
        user_id=viewer.user_id and _USER,
        person_id=viewer.person_id and _PERSON,
        second_factor="used" if viewer.second_factor else "",
        name="",
        practice=practice
        and replace(
            practice,
            id=_PRACTICE,
            professional_id=_PROFESSIONAL,
            structure_id=practice.structure_id and _STRUCTURE,
            structure_name="",
            unit="",
        ),
    )


@lru_cache(maxsize=_MOST_KEPT)
def _compile(
    reading: Reading,
    standing: Standing,
    purpose: Purpose,
    _padlock: bool,  # noqa: FBT001  # a key
) -> _Compiled | None:
    """Return the SQL of a reading for a stand-in; None where the ladder shows nothing at all.

    Raises ``LeftOver`` rather than keep SQL that would ask about the stand-in.
    """
    elements = with_marks(seen(standing, reading.model, purpose), standing)
    rows = elements.filter(reading.where).order_by(*reading.order)
    compiler = rows.values_list(*reading.columns, *MARKS).query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    selected = [expression for expression, *_ in compiler.select]
    called = f"read_{reading.model._meta.model_name}"  # noqa: SLF001  # Django's documented name
    statement = Statement(_with_names(sql, values), called=called)
    return _Compiled(statement, compiler.get_converters(selected))


def _with_names(sql: str, values: Sequence[Any]) -> str:
    """Put the stand-in's names in the place of its values, and the constants where they belong."""
    with connection.cursor() as cursor:
        named = sql % tuple(_named(cursor, value) for value in values)
    if _TRACES.search(named):
        raise LeftOver(named)
    return named


def _named(cursor: Any, value: Any) -> str:
    name = _NAMES.get(tuple(value) if isinstance(value, list) else value)
    if name is not None:
        return f"%({name})s"
    constant: str = cursor.mogrify("%s", [value]).decode()
    return constant.replace("%", "%%")
