"""What a prestation of the DCIR and its details say in the columns of the fund's own file.

Facts of the tables are in the notes beside them. Must not know archives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from hashlib import blake2s
from typing import TYPE_CHECKING, Final

from imports.parsing.dcir_values import cents, date, finess, rpps, whole
from imports.parsing.gathering import Found
from imports.parsing.refusals import Fault


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imports.parsing.tables import TableRow

    Detail = tuple[str, int, tuple[str, ...]]
    """Its table, the number of its row, its values in the order of the table's `columns`."""


KEYS: Final = (
    "DCT_ORD_NUM", "FLX_DIS_DTD", "FLX_EMT_NUM", "FLX_EMT_ORD", "FLX_EMT_TYP", "FLX_TRT_DTD",
    "ORG_CLE_NUM", "PRS_ORD_NUM", "REM_TYP_AFF",
)  # fmt: skip
MEDICINES: Final = "IR_PHA_R"
NATURES: Final = "IR_NAT_V"
SYSTEM: Final = "dcir"
"""Under which pseudonyms are kept that no alias file of the archive explains."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: its name, the columns read of it, those it must have."""

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DetailShape(Shape):
    """A table of details: the list its codes are of; `columns` are code, quantity, what else."""

    code_system: str
    section: str


CENTRAL: Final = Shape(
    "ER_PRS_F",
    (
        "BEN_NIR_PSA", "BEN_RNG_GEM", "EXE_SOI_DTD", "EXE_SOI_DTF", "PRE_PRE_DTD", "PRS_NAT_REF",
        "PRS_ACT_QTE", "PRS_PAI_MNT", "BSE_REM_BSE", "BSE_REM_MNT", "RGO_REM_TAU", "PSE_SPE_COD",
        "PSP_SPE_COD", "PFS_EXE_NUM", "PFS_PRE_NUM", "ETB_PRE_FIN", "RGM_COD",
    ),
    ("BEN_NIR_PSA", "BEN_RNG_GEM", "EXE_SOI_DTD", "PRS_NAT_REF"),
)  # fmt: skip
_PLACES: Final = "ER_ETE_F"
"""Where the care took place, and the group of a stay if it was one."""
DETAILS: Final = (
    DetailShape(
        "ER_PHA_F", ("PHA_PRS_C13", "PHA_ACT_QSN", "PHA_DEC_TOP"), ("PHA_PRS_C13",), "CIP13", "MED"
    ),
    DetailShape("ER_UCD_F", ("UCD_UCD_COD", "UCD_DLV_NBR"), ("UCD_UCD_COD",), "UCD", "MED"),
    DetailShape("ER_CAM_F", ("CAM_PRS_IDE", ""), ("CAM_PRS_IDE",), "CCAM", "CARE"),
    DetailShape("ER_BIO_F", ("BIO_PRS_IDE", "BIO_ACT_QSN"), ("BIO_PRS_IDE",), "NABM", "BIO"),
    DetailShape("ER_TIP_F", ("TIP_PRS_IDE", "TIP_ACT_QSN"), ("TIP_PRS_IDE",), "LPP", "DM"),
    DetailShape("ER_ETE_F", ("ETE_GHS_NUM", "", "ETB_EXE_FIN"), ("ETB_EXE_FIN",), "GHS", "HOSP"),
)
_ORDER: Final = {detail.name: order for order, detail in enumerate(DETAILS)}
_BY_NAME: Final = {detail.name: detail for detail in DETAILS}
# Natures of act that need no table of details, with the letter they are billed under.
_LETTERS: Final = {"1111": "C", "1112": "CS", "1211": "V", "1212": "VS"}
_TRANSPORT: Final = frozenset({"ABA", "AMB", "ATP", "SMU", "TXI", "TAX", "TSE", "VSL"})
_UNPACKED: Final = {"": "0", "0": "0", "N": "0", "D": "1", "1": "1", "O": "1"}
# An act whose third letter is "examine" and whose fourth is one of the ways of making images.
_IMAGING: Final = re.compile(r"[A-Z]{2}Q[HJKLMN]\d{3}", re.ASCII)
_VACCINES: Final = "J07"
_SIGNED: Final = ("PRS_ACT_QTE", "PRS_PAI_MNT", "BSE_REM_BSE", "BSE_REM_MNT")
"""One of them that is negative makes the prestation a regularisation, details included."""
_FIRST_OF_TWINS: Final = {"", "0", "1"}


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a pseudonym stands for, and when they were born if the alias file says so."""

    system: str
    value: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What the other tables of the archive say: ATC and name by CIP, letters, persons."""

    medicines: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)

    def person(self, pseudonym: str, rank: str) -> Person:
        """Return whom a pseudonym stands for, with the rank: two twins of one sex share it."""
        rank = rank.lstrip("0")
        if rank not in _FIRST_OF_TWINS:
            pseudonym = f"{pseudonym}:{rank}"
        return self.persons.get(pseudonym, Person(SYSTEM, pseudonym, ""))


