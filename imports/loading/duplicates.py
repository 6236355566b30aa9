"""Rows of one file that share their key: all refused, each naming another."""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from imports import files
from imports.loading.refused import MOST_KEPT, Refusals
from imports.parsing import COLUMNS, PLACE, Limits, Refusal, RefusedRow, open_stream


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

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
) -> bool:
    """Refuse every row whose key another row of the file has; the index is what finds them."""
    key = ", ".join(("key", *target.identity))
    index = f"CREATE UNIQUE INDEX ON {table} ({key})"
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
        return True
    return False


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
    places = dict(_places(load, duplicates, today=today))
    with files.KeptFile(load.id) as stream:
        reading = open_stream(stream, Limits(latest=today))  # type: ignore[arg-type]  # as above
        names = [_plain(name) for name in reading.recognised.columns]
        for batch in reading.batches():
            for number, row in zip(batch.numbers, batch.rows, strict=True):
                other = duplicates.kept.get(number)
                if other is None:
                    continue
                known = dict(zip(COLUMNS[target.kind], row, strict=True))
                parameters: dict[str, str | int] = {"other": places.get(other, other)}
                if number in places:
                    known[PLACE] = parameters["place"] = places[number]
                found = "" if column == "pseudonym" else row[at]
                refusal = Refusal(number, column, _DUPLICATE, found, parameters=parameters)
                yield RefusedRow(number, tuple(known.get(n, "") for n in names), (refusal,))


def _places(load: Load, duplicates: _Duplicates, *, today: dt.date) -> Iterator[tuple[int, str]]:
    """Find where rows are that are not lines of the file: each has to name another's place."""
    with files.KeptFile(load.id) as stream:
        reading = open_stream(stream, Limits(latest=today))  # type: ignore[arg-type]  # as above
        if PLACE not in reading.recognised.columns:
            return
        for batch in reading.batches():
            for number in duplicates.kept.keys() & batch.places.keys():
                yield number, batch.places[number]


def _plain(column: str) -> str:
    """Return a column's name as the parser knows it."""
    return re.sub(r"[\s-]+", "_", column.strip().casefold())
