"""Reading auditors' rows: a CSV of facts and expected answers. Knows no database."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO


if TYPE_CHECKING:
    from collections.abc import Iterator


YES_NO = {"yes", "no"}
LIVE = {"none", "live", "ended"}
VALUES: dict[str, set[str] | None] = {
    "purpose": {"read", "take away"},
    "role": {
        "anonymous", "claims_admin", "superuser", "operator", "holder", "representative",
        "delegate", "professional", "treating_gp",
    },
    "also": {"none", "holder", "representative", "delegate"},
    "profession": None,
    "second_factor": YES_NO,
    "account": {"active", "locked"},
    "record": {"open", "closed", "suspended", "deceased"},
    "gp": {"-", "live", "ended", "awaiting confirmation"},
    "representation": {"-", "live", "ended", "suspended"},
    "scope": {"-", "everything", "kind of the element", "another kind", "ended"},
    "blocked": YES_NO,
    "wrote": {"no", "self", "structure", "former structure"},
    "circle": LIVE | {"ends today", "waiting for holder", "removed then ticked", "structure"},
    "emergency": LIVE,
    "emergency_refused": YES_NO,
    "regulation": LIVE,
    "regulation_refused": YES_NO,
    "share": LIVE | {"future"},
    "mask": {
        "none", "everyone", "self", "profession", "another professional", "another profession",
        "ended", "delegate",
    },
    "mask_in_emergency": {"holds", "opens"},
    "type": None,
    "pays_for": None,
    "source_visible": {"-", "yes", "no"},
    "withdrawn": {"no", "yes", "wrong person"},
    "unannounced": None,
    "invisible_to_representatives": YES_NO,
    "same_care_secret": YES_NO,
    "about_another": YES_NO,
    "answer": {"sees", "nothing"},
    "shown_with": None,
    "rule": None,
}  # fmt: skip
_UNANNOUNCED = re.compile(r"no|released|\d{1,3} days")


class WrongRow(ValueError):
    """A row that can't be read: says the line, the column, what was found and expected."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row: its name, its facts by column, and the expected answer, marks and line."""

    name: str
    facts: dict[str, str]
    sees: bool
    marks: frozenset[str]
    rule: str

    def __getitem__(self, column: str) -> str:
        return self.facts[column]


def read_cases(stream: TextIO) -> Iterator[Case]:
    """Give out the rows of a file in the columns of the policy's own table.

    Raises ``WrongRow`` naming line and column at the first row that can't be read.
    """
    reader = csv.DictReader(stream)
    missing = [name for name in ("case", *VALUES) if name not in (reader.fieldnames or ())]
    if missing:
        message = f"Line 1: the columns {', '.join(missing)} are missing."
        raise WrongRow(message)
    for row in reader:
        yield _case(row, reader.line_num)


def _case(row: dict[str, str], line: int) -> Case:
    for column, allowed in VALUES.items():
        value = row[column] or ""
        wrong = allowed is not None and value not in allowed
        if wrong or (column == "unannounced" and not _UNANNOUNCED.fullmatch(value)):
            expected = ", ".join(sorted(allowed)) if allowed else "no, released or N days"
            message = f"Line {line}, column {column}: found {value!r}, expected {expected}."
            raise WrongRow(message)
    marks = (
        frozenset() if row["shown_with"] in {"-", ""} else frozenset(row["shown_with"].split("+"))
    )
    return Case(
        name=row["case"],
        facts={name: row[name] for name in VALUES},
        sees=row["answer"] == "sees",
        marks=marks,
        rule=row["rule"],
    )
