"""The fund's files, bytes to checked rows or refusals: no Django, no clock, no database."""

from __future__ import annotations

from imports.parsing.copying import (
    BUSINESS,
    BUSINESS_COLUMNS,
    SEPARATOR,
    business_texts,
    copy_fields,
    copy_text,
    digest,
    digests,
)
from imports.parsing.formats import (
    Divided,
    Layout,
    Parser,
    Reading,
    Recognised,
    Summary,
    Totals,
    each_row,
)
from imports.parsing.header import column_name
from imports.parsing.limits import Limits
from imports.parsing.messages import MESSAGES
from imports.parsing.opening import open_lines, open_stream
from imports.parsing.refusals import (
    Fault,
    FileRefusedError,
    Notice,
    Refusal,
    RefusedRow,
    without_numbers,
)
from imports.parsing.returned import ADDED, guarded
from imports.parsing.rows import COLUMNS, Kind, Row
from imports.parsing.sampling import MOST as MOST_SAMPLED, SHOWN, sample
from imports.parsing.sentences import sentence
from imports.parsing.widths import to_width


__all__ = [
    "ADDED",
    "BUSINESS",
    "BUSINESS_COLUMNS",
    "COLUMNS",
    "MESSAGES",
    "MOST_SAMPLED",
    "SEPARATOR",
    "SHOWN",
    "Divided",
    "Fault",
    "FileRefusedError",
    "Kind",
    "Layout",
    "Limits",
    "Notice",
    "Parser",
    "Reading",
    "Recognised",
    "Refusal",
    "RefusedRow",
    "Row",
    "Summary",
    "Totals",
    "business_texts",
    "column_name",
    "copy_fields",
    "copy_text",
    "digest",
    "digests",
    "each_row",
    "guarded",
    "open_lines",
    "open_stream",
    "sample",
    "sentence",
    "to_width",
    "without_numbers",
]
