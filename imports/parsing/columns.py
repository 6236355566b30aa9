"""What each column of the five files must hold: the table the checks are driven from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imports.parsing import codes, dates, numbers, persons, rules, texts
from imports.parsing.rows import COLUMNS, CodeSystem, Kind, Operation, PerformerKind, Section


if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from imports.parsing.refusals import Fault
    from imports.parsing.rules import Rule

    Check = Callable[[str], str | Fault]
    Plain = Callable[[Collection[str]], bool]
    PairCheck = Callable[[str, str], str | Fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its check, whether the header and every row must have it, what empty means."""

    check: Check
    required: bool = False
    default: str = ""
    same_as: str = ""
    """The column whose value an empty one repeats."""
    identifier: bool = False
    """Holds a person's identifier: never shown as found, never corrected."""
    plain: Plain | None = None
    """Tells of many values at once that `check` would return each as it is; "no" may be wrong."""
    longest_plain: int = 0
    """Of a column in which no value comes twice: up to how many printable letters `check` returns
    as they are, so that they need not be looked at one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedColumn:
    """A column that another one, before it, says how to read. Every row must have both."""

    check: PairCheck
    after: str
    identifier: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Schema:
    """One file: its columns by name, in the order of `rows.COLUMNS`, and the rule across them."""

    kind: Kind
    columns: dict[str, Column | PairedColumn]
    rule: Rule

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in the one order that everything downstream uses."""
        return COLUMNS[self.kind]

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which the file can't be read."""
        return tuple(name for name in self.names if self.columns[name].required)


_LINE_KEY: Final = texts.Key(64)
_LABEL: Final = texts.Text(1000, kept=200)
_NAME: Final = texts.Text(150)
_SPECIALTY: Final = texts.Text(60)

_SECTIONS: Final = texts.choice(
    tuple(Section),
    {
        "pharmacie": "MED", "medicament": "MED", "médicament": "MED", "pha": "MED",
        "vaccin": "VAC", "vaccination": "VAC", "lpp": "DM", "dispositif": "DM", "tips": "DM",
        "hospit": "HOSP", "hospitalisation": "HOSP", "soin": "CARE", "soins": "CARE",
        "radiologie": "RADIO", "imagerie": "RADIO", "biologie": "BIO", "labo": "BIO",
        "transport": "TRANSP", "transports": "TRANSP", "trans": "TRANSP",
    },
)  # fmt: skip
_CODE_SYSTEMS: Final = texts.choice(
    tuple(CodeSystem), {"cip": "CIP13", "cip 13": "CIP13", "cip-13": "CIP13", "biologie": "NABM"}
)
_PERFORMER_KINDS: Final = texts.choice(
    tuple(PerformerKind),
    {
        "personne": "person", "professionnel": "person", "structure de soins": "structure",
        "etablissement": "structure", "établissement": "structure",
    },
)  # fmt: skip
_OPERATIONS: Final = texts.choice(
    tuple(Operation),
    {
        **dict.fromkeys(("create", "insert", "update", "c", "u", "i", "m"), "UPSERT"),
        **dict.fromkeys(("annulation", "annule", "annulé", "delete", "d", "a"), "CANCEL"),
    },
)

_SCHEME: Final = Column(check=texts.check_scheme, required=True)
_DATE: Final = Column(check=dates.check_date, plain=dates.all_dates)
_REQUIRED_DATE: Final = Column(check=dates.check_date, required=True, plain=dates.all_dates)
_UNTIL: Final = Column(check=dates.check_until, plain=dates.all_dates)
_CENTS: Final = Column(check=numbers.check_cents, plain=numbers.all_small)
_PERSON: Final[dict[str, Column | PairedColumn]] = {
    "person_system": Column(check=persons.check_person_system, required=True),
    "person_value": PairedColumn(
        check=persons.check_person_value, after="person_system", identifier=True
    ),
}


def _professional(role: str) -> dict[str, Column]:
    return {
        f"{role}_rpps": Column(check=codes.check_rpps, plain=codes.all_rpps),
        f"{role}_name": Column(check=_NAME, plain=_NAME.all_plain),
        f"{role}_specialty": Column(check=_SPECIALTY, plain=_SPECIALTY.all_plain),
        f"{role}_finess": Column(check=codes.check_finess),
    }


SCHEMAS: Final[dict[Kind, Schema]] = {
    Kind.LINES: Schema(
        Kind.LINES,
        {
            "line_id": Column(
                check=_LINE_KEY, plain=_LINE_KEY.all_plain, required=True, longest_plain=64
            ),
            "scheme": _SCHEME,
            **_PERSON,
            "birth_date": Column(
                check=dates.check_birth_date, required=True, plain=dates.all_dates
            ),
            "care_start": _REQUIRED_DATE,
            "care_end": Column(check=dates.check_date, same_as="care_start"),
            "section": Column(check=_SECTIONS, required=True),
            "code_system": Column(check=_CODE_SYSTEMS, required=True),
            "code": PairedColumn(check=codes.check_code, after="code_system"),
            "label": Column(check=_LABEL, plain=_LABEL.all_plain),
            "quantity": Column(check=numbers.check_quantity, plain=numbers.all_small),
            "unpacked": Column(check=numbers.check_flag, default="0"),
            "prescribed_on": _DATE,
            "prescription_ref": Column(check=_LINE_KEY, plain=_LINE_KEY.all_plain),
            **_professional("prescriber"),
            "performer_kind": Column(check=_PERFORMER_KINDS),
            **_professional("performer"),
            "atc": Column(check=codes.check_atc),
            "paid_cents": _CENTS,
            "base_cents": _CENTS,
            "reimbursed_cents": _CENTS,
            "rate_pct": Column(check=numbers.check_rate),
            "operation": Column(check=_OPERATIONS, default=Operation.UPSERT.value),
            "reverses_line_id": Column(check=_LINE_KEY, plain=_LINE_KEY.all_plain),
            "flow_date": _REQUIRED_DATE,
        },
        rules.LINE_RULE,
    ),
    Kind.ILLNESSES: Schema(
        Kind.ILLNESSES,
        {
            **_PERSON,
            "icd10": Column(check=codes.check_icd10, required=True),
            "label": Column(check=_LABEL, plain=_LABEL.all_plain),
            "since": _REQUIRED_DATE,
            "until": _UNTIL,
            "flow_date": _REQUIRED_DATE,
        },
        rules.PERIOD_RULE,
    ),
    Kind.DECLARED_DOCTORS: Schema(
        Kind.DECLARED_DOCTORS,
        {
            **_PERSON,
            "rpps": Column(check=codes.check_rpps, required=True, plain=codes.all_rpps),
            "since": _REQUIRED_DATE,
            "until": _UNTIL,
            "flow_date": _REQUIRED_DATE,
        },
        rules.PERIOD_RULE,
    ),
    Kind.SLIP: Schema(
        Kind.SLIP,
        {
            "scheme": _SCHEME,
            "period": Column(check=dates.check_period, required=True),
            "lines": Column(check=numbers.check_line_count, required=True),
            "paid_cents": Column(check=numbers.check_total_cents, required=True),
            "reimbursed_cents": Column(check=numbers.check_total_cents, required=True),
        },
        rules.NO_RULE,
    ),
    Kind.ALIASES: Schema(
        Kind.ALIASES,
        {
            "pseudonym": Column(check=persons.check_pseudonym, required=True, identifier=True),
            "person_system": Column(check=persons.check_national_system, required=True),
            "person_value": _PERSON["person_value"],
        },
        rules.NO_RULE,
    ),
}
