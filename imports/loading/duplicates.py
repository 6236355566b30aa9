"""Rows of one file that share their key: all refused, each naming another."""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from imports import files
from imports.loading.refused import MOST_KEPT, Refusals
from imports.parsing import Fault, Limits, Refusal, RefusedRow, open_stream


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

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
    wrong = {
        number: (column, Fault(_DUPLICATE, parameters=(("other", other),)))
        for number, other in duplicates.kept.items()
    }
    # Rows that are not lines of the file name each other's place, which may come after them.
    held: list[RefusedRow] = []
    places: dict[int, str] = {}
    # Those refused the first time are refused again, beside these.
    refused = Limits().refused + MOST_KEPT
    limits = Limits(latest=today, refused=refused, correction=load.corrects is not None)
    with files.KeptFile(load.id) as stream:
        reading = open_stream(stream, limits)  # type: ignore[arg-type]  # read() is all it asks
        reading.refuse(wrong)
        for batch in reading.batches():
            for row in batch.refused:
                if row.line not in wrong:
                    continue
                if row.line in batch.places:
                    places[row.line] = batch.places[row.line]
                    held.append(row)
                else:
                    yield row
    for row in held:
        yield replace(row, refusals=tuple(_by_place(each, places) for each in row.refusals))


def _by_place(refusal: Refusal, places: Mapping[int, str]) -> Refusal:
    other = int(refusal.parameters["other"])
    return replace(refusal, parameters={**refusal.parameters, "other": places.get(other, other)})
