"""Refused rows by what is to be repaired together, with their first examples. Knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imports.loading import wording
from imports.models import RefusedRow


if TYPE_CHECKING:
    from imports.models import Load


EXAMPLES: Final = 5
MOST_GROUPS: Final = 50


@dataclass(frozen=True, slots=True)
class Example:
    """One refused row: its line, what was found (masked), what it most likely should be.

    ``place`` says where it is in a format whose rows are not lines.
    """

    line: str
    place: str
    found: str
    correction: str


@dataclass(frozen=True, slots=True)
class Group:
    """Refused rows to repair together."""

    title: str
    column: str
    count: str
    expected: str
    advice: str
    examples: tuple[Example, ...]


def groups_of(load: Load) -> list[Group]:
    """Return the reasons why rows of a file were refused, the most frequent first."""
    found = []
    for group in load.refusal_groups[:MOST_GROUPS]:
        rows = RefusedRow.objects.filter(load=load, code=group["code"], column=group["column"])
        examples = list(rows.order_by("line")[:EXAMPLES])
        values = dict(examples[0].params) if examples else {}
        title, expected, advice = wording.reason(group["code"], values)
        found.append(
            Group(
                title=title,
                column=group["column"],
                count=wording.number(group["count"]),
                expected=expected,
                advice=advice,
                examples=tuple(
                    Example(
                        line=wording.number(row.line),
                        place=str(row.params.get("place", "")),
                        found=row.found,
                        correction=row.correction,
                    )
                    for row in examples
                ),
            )
        )
    return found
