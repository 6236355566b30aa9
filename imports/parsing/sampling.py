"""The first rows of a file, fit to be shown: identifiers masked, no care beside a person.

What is left is enough to see that the columns are the right ones.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from imports.parsing.columns import SCHEMAS
from imports.parsing.refusals import shown
from imports.parsing.rows import COLUMNS, Kind


if TYPE_CHECKING:
    from imports.parsing.checking import Batch


MOST: Final = 10
SHOWN: Final = {
    Kind.LINES: (
        "scheme", "person_value", "care_start", "paid_cents", "reimbursed_cents", "operation",
        "flow_date",
    ),
    Kind.ILLNESSES: ("person_value", "since", "until", "flow_date"),
    Kind.DECLARED_DOCTORS: ("person_value", "since", "until", "flow_date"),
    Kind.SLIP: COLUMNS[Kind.SLIP],
    Kind.ALIASES: ("pseudonym", "person_value"),
}  # fmt: skip
"""Not the section, nor the codes, the label, the professionals, the illness, the doctor."""
_PLACES: Final = {
    kind: [(COLUMNS[kind].index(name), SCHEMAS[kind].columns[name].identifier) for name in names]
    for kind, names in SHOWN.items()
}


def sample(batch: Batch) -> list[list[str]]:
    """Return the first rows of a batch: where each is, then its `SHOWN` columns."""
    rows = zip(batch.numbers, zip(*batch.columns, strict=True), strict=True)
    return [
        [
            batch.places.get(number, str(number)),
            *(shown(row[at], identifier=hidden) for at, hidden in _PLACES[batch.kind]),
        ]
        for number, row in islice(rows, MOST)
    ]
