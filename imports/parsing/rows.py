"""The rows of the five files with their types, frozen; must not know how they were written."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Kind(StrEnum):
    """Which of the fund's five files."""

    LINES = "lines"
    ILLNESSES = "illnesses"
    DECLARED_DOCTORS = "declared_doctors"
    SLIP = "slip"
    ALIASES = "aliases"


class Section(StrEnum):
    """Where the national document shows a line; transport is shown under care."""

    MEDICINE = "MED"
    VACCINE = "VAC"
    DEVICE = "DM"
    STAY = "HOSP"
    CARE = "CARE"
    RADIOLOGY = "RADIO"
    LABORATORY = "BIO"
    TRANSPORT = "TRANSP"


class CodeSystem(StrEnum):
    """The list a code of care belongs to."""

    CIP13 = "CIP13"
    UCD = "UCD"
    LPP = "LPP"
    GHS = "GHS"
    CCAM = "CCAM"
    NGAP = "NGAP"
    NABM = "NABM"


class PerformerKind(StrEnum):
    """Who gave the care: a professional or a structure."""

    PERSON = "person"
    STRUCTURE = "structure"


class Operation(StrEnum):
    """What a line asks of the store."""

    UPSERT = "UPSERT"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Line:
    """One claim line. Amounts in euro cents, negative in a reversal; the rate in per cent.

    `number` is the physical line of the file. `person_system` is an OID, `nir:rank` or the name
    of a pseudonym system. Texts that are not known are empty.
    """

    number: int = field(compare=False)
    line_id: str
    scheme: str
    person_system: str
    person_value: str
    birth_date: date | None
    care_start: date
    care_end: date
    section: Section
    code_system: CodeSystem
    code: str
    label: str
    quantity: int | None
    unpacked: bool
    prescribed_on: date | None
    prescription_ref: str
    prescriber_rpps: str
    prescriber_name: str
    prescriber_specialty: str
    prescriber_finess: str
    performer_kind: PerformerKind | None
    performer_rpps: str
    performer_name: str
    performer_specialty: str
    performer_finess: str
    atc: str
    paid_cents: int | None
    base_cents: int | None
    reimbursed_cents: int | None
    rate_pct: int | None
    operation: Operation
    reverses_line_id: str
    flow_date: date


@dataclass(frozen=True, slots=True)
class Illness:
    """A long-term illness (ALD) covered in full."""

    number: int = field(compare=False)
    person_system: str
    person_value: str
    icd10: str
    label: str
    since: date
    until: date | None
    flow_date: date


@dataclass(frozen=True, slots=True)
class DeclaredDoctor:
    """The doctor a person declared to the fund."""

    number: int = field(compare=False)
    person_system: str
    person_value: str
    rpps: str
    since: date
    until: date | None
    flow_date: date


@dataclass(frozen=True, slots=True)
class Slip:
    """The control totals of one scheme and one month (`period`, YYYY-MM), in cents."""

    number: int = field(compare=False)
    scheme: str
    period: str
    lines: int
    paid_cents: int
    reimbursed_cents: int


@dataclass(frozen=True, slots=True)
class Alias:
    """The person behind a source's pseudonym."""

    number: int = field(compare=False)
    pseudonym: str
    person_system: str
    person_value: str


Row = Line | Illness | DeclaredDoctor | Slip | Alias


def _optional_date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _optional_integer(text: str) -> int | None:
    return int(text) if text else None


def _optional_performer(text: str) -> PerformerKind | None:
    return PerformerKind(text) if text else None


def _flag(text: str) -> bool:
    return text == "1"


ROW_TYPES: Final[dict[Kind, type[Row]]] = {
    Kind.LINES: Line,
    Kind.ILLNESSES: Illness,
    Kind.DECLARED_DOCTORS: DeclaredDoctor,
    Kind.SLIP: Slip,
    Kind.ALIASES: Alias,
}
KINDS: Final[dict[type[Row], Kind]] = {row: kind for kind, row in ROW_TYPES.items()}
COLUMNS: Final[dict[Kind, tuple[str, ...]]] = {
    # The first field is the number of the line, which is not of the file.
    kind: row.__match_args__[1:]
    for kind, row in ROW_TYPES.items()
}
"""The columns of each file in the one order that everything downstream uses."""
IDENTITY: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.LINES: ("person_system", "person_value", "scheme", "line_id"),
    Kind.ILLNESSES: ("person_system", "person_value", "icd10", "since"),
    Kind.DECLARED_DOCTORS: ("person_system", "person_value", "rpps", "since"),
    Kind.SLIP: ("scheme", "period"),
    Kind.ALIASES: ("pseudonym",),
}
"""The columns that say which row of the store a row is: two of one file are both refused."""

# By the annotation as written in the classes above, so that no field is described twice.
_FROM_TEXT: Final[dict[str, Callable[[str], object]]] = {
    "str": str,
    "int": int,
    "date": date.fromisoformat,
    "bool": _flag,
    "date | None": _optional_date,
    "int | None": _optional_integer,
    "PerformerKind | None": _optional_performer,
    "Section": Section,
    "CodeSystem": CodeSystem,
    "Operation": Operation,
}
_CONVERTERS: Final = {
    kind: tuple(_FROM_TEXT[row.__annotations__[name]] for name in COLUMNS[kind])
    for kind, row in ROW_TYPES.items()
}


def typed(kind: Kind, number: int, values: Sequence[str]) -> Row:
    """Make a row from checked texts in the order of `COLUMNS`; `number` is its line."""
    converted = (convert(value) for convert, value in zip(_CONVERTERS[kind], values, strict=True))
    return ROW_TYPES[kind](number, *converted)  # type: ignore[arg-type]  # in the same order


def texts(row: Row) -> tuple[str, ...]:
    """Return the checked texts a row was made from, in the order of `COLUMNS`."""
    return tuple(_text(value) for value in astuple(row)[1:])


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
