"""Sensitive categories, and the document type that a claim line pays for."""

from __future__ import annotations

import pytest

from records import reference
from records.reference.sensitive import reasons


MENTAL, SEXUAL, PREGNANCY, ADDICTIONS, GENETICS, VIOLENCE, GENDER = 1, 2, 4, 8, 16, 32, 64


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"atc": "N06AB06"}, MENTAL),
        ({"code_system": "CIP13", "code": "3400934034190"}, MENTAL),  # sertraline, no ATC given
        ({"atc": "N07BC02"}, MENTAL | ADDICTIONS),  # methadone is two
        ({"atc": "N07BA01"}, ADDICTIONS),
        ({"atc": "J05AR03"}, SEXUAL),  # pre-exposure prophylaxis
        ({"atc": "G03AA07"}, PREGNANCY),
        ({"atc": "G03AD01"}, PREGNANCY),
        ({"atc": "A02BB01"}, PREGNANCY),  # misoprostol, in doubt
        ({"atc": "G03BA03"}, GENDER),
        ({"atc": "N03AX14"}, 0),
        ({"atc": "C10AA05"}, 0),
        ({"atc": ""}, 0),
        ({"code_system": "NABM", "code": "0388"}, SEXUAL),
        ({"code_system": "NABM", "code": "4087"}, PREGNANCY | GENETICS),
        ({"code_system": "NABM", "code": "901"}, GENETICS),
        ({"code_system": "NABM", "code": "557"}, MENTAL),
        ({"code_system": "NABM", "code": "1104"}, 0),
        ({"code_system": "CCAM", "code": "JQQM018"}, PREGNANCY),
        ({"code_system": "CCAM", "code": "JNJP001"}, PREGNANCY),
        ({"code_system": "CCAM", "code": "AZRP001"}, MENTAL),
        ({"code_system": "CCAM", "code": "JZMA001"}, GENDER),
        ({"code_system": "NGAP", "code": "CNP"}, MENTAL),
        ({"code_system": "NGAP", "code": "FHV"}, PREGNANCY),
        ({"code_system": "NGAP", "code": "PY8"}, MENTAL),
        ({"code_system": "NGAP", "code": "A"}, PREGNANCY),
        ({"code_system": "NGAP", "code": "AMI"}, 0),  # "A" is a whole code, not a stem
        ({"code_system": "LPP", "code": "1158536"}, PREGNANCY),
        ({"code_system": "GHS", "code": "7267"}, MENTAL | ADDICTIONS),
        ({"code_system": "CIM10", "code": "F32.2"}, MENTAL),
        ({"code_system": "CIM10", "code": "F64"}, GENDER),
        ({"code_system": "CIM10", "code": "F00"}, 0),
        ({"code_system": "CIM10", "code": "B24"}, SEXUAL),
        ({"code_system": "CIM10", "code": "T74.1"}, VIOLENCE),
        ({"specialty": "33"}, MENTAL),
        ({"specialty": "Psychiatrie"}, MENTAL),
        ({"specialty": ("Médecine générale", "Psychiatrie")}, MENTAL),
        ({"specialty": "21"}, PREGNANCY),
        ({"specialty": "1"}, 0),
        ({"type_code": "68599-0"}, MENTAL),
        ({"type_code": "51969-4"}, GENETICS),
        ({"type_code": "11488-4"}, 0),
    ],
)
def test_a_code_belongs_to_its_sensitive_categories(given, expected):
    assert reference.sensitive_categories(**given) == expected


def test_what_is_given_adds_up():
    bits = reference.sensitive_categories(atc="G03AA07", specialty="33", type_code="51969-4")
    assert bits == MENTAL | PREGNANCY | GENETICS


@pytest.mark.parametrize(
    ("given", "type_code"),
    [
        ({"section": "MED", "atc": "C10AA05"}, "60593-1"),
        ({"section": "BIO", "code_system": "NABM", "code": "1104"}, "11502-2"),
        ({"section": "RADIO", "code_system": "CCAM", "code": "ZBQK002"}, "18748-4"),
        ({"section": "HOSP", "code_system": "GHS", "code": "424"}, "34112-3"),
        ({"section": "VAC", "atc": "J07BB02"}, "87273-9"),
        ({"section": "DM", "code_system": "LPP", "code": "1100040"}, "DISP_AUT"),
        ({"section": "CARE", "code_system": "NGAP", "code": "G"}, "11488-4"),
        ({"section": "CARE", "code_system": "CCAM", "code": "HBJD001"}, "11488-4"),
        ({"section": "CARE", "code_system": "NGAP", "code": "AMI 4"}, "11506-3"),
        ({"section": "CARE", "code_system": "NGAP", "code": "AMK"}, "11506-3"),
        ({"section": "CARE", "code_system": "NGAP", "code": "AMO"}, "11506-3"),
        (
            {"section": "CARE", "code_system": "CCAM", "code": "DEQP003", "specialty": "24"},
            "11506-3",
        ),
        ({"section": "TRANSP", "code_system": "NGAP", "code": "TXI"}, "11488-4"),
        ({"section": "TRANSP", "code": "TXI", "goes_with": "34112-3"}, "34112-3"),
        # Psychiatric care and genetics come before any other.
        ({"section": "MED", "atc": "N06AB06"}, "68599-0"),
        ({"section": "BIO", "code_system": "NABM", "code": "1104", "specialty": "33"}, "68599-0"),
        ({"section": "TRANSP", "code": "TXI", "categories": MENTAL}, "68599-0"),
        (
            {"section": "CARE", "code_system": "NGAP", "code": "CS", "specialty": ("", "33")},
            "68599-0",
        ),
        ({"section": "BIO", "code_system": "NABM", "code": "901"}, "51969-4"),
        ({"section": "BIO", "code_system": "NABM", "code": "901", "categories": 0}, "11502-2"),
    ],
)
def test_a_claim_line_pays_for_one_document_type(given, type_code):
    assert reference.care_type(**given) == type_code


def test_every_category_is_used_by_some_row():
    assert {int(category) for category in reference.Category} == {1, 2, 4, 8, 16, 32, 64}


def test_each_sensitive_code_says_why_and_where_its_meaning_is_published():
    kinds = ("atc", "substance", "act", "icd10", "specialty", "type")
    rows = [row for kind in kinds for row in reasons(kind)]

    assert len(rows) > 300
    for _system, key, _category, why, source in rows:
        assert why, key
        assert source, key
