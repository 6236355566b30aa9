"""One reimbursed line as the care rules read it; it must not know where it was stored."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - a named tuple reads its annotations
from typing import Final, NamedTuple
from uuid import UUID  # noqa: TC003 - as above


PERSON: Final = "person"
STRUCTURE: Final = "structure"

MEDICINE: Final = "MED"
VACCINE: Final = "VAC"
DEVICE: Final = "DM"
STAY: Final = "HOSP"
CARE: Final = "CARE"
RADIOLOGY: Final = "RADIO"
LABORATORY: Final = "BIO"
TRANSPORT: Final = "TRANSP"

# The sections a claims file may name, in the order of the national document; transport has
# no section of its own there and is shown under care.
SECTIONS: Final = (MEDICINE, VACCINE, DEVICE, STAY, CARE, RADIOLOGY, LABORATORY, TRANSPORT)

# The class of medicines that are vaccines, whichever section a fund sends them in.
VACCINES: Final = "J07"


class CareLine(NamedTuple):
    """A line of the reimbursement history, already filtered for whoever reads it.

    A tuple: thousands are made at a time, each in a tenth of what a class would take.

    Amounts are euro cents and `rate_pct` a percentage; they are None, never 0, when the
    reader may not see euros. `categories` is the bit set of sensitive categories.
    `episodes` lists the episodes of care the line belongs to, its own first.
    `performer_kind` is "person" or "structure". Texts that are not known are empty.
    """

    id: UUID
    section: str
    care_start: date
    care_end: date
    code_system: str
    code: str
    label: str
    quantity: int
    unpacked: bool
    atc: str
    prescribed_on: date | None
    prescription_ref: str
    prescriber_key: UUID | None
    prescriber_name: str
    prescriber_specialty: str
    prescriber_finess: str
    performer_kind: str
    performer_key: UUID | None
    performer_name: str
    performer_specialty: str
    performer_finess: str
    paid_cents: int | None
    base_cents: int | None
    reimbursed_cents: int | None
    rate_pct: int | None
    episodes: tuple[UUID, ...]
    categories: int
