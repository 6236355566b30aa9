"""What the care rules need to know of a document, and what its type says; not its content."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - a named tuple reads its annotations
from typing import Final, NamedTuple
from uuid import UUID  # noqa: TC003 - as above


class DocumentFact(NamedTuple):
    """A document as the care rules read it, already filtered for whoever reads it.

    `occurred_on` is the day of the care it tells of; `related` the documents or lines it
    names; `by_professional` is false for what the patient added. `episodes` lists the
    episodes of care it belongs to, its own first.
    """

    id: UUID
    type_code: str
    title: str
    occurred_on: date
    author_key: UUID | None
    author_name: str
    author_finess: str
    by_professional: bool
    prescription_ref: str
    related: tuple[UUID, ...]
    episodes: tuple[UUID, ...]
    categories: int


# Types by what they are to the rules of care, from the national table of types and classes
# (ASS_X16). Class 10, reports of something that took place on a day:
VISIT_REPORTS: Final = frozenset(
    {
        "11488-4", "11505-5", "15507-7", "34749-2", "34875-5", "47420-5", "59283-2", "67851-6",
        "70004-7", "75482-0", "75492-9", "77436-4", "78513-9", "85208-7",
    },
)  # fmt: skip
# Class 10, what names illnesses and operations best: stays, operations, meetings on a case.
HISTORY_REPORTS: Final = frozenset(
    {"11488-4", "11490-0", "15507-7", "34112-3", "34794-8", "34874-8", "68599-0", "PROT_ALD"},
)
# Results: laboratory, pathology, imaging.
RESULTS: Final = frozenset({"11502-2", "11526-1", "18748-4", "60568-3"})
# Class 42, prescriptions.
PRESCRIPTIONS: Final = frozenset(
    {
        "55115-0", "57828-6", "57832-8", "57833-6", "61357-0", "75468-9", "PRESC-AAT",
        "PRESC-BIO", "PRESC-INF", "PRESC-KINE", "PRESC-ORTHOPHO", "PRESC-ORTHOPTIE",
        "PRESC-PEDI",
    },
)  # fmt: skip
# Class 43, what a pharmacy gave.
DISPENSINGS: Final = frozenset({"60593-1", "DISP_AUT"})
