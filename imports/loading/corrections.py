"""Refused rows that came back corrected are the rest of the file they were of. Knows no slip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imports.models import Load, LoadState
from imports.parsing import ADDED, column_name


if TYPE_CHECKING:
    from collections.abc import Iterator

    Sums = tuple[int, int, int]
    """Lines, cents paid, cents reimbursed."""


def is_correction(load: Load) -> bool:
    """Tell whether a file is of the refused rows of another one.

    They are known by our columns; whatever else comes in their place is a file like any other.
    """
    columns = {column_name(name) for name in load.recognised.get("columns", ())}
    return load.corrects is not None and columns.issuperset(ADDED)


def rest_of(load: Load) -> dict[tuple[str, str], Sums]:
    """Return the sums of what is loaded of the rest of a file, by scheme and month.

    Nothing where rows came back that were there already: which of them count twice is not known.
    """
    parts = {part.id: part for part in _parts(_first(load))}
    if any(part.rows_identical for part in parts.values() if is_correction(part)):
        return {}
    found: dict[tuple[str, str], Sums] = {}
    for part in parts.values():
        if part.state != LoadState.DONE or part.id == load.id:
            continue
        for total in part.totals:
            which = total["scheme"], total["period"]
            lines, paid, reimbursed = found.get(which, (0, 0, 0))
            found[which] = (
                lines + total["lines"],
                paid + total["paid_cents"],
                reimbursed + total["reimbursed_cents"],
            )
    return found


def _first(load: Load) -> Load:
    """Return the file whose rows these are, be they corrected once or several times."""
    while load.corrects and is_correction(load):
        before = Load.objects.filter(id=load.corrects).first()
        if before is None:
            break
        load = before
    return load


def _parts(first: Load) -> Iterator[Load]:
    """Yield a file, and its rows that came back."""
    parts = [first]
    while parts:
        yield from parts
        again = Load.objects.filter(corrects__in=[part.id for part in parts])
        parts = [part for part in again if is_correction(part)]
