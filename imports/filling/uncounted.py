"""Lines of which nothing was given, a quantity of 0: told as part of a price, or not at all. Pure.

Funds send them for a supplement paid later, or write 0 where they count nothing.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imports.filling.netting import StoreLine

AMOUNTS: Final = ("paid_cents", "base_cents", "reimbursed_cents")
_MOST: Final = 2**31 - 1
"""Cents a record has room for: twice the most one line may be sent with."""


def without_uncounted(
    remaining: Sequence[StoreLine], sent: Iterable[StoreLine]
) -> list[StoreLine]:
    """Return the lines that tell of care; `sent` is all that was said of it, what is gone too.

    Of the same care (scheme, day, code, who gave it) a line may count what was given: the price
    of the one that doesn't is a part of that one's, and goes with it. Where none counts, a price
    tells that something was given, how much isn't known. Without a price, nothing was.
    """
    if not any(line.quantity == 0 for line in remaining):
        return list(remaining)
    counted = {_care(line) for line in sent if _counts(line)}
    found: list[StoreLine] = []
    parts: defaultdict[tuple[object, ...], list[StoreLine]] = defaultdict(list)
    for line in remaining:
        care = _care(line)
        if line.quantity == 0 and not line.unpacked:
            if care in counted:
                parts[care].append(line)
                continue
            if not any((getattr(line, name) or 0) > 0 for name in AMOUNTS):
                continue
        found.append(line if line.quantity else line._replace(quantity=None))
    return _with_parts(found, parts) if parts else found


def _care(line: StoreLine) -> tuple[object, ...]:
    return (
        line.scheme,
        line.care_start,
        line.code_system,
        line.code or line.label,
        line.performer_rpps,
        line.performer_name,
        line.performer_finess,
    )


def _counts(line: StoreLine) -> bool:
    """Tell whether a line says that something was given; a cancellation may say no quantity."""
    if line.reverses_line_id:
        return False
    given = line.quantity is None and not line.cancelled
    return given or bool(line.quantity) or line.unpacked


def _with_parts(
    lines: list[StoreLine], parts: defaultdict[tuple[object, ...], list[StoreLine]]
) -> list[StoreLine]:
    """Add parts of prices to the first line of their care."""
    for at in sorted(range(len(lines)), key=lambda at: lines[at].key):
        for part in parts.pop(_care(lines[at]), ()):
            lines[at] = lines[at].priced(partial(_sum, lines[at], part))
    return lines


def _sum(line: StoreLine, part: StoreLine, name: str) -> int | None:
    one: int | None = getattr(line, name)
    other: int | None = getattr(part, name)
    return other if one is None else min(one + (other or 0), _MOST)
