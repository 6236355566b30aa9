"""A line as a record holds it, or will: tuples, of which a set of fillings makes ten thousand.

Must not know what the store holds, nor how lines are written.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - a named tuple reads its annotations
import uuid  # noqa: TC003 - as above
from collections.abc import Callable  # noqa: TC003 - as above
from typing import NamedTuple


class State(NamedTuple):
    """What can change of a line, as the record holds it or will."""

    digest: bytes
    flow_date: dt.date
    quantity: int
    paid_cents: int | None
    base_cents: int | None
    reimbursed_cents: int | None
    atc: str
    pays_for: str
    categories: int
    episodes: tuple[uuid.UUID, ...]


class Rest(NamedTuple):
    """The rest of a line, as the record will hold it."""

    section: str
    occurred_on: dt.date
    care_end: dt.date
    code_system: str
    code: str
    label: str
    line_key: str
    scheme: str = ""
    unpacked: bool = False
    performer_id: uuid.UUID | None = None
    prescriber_id: uuid.UUID | None = None
    prescribed_on: dt.date | None = None
    prescription_ref: str = ""
    prescriber_name: str = ""
    prescriber_specialty: str = ""
    prescriber_finess: str = ""
    performer_kind: str = ""
    performer_name: str = ""
    performer_specialty: str = ""
    performer_finess: str = ""
    rate_pct: int | None = None


class RecordLine(NamedTuple):
    """A line as the record will hold it.

    The rest is made for a line that is written only: most fillings write few.
    """

    id: uuid.UUID
    state: State
    rest: Callable[[], Rest]
