"""What a code is called, in French and English, however a file writes it."""

from __future__ import annotations

import pytest

from records import reference


@pytest.mark.parametrize(
    ("system", "code", "french", "english"),
    [
        ("NABM", "1208", "TSH (thyroïde)", "TSH (thyroid)"),
        ("NABM", "552", "Glycémie", "Blood glucose"),
        ("nabm", "0552", "Glycémie", "Blood glucose"),
        ("NGAP", "AMI 1.5", "Soins infirmiers", "Nursing care"),
        ("CCAM", "HBJD001", "Détartrage et polissage des dents", "Scaling and polishing"),
        ("CCAM", "HBJD001-01", "Détartrage et polissage des dents", "Scaling and polishing"),
        ("GHS", "9605", "Hémodialyse, en séances", "Haemodialysis session"),
        ("CIM10", "E11.9", "Diabète sucré de type 2", "Type 2 diabetes"),
        ("LOINC", "60591-5", "Synthèse médicale", "Medical summary"),
        ("A05", "REMB", "Données de remboursement", "Reimbursement data"),
        ("ATC", "N06", "Psychoanaleptiques", "Depression, attention and memory"),
        ("NABM", "9999", "", ""),
        ("XYZ", "1", "", ""),
        ("CIP13", "3400000000000", "", ""),
    ],
)
def test_a_code_has_its_name_in_both_languages(system, code, french, english):
    assert reference.label(system, code) == french
    assert reference.label(system, code, "en") == english


@pytest.mark.parametrize(
    ("system", "code", "said", "known"),
    [
        ("CIP13", "3400935955838", "", "N02BE01"),
        ("CIP13", "3400935955838", "N02", "N02BE01"),
        ("CIP13", "3400935955838", "N02BE51", "N02BE51"),
        ("CIP13", "3400900000000", "A10", "A10"),
        ("CIP13", "3400900000000", "", ""),
        ("LPP", "3400935955838", "", ""),
    ],
)
def test_a_class_that_the_fund_leaves_out_is_the_one_of_the_tables(system, code, said, known):
    assert reference.class_of_medicine(system, code, said) == known


def test_a_medicine_keeps_its_name_in_english_and_knows_its_substance():
    box = reference.medicine("3400934034190")
    assert (box.substance, box.atc, box.rate_pct) == ("sertraline", "N06AB06", 65)
    assert (
        reference.label("CIP13", box.cip13, "en") == box.name == "Zoloft 50 mg gélule, boîte de 28"
    )
    assert reference.medicine("3400000000000") is None


def test_an_unknown_atc_code_is_named_after_the_class_above():
    assert reference.atc_label("N06AB99") == reference.atc_label("N06AB")
    assert reference.atc_label("N06AB06") == "Sertraline"
    assert reference.atc_label("Z") == ""


@pytest.mark.parametrize(
    "value", ["33", "033", "SM42", "G15_10/SM42", "Psychiatrie", "PSYCHIATRIE"]
)
def test_a_specialty_is_known_however_it_is_written(value):
    assert reference.specialty(value).code == "33"
    assert reference.specialty_label(value, "en") == "Psychiatry"


def test_a_specialty_in_words_that_is_not_known_is_its_own_name():
    assert reference.specialty_label("Médecine du sommeil") == "Médecine du sommeil"
    assert reference.specialty_label("12345") == ""
    assert reference.specialty_label("") == ""


def test_professions_and_classes_have_names():
    assert reference.profession_label("G15_60") == reference.profession_label("60") == "Infirmier"
    assert reference.profession_label("10", "en") == "Doctor"
    assert reference.profession_label("999") == ""
    assert reference.class_label("11") == "Synthèse"


def test_a_type_knows_its_class_and_an_unknown_one_is_nothing():
    kind = reference.document_type("34112-3")
    assert (kind.class_code, kind.in_matrix) == ("10", True)
    assert reference.document_type("EXPORT_DUI").in_matrix is False
    assert reference.document_type("34105-7") is None
