"""The file of refused rows, as it goes out and comes back corrected; must not know its rows.

It has the columns as they were sent, then ours. What a spreadsheet would run, or turn into another
number or a date, goes out behind an apostrophe, which is taken away when the file comes back: a
value makes the journey unchanged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from collections.abc import Sequence


ADDED: Final = ("rejet_ligne", "rejet_code", "rejet_explication", "rejet_correction")
"""Names that no column of the formats has, whatever the language of whoever reads them."""
PLACE: Final = "rejet_place"
"""Where a row was, in a format whose rows are not lines: comes back with it, and is not read."""
REASON: Final = ADDED[1]
"""Why a row was refused; whoever corrected what its columns can't say empties it."""
_ELSEWHERE: Final = frozenset(
    {
        "element_unmapped", "element_unknown", "element_twice", "element_not_number",
        "not_long_term", "still_refused",
        # Laid out under the header, such a row looks as if it had been written so.
        "column_count", "quote_misplaced", "quote_not_closed",
    }
)  # fmt: skip
LACKING: Final = frozenset({"birth_date"})
"""What such a format may not give: filling checks the day of birth where there is one."""

# A spreadsheet set to another separator begins a cell in the middle of one of ours.
_RUN: Final = re.compile(r"(^|[;,\t\r\n\"])(?=\s*[=+\-@\t\r'])", re.MULTILINE)
# An apostrophe that was there went out behind another one: every first one is ours.
_GUARDED: Final = re.compile(r"(^|[;,\t\r\n\"])'", re.MULTILINE)
# Of those, what no file begins a value with by itself.
_KEPT: Final = re.compile(r"(^|[;,\t\r\n\"])'(?=\d)", re.MULTILINE)
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
# Leading zeros, more figures than it shows, an exponent, a day: they would come back otherwise.
_TURNED: Final = re.compile(
    r"0\d+|\d{12,}|\d+(?:[.,]\d+)?E[+-]?\d+|\d{1,4}(?:[-/]\d{1,4}){1,2}",
    re.ASCII | re.IGNORECASE,
)


def guarded(value: str) -> str:
    """Return a cell that no spreadsheet runs or turns; other numbers stay as they are."""
    if _TURNED.fullmatch(value):
        return f"'{value}"
    return value if _NUMBER.fullmatch(value) else _RUN.sub(r"\1'", value)


def unguarded(text: str) -> str:
    """Return lines of a file that came back as they were before they went out."""
    return _GUARDED.sub(r"\1", text)


def unguarded_numbers(text: str) -> str:
    """Return lines of which nothing but who brought them says that they went out from here."""
    return _KEPT.sub(r"\1", text)


def is_elsewhere(reasons: str) -> bool:
    """Tell whether a row was refused for what none of its columns says: it looks right here."""
    return not _ELSEWHERE.isdisjoint(reasons.split(" | "))


def is_returned(names: Sequence[str]) -> bool:
    """Tell from the names of its columns whether a file is one of ours that came back."""
    return set(ADDED) <= set(names)