def joined(
    row: TableRow,
    key: str,
    details: Sequence[Detail],
    reference: Reference,
    starts: Mapping[str, int],
    *,
    again: bool,
) -> Iterator[Found]:
    """Yield the lines of one prestation: one for each detail that has a code, or its own.

    The prestation has the amounts, and gives them to its first line only: they add up as they
    were paid. Come `again`, it is one line of its own number, with the identifier of the first
    one it repeats: both are refused once the lines are together.
    """
    values = dict(zip(CENTRAL.columns, row.values[len(KEYS) :], strict=True))
    back = _takes_back(values)
    ours = _of_prestation(values, row, reference)
    structure = next((texts[2] for name, _, texts in details if name == _PLACES), "")
    ours["performer_finess"] = finess(structure)
    own = Found(starts[CENTRAL.name] + row.line, f"{CENTRAL.name} {row.line}", ours)
    coded = [each for each in details if each[0] != _PLACES or each[2][0].strip("0")]
    # A table has no order: exported again, its rows must have the identifiers that they had.
    coded.sort(key=lambda each: (_ORDER[each[0]], each[2]))
    if not coded:
        yield _by_nature(own, values, reference, key)
    for position, (name, number, texts) in enumerate(coded[:1] if again else coded):
        line = ours | of_detail(name, texts, values, reference)
        if position:
            line |= dict.fromkeys(("paid_cents", "base_cents", "reimbursed_cents"), "")
        if back:
            line["quantity"] = _taken_back(line["quantity"], values, first=not position)
        it = Found(number, f"{name} {number - starts[name]} ({own.place})", line)
        it = replace(own, values=line) if again else it
        yield _named(it, values, f"{key}|{name}|{position}", line["code"])


def _of_prestation(
    values: Mapping[str, str], row: TableRow, reference: Reference
) -> dict[str, str]:
    person = reference.person(values["BEN_NIR_PSA"], values["BEN_RNG_GEM"])
    scheme = values["RGM_COD"]
    return {
        "scheme": f"rgm-{scheme}" if scheme else SYSTEM,
        "person_system": person.system,
        "person_value": person.value,
        "birth_date": date(person.birth_date),
        "care_start": date(values["EXE_SOI_DTD"]),
        "care_end": date(values["EXE_SOI_DTF"]),
        "prescribed_on": date(values["PRE_PRE_DTD"]),
        "performer_specialty": values["PSE_SPE_COD"].strip("0") and values["PSE_SPE_COD"],
        "prescriber_specialty": values["PSP_SPE_COD"].strip("0") and values["PSP_SPE_COD"],
        "performer_rpps": rpps(values["PFS_EXE_NUM"]),
        "prescriber_rpps": rpps(values["PFS_PRE_NUM"]),
        "prescriber_finess": finess(values["ETB_PRE_FIN"]),
        "paid_cents": cents(values["PRS_PAI_MNT"]),
        "base_cents": cents(values["BSE_REM_BSE"]),
        "reimbursed_cents": cents(values["BSE_REM_MNT"]),
        "rate_pct": whole(values["RGO_REM_TAU"]),
        "flow_date": date(row.values[KEYS.index("FLX_TRT_DTD")]),
    }


