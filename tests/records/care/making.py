"""Makes claim lines and documents for the tests of the care rules; says nothing of the rules."""

from __future__ import annotations

import itertools
from datetime import date
from uuid import UUID

from records.care.documents import DocumentFact
from records.care.lines import CareLine


_NUMBERS = itertools.count(1)

PETIT = UUID(int=0xA1)
GARNIER = UUID(int=0xA2)
MARTIN = UUID(int=0xA3)
HOSPITAL = "750000001"
CLINIC = "750000002"

_BLANK = {
    "section": "CARE",
    "code_system": "NGAP",
    "code": "",
    "label": "",
    "quantity": 1,
    "unpacked": False,
    "atc": "",
    "prescribed_on": None,
    "prescription_ref": "",
    "prescriber_key": None,
    "prescriber_name": "",
    "prescriber_specialty": "",
    "prescriber_finess": "",
    "performer_kind": "person",
    "performer_key": None,
    "performer_name": "",
    "performer_specialty": "",
    "performer_finess": "",
    "paid_cents": None,
    "base_cents": None,
    "reimbursed_cents": None,
    "rate_pct": None,
    "episodes": (),
    "categories": 0,
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def a_line(on: str, **facts) -> CareLine:
    facts = {**_BLANK, "id": UUID(int=next(_NUMBERS)), "care_start": day(on), **facts}
    for name in ("care_end", "prescribed_on"):
        if isinstance(facts.get(name), str):
            facts[name] = day(facts[name])
    facts.setdefault("care_end", facts["care_start"])
    return CareLine(**facts)


def by_petit(on: str) -> dict:
    """What is prescribed by Dr Petit on a day."""
    return {"prescriber_key": PETIT, "prescriber_name": "Dr Petit", "prescribed_on": on}


def by_garnier(on: str) -> dict:
    return {"prescriber_key": GARNIER, "prescriber_name": "Dr Garnier", "prescribed_on": on}


def a_visit(on: str, **facts) -> CareLine:
    facts = {
        "code": "G",
        "label": "Consultation",
        "performer_key": PETIT,
        "performer_name": "Dr Petit",
        **facts,
    }
    return a_line(on, **facts)


def a_garnier_visit(on: str, **facts) -> CareLine:
    return a_visit(
        on,
        **{
            "code": "CNPSY",
            "performer_key": GARNIER,
            "performer_name": "Dr Garnier",
            **facts,
        },
    )


def a_medicine(on: str, **facts) -> CareLine:
    facts = {
        "section": "MED",
        "code_system": "CIP13",
        "code": "3400900000017",
        "label": "Metformine 850 mg",
        "atc": "A10BA02",
        "performer_kind": "structure",
        "performer_name": "Pharmacie du Port",
        "performer_finess": "750000010",
        **facts,
    }
    return a_line(on, **facts)


def a_test(on: str, **facts) -> CareLine:
    facts = {
        "section": "BIO",
        "code_system": "NABM",
        "code": "1208",
        "label": "TSH",
        "performer_kind": "structure",
        "performer_name": "Laboratoire du Port",
        "performer_finess": "750000011",
        **facts,
    }
    return a_line(on, **facts)


def a_transport(on: str, **facts) -> CareLine:
    facts = {
        "section": "TRANSP",
        "code": "ABA",
        "label": "Ambulance",
        "performer_kind": "structure",
        "performer_name": "Ambulances du Port",
        **facts,
    }
    return a_line(on, **facts)


def a_stay(since: str, until: str, **facts) -> CareLine:
    facts = {
        "section": "HOSP",
        "code_system": "GHS",
        "code": "2222",
        "label": "Séjour en chirurgie",
        "care_end": until,
        "performer_kind": "structure",
        "performer_name": "Hôpital",
        "performer_finess": HOSPITAL,
        **facts,
    }
    return a_line(since, **facts)


def a_document(on: str, **facts) -> DocumentFact:
    facts = {
        "id": UUID(int=next(_NUMBERS)),
        "type_code": "11488-4",
        "title": "Lettre",
        "occurred_on": day(on),
        "author_key": GARNIER,
        "author_name": "Dr Garnier",
        "author_finess": "",
        "by_professional": True,
        "prescription_ref": "",
        "related": (),
        "episodes": (),
        "categories": 0,
        **facts,
    }
    return DocumentFact(**facts)


class PlainMedicine:
    def __init__(self, name: str, substance: str, atc: str, units: int = 0) -> None:
        self.name = name
        self.substance = substance
        self.atc = atc
        self.units = units


class PlainNames:
    """A reference that knows three substances."""

    substances = {"A10BA02": "metformine", "C09AA05": "ramipril", "N06AB06": "sertraline"}
    boxes = {"3400900000024": PlainMedicine("Triatec 5 mg", "ramipril", "C09AA05")}

    def label(self, _system: str, _code: str, _lang: str, /) -> str:
        return ""

    def medicine(self, cip13: str, /) -> PlainMedicine | None:
        return self.boxes.get(cip13)

    def atc_label(self, code: str, _lang: str, /) -> str:
        return self.substances.get(code, "") or {"A10": "Médicaments du diabète"}.get(code, "")


NAMES = PlainNames()
