"""Refused rows laid out under their header, to be handed back; must not know any format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imports.parsing.columns import SCHEMAS
from imports.parsing.header import column_name
from imports.parsing.texts import Text


if TYPE_CHECKING:
    from collections.abc import Sequence

    from imports.parsing.columns import Schema
    from imports.parsing.rows import Kind


MISSING: Final = "?"
"""Stands where a row had nothing, not even an empty cell: no check of an amount or a day lets it
through, so that the row can't be loaded without what was cut off."""


def to_width(values: Sequence[str], columns: Sequence[str], kind: Kind) -> list[str]:
    """Return a row of as many values as columns.

    Too many are all kept, in the last column. Where some are missing the row says so, but for
    texts, that may be anything, and for what is refused when it is empty.
    """
    width = len(columns)
    if len(values) > width:
        return [*values[: width - 1], " ".join(values[width - 1 :])] if width else []
    missing = columns[len(values) :]
    if not any(map(str.strip, values)):  # a row that could not be read at all
        return [*values, *("" for _ in missing)]
    return [*values, *(_stand_in(SCHEMAS[kind], column_name(name)) for name in missing)]


def _stand_in(schema: Schema, name: str) -> str:
    column = schema.columns.get(name)
    anything = column is None or column.required or isinstance(column.check, Text)
    return "" if anything else MISSING
