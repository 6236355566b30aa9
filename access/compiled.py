"""What the ladder shows, as SQL made once per way of standing on a record: no rule of its own.

``conditions_for`` gives it as expressions, for any question of the pages; ``read`` as whole
statements, for those asked at every visit. Both come from ``access.ladder`` alone.
"""

from __future__ import annotations

import re
from collections import namedtuple
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, CharField, Expression, Q

from access import ladder
from access.ladder import Purpose, seen, with_lines, with_marks
from access.prepared import Statement
from access.stand_in import stand_in, values_of, with_names


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import Field

    from access.standing import Standing
    from records.models import Element


# What each mark is called by who is given an element, in the order of the screen.
_MARK_NAMES = ("padlock", "not announced", "secret")
MARKS = ("mark_padlock", "mark_unannounced", "mark_secret")
# Far more than there are ways to stand on a record times lists on the pages.
_MOST_KEPT = 1000

_INNER = re.compile(r"\b([T-Z]\d+)\b")  # Django's own names for the tables of inner queries
_VALUE = re.compile(r"%\((\w+)\)s")
_ELEMENT = "\0"  # where the name of the element's table comes: no SQL may hold this character


def mark_names(shown: Iterable[bool]) -> tuple[str, ...]:
    """Return the names of those marks that are shown: one yes or no for each of ``MARKS``."""
    return tuple(name for name, yes in zip(_MARK_NAMES, shown, strict=True) if yes)


# --- as expressions ---


class Ready(Expression):
    """An answer of the ladder whose SQL is known; it names the columns of one table."""

    def __init__(
        self, sql: str, parameters: Sequence[Any], output: Field[Any, Any] | None = None
    ) -> None:
        super().__init__(output_field=output or BooleanField())
        self.sql, self.parameters, self.table = sql, parameters, ""

    def resolve_expression(self, query: Any = None, *_arguments: Any, **_named: Any) -> Ready:
        """Take the name that the question gives to the element's table."""
        found: Ready = self.copy()
        found.table = query.get_initial_alias()
        return found

    def relabeled_clone(self, change_map: Mapping[str, str]) -> Ready:
        """Follow the table when the question becomes part of another one."""
        found: Ready = self.copy()
        found.table = change_map.get(self.table, self.table)
        return found

    def on(self, table: str) -> tuple[str, list[Any]]:
        """Return the SQL and its values, for rows that bear a name of ours."""
        return f"({self.sql.replace(_ELEMENT, table)})", list(self.parameters)

    def as_sql(self, compiler: Any, _connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return the SQL and its values."""
        return self.on(compiler.quote_name_unless_alias(self.table))


def conditions_for(
    model: type[Element], standing: Standing, purpose: Purpose
) -> tuple[Ready, dict[str, Ready]] | None:
    """Return when an element is shown and its marks; None where none is, whatever it is."""
    made = _conditions(model, stand_in(standing), purpose, settings.DMP_PADLOCK)
    if made is None:
        return None
    values = values_of(standing)
    shown, *marks = (Ready(sql, [values[name] for name in names]) for sql, names in made)
    return shown, dict(zip(MARKS, marks, strict=True))


@lru_cache(maxsize=_MOST_KEPT)
def _conditions(
    model: type[Element],
    standing: Standing,
    purpose: Purpose,
    _padlock: bool,  # noqa: FBT001  # part of the key: a setting that changes the marks
) -> list[tuple[str, list[str]]] | None:
    query = with_marks(seen(standing, model, purpose), standing).query
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.pre_sql_setup()
    try:
        parts = [compiler.compile(query.where)]
    except EmptyResultSet:
        return None
    parts += [compiler.compile(query.annotations[mark]) for mark in MARKS]
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001  # Django's own interface
    return [_ready(sql, values, table) for sql, values in parts]


def lines_for(
    model: type[Element], standing: Standing, purpose: Purpose
) -> tuple[Ready, dict[str, Ready]]:
    """Return the line that decides on an element, and the marks it has where it is shown."""
    made = _lines(model, stand_in(standing), purpose, settings.DMP_PADLOCK)
    values = values_of(standing)
    bound = [(sql, [values[name] for name in names]) for sql, names in made]
    (line, *marks) = bound
    shown = {mark: Ready(*part) for mark, part in zip(MARKS, marks, strict=True)}
    return Ready(*line, CharField()), shown


@lru_cache(maxsize=_MOST_KEPT)
def _lines(
    model: type[Element],
    standing: Standing,
    purpose: Purpose,
    _padlock: bool,  # noqa: FBT001  # as above
) -> list[tuple[str, list[str]]]:
    everything = model._default_manager.all()  # noqa: SLF001  # Django's own interface
    query = with_marks(with_lines(everything, standing, model, purpose), standing).query
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.pre_sql_setup()
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001  # as above
    parts = (compiler.compile(query.annotations[name]) for name in ("line", *MARKS))
    return [_ready(sql, values, table) for sql, values in parts]


def _ready(sql: str, values: Sequence[Any], table: str) -> tuple[str, list[str]]:
    """Free a piece of SQL from the query it was compiled in."""
    free = _INNER.sub(r"gate_\1", sql).replace(f"{table}.", f"{_ELEMENT}.")
    named = with_names(free, values)
    return _VALUE.sub("%s", named), _VALUE.findall(named)


# --- without any ---


def sees_own(model: type[Element], standing: Standing) -> bool | None:
    """Tell whether the viewer sees what they wrote and didn't withdraw; None: ask of each."""
    return _sees_own(model, stand_in(standing))


@lru_cache(maxsize=_MOST_KEPT)
def _sees_own(model: type[Element], standing: Standing) -> bool | None:
    return ladder.sees_own(standing, model)


# --- as whole statements ---


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page reads of one kind: columns, order, a condition that never changes, how many."""

    model: type[Element]
    columns: tuple[str, ...]
    order: tuple[str, ...]
    where: Q = field(default_factory=Q)
    most: int | None = None

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
    compiled = _compile(reading, stand_in(standing), purpose, settings.DMP_PADLOCK)
    if compiled is None:
        return []
    rows: Iterable[Sequence[Any]] = compiled.statement.rows(values_of(standing))
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


@lru_cache(maxsize=_MOST_KEPT)
def _compile(
    reading: Reading,
    standing: Standing,
    purpose: Purpose,
    _padlock: bool,  # noqa: FBT001  # part of the key: a setting that changes the marks
) -> _Compiled | None:
    """Return the statement of a reading for a stand-in; None where the ladder shows nothing."""
    elements = with_marks(seen(standing, reading.model, purpose), standing)
    rows = elements.filter(reading.where).order_by(*reading.order)[: reading.most]
    compiler = rows.values_list(*reading.columns, *MARKS).query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    selected = [expression for expression, *_ in compiler.select]
    called = f"read_{reading.model._meta.model_name}"  # noqa: SLF001  # Django's own interface
    statement = Statement(with_names(sql, values), called=called)
    return _Compiled(statement, compiler.get_converters(selected))
