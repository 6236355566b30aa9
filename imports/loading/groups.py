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

    ``place`` says where it is in a format whose rows are not lines; ``expected`` what was, where
    that is another thing for each row of the group.
    """

    line: str
    place: str
    found: str
    correction: str
    expected: str


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
        reasons = [wording.reason(row.code, row.params) for row in examples]
        # Of a group whose rows came after those that are kept, the count is all there is to tell.
        title, expected, advice = reasons[0] if reasons else (wording.title(group["code"]), "", "")
        alike = len({reason[1] for reason in reasons}) <= 1
        found.append(
            Group(
                title=title,
                column=group["column"],
                count=wording.number(group["count"]),
                expected=expected if alike else "",
                advice=advice,
                examples=tuple(
                    Example(
                        line=wording.number(row.line),
                        place=str(row.params.get("place", "")),
                        found=row.found,
                        correction=row.correction,
                        expected="" if alike else reason[1],
                    )
                    for row, reason in zip(examples, reasons, strict=True)
                ),
            )
        )
    return found
