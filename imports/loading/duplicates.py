"""Rows of one file that share their key: all refused, each naming another."""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from imports import files
from imports.loading.refused import MOST_KEPT, Refusals
from imports.parsing import (
    COLUMNS,
    PLACE,
    Limits,
    Refusal,
    RefusedRow,
    column_name,
    open_stream,
)


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from django.db.backends.utils import CursorWrapper

    from imports.loading.targets import Target
    from imports.models import Load

_DUPLICATE: Final = "duplicate_in_file"


def refuse_duplicates(
    cursor: CursorWrapper,
    table: str,
    load: Load,
    target: Target,
    refusals: Refusals,
    *,
    today: dt.date,
) -> int:
    """Refuse every row whose key another row of the file has; return how many.

    The index is what finds them.
    """
    # What tells most rows apart comes first, where few other values are compared.
    columns = ("key", *reversed(target.identity))
    key = ", ".join(columns)
    types = dict(target.staging_columns)
    # By the bytes: nobody reads them in this order, and it takes less time.
    sorted_by = (f'{name} COLLATE "C"' if types[name] == "text" else name for name in columns)
    index = f"CREATE UNIQUE INDEX ON {table} ({', '.join(sorted_by)})"
    cursor.execute("SET LOCAL maintenance_work_mem = '128MB'")
    try:
        with transaction.atomic():
            cursor.execute(index)
    except IntegrityError:
        others = _remove_duplicates(cursor, table, key)
        refusals.add(_duplicate_rows(load, target, others, today=today))
        extra = others.rows - len(others.kept)
        if extra:
            refusals.count(_DUPLICATE, _column(target), extra)
        cursor.execute(index)
        return others.rows
    return 0


class _Duplicates:
    """Lines that share their key with another, some of them with the other's number."""

    def __init__(self) -> None:
        self.rows = 0
        self.kept: dict[int, int] = {}


def _remove_duplicates(cursor: CursorWrapper, table: str, key: str) -> _Duplicates:
    found = _Duplicates()
    same = f"PARTITION BY {key}"
    cursor.execute(
        f"SELECT line, other FROM (SELECT line, count(*) OVER ({same}) AS copies,"
        f" coalesce(lead(line) OVER ({same} ORDER BY line), min(line) OVER ({same})) AS other"
        f" FROM {table}) AS each WHERE copies > 1 ORDER BY line LIMIT %s",
        [MOST_KEPT],
    )
    found.kept = dict(cursor.fetchall())
    cursor.execute(
        f"DELETE FROM {table} WHERE ({key}) IN"
        f" (SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1)"
    )
    found.rows = cursor.rowcount
    return found


def _column(target: Target) -> str:
    return target.identity[-1] if target.identity else "pseudonym"


def _duplicate_rows(
    load: Load, target: Target, duplicates: _Duplicates, *, today: dt.date
) -> Iterator[RefusedRow]:
    """Read the file once more for the rows as they were: only their keys are staged."""
    column = _column(target)
    at = COLUMNS[target.kind].index(column)
    # Rows that are not lines of the file name each other's place, which may come after them.
    held: list[tuple[int, Sequence[str]]] = []
    places: dict[int, str] = {}

    def told(number: int, row: Sequence[str]) -> RefusedRow:
        other = duplicates.kept[number]
        known = dict(zip(COLUMNS[target.kind], row, strict=True))
        parameters: dict[str, str | int] = {"other": places.get(other, other)}
        if number in places:
            known[PLACE] = parameters["place"] = places[number]
        found = "" if column == "pseudonym" else row[at]
        refusal = Refusal(number, column, _DUPLICATE, found, parameters=parameters)
        return RefusedRow(number, tuple(known.get(name, "") for name in names), (refusal,))

    with files.KeptFile(load.id) as stream:
        reading = open_stream(stream, Limits(latest=today))  # type: ignore[arg-type]  # read() is all it asks
        names = [column_name(name) for name in reading.recognised.columns]
        for batch in reading.batches():
            for number, row in zip(batch.numbers, batch.rows, strict=True):
                if number not in duplicates.kept:
                    continue
                if number in batch.places:
                    places[number] = batch.places[number]
                    held.append((number, row))
                else:
                    yield told(number, row)
    yield from (told(*each) for each in held)