def of_detail(
    name: str, texts: Sequence[str], values: Mapping[str, str], reference: Reference
) -> dict[str, str]:
    """Return what a detail says; `values` are of its prestation, if it has one."""
    code, quantity = texts[:2]
    section, system = _BY_NAME[name].section, _BY_NAME[name].code_system
    line = {"code": code, "code_system": system, "section": section}
    line["quantity"] = whole(quantity or values.get("PRS_ACT_QTE", ""))
    if system == "CIP13":
        line["atc"], line["label"] = reference.medicines.get(code, ("", ""))
        line["unpacked"] = _UNPACKED.get(texts[2].upper(), texts[2])
        line["performer_kind"] = "structure"
        if line["atc"].startswith(_VACCINES):
            line["section"] = "VAC"
    elif system == "GHS":
        line["code"] = code.lstrip("0").zfill(2)
        line["performer_kind"] = "structure"
    elif system == "CCAM" and _IMAGING.match(code.upper()):
        line["section"] = "RADIO"
    return line


def _is_negative(text: str) -> bool:
    """Tell whether a number is below zero: a base may write what is nothing with a sign."""
    return text.startswith("-") and bool(text.strip("-0.,"))


def _takes_back(values: Mapping[str, str]) -> bool:
    return any(_is_negative(values[name]) for name in _SIGNED)


def _taken_back(quantity: str, values: Mapping[str, str], *, first: bool) -> str:
    """Return the quantity of a detail of a regularisation, whose table may leave the sign out.

    Where money alone is taken back, it is by the first line, which has the amounts.
    """
    if _is_negative(values["PRS_ACT_QTE"]):
        return quantity if quantity.startswith("-") else f"-{quantity}"
    return quantity if first else "0"


def _by_nature(own: Found, values: Mapping[str, str], reference: Reference, key: str) -> Found:
    """Return the line of a prestation without a code of its own: the letter of its nature."""
    nature = values["PRS_NAT_REF"].lstrip("0")
    letter = reference.letters.get(nature, _LETTERS.get(nature, ""))
    line = {
        **own.values,
        "code_system": "NGAP",
        "code": letter,
        "quantity": whole(values["PRS_ACT_QTE"]),
        "performer_kind": "structure" if own.values["performer_finess"] else "person",
    }
    if letter:
        line["section"] = "TRANSP" if letter in _TRANSPORT else "CARE"
    # Its nature is what it bills: a letter that comes later, in the archive or by hand, is to be
    # that of the same line.
    named = _named(replace(own, values=line), values, key, "")
    if letter:
        return named
    # The letter is missing, and the section, which goes by it: all the rest is known.
    fault = Fault("nature_unknown", parameters=(("name", NATURES),))
    return replace(named, faults=(("code", nature, fault),))


def _named(found: Found, values: Mapping[str, str], key: str, code: str) -> Found:
    """Give a line its identifier: what it bills, a point, which prestation it is.

    A regularisation repeats a claim with a negative quantity and names none: it names what it
    bills, and is taken off a line that bills the same when the record is filled.
    """
    line = found.values
    bills = "|".join((line["care_start"], values["PRS_NAT_REF"], code, values["PFS_EXE_NUM"]))
    billed = f"{blake2s(bills.encode(), digest_size=10).hexdigest()}."
    names = {"line_id": billed + blake2s(key.encode(), digest_size=16).hexdigest()}
    if _is_negative(line["quantity"]) or _takes_back(values):
        names["reverses_line_id"] = billed
    return replace(found, values={**line, **names})
