"""The eight sections of the national document, column for column."""

from __future__ import annotations

import pytest

from records.care.sections import sections
from tests.records.care.making import (
    HOSPITAL,
    NAMES,
    a_line,
    a_medicine,
    a_stay,
    a_test,
    a_transport,
    a_visit,
    by_petit,
    day,
)


EMPTY = "Aucune donnée de remboursement connue dans la période"

# The document as published: title, code, columns (CNAM-HR 2021.01, model 1.2.250.1.213.1.1.1.36).
DOCUMENT = [
    ("Usage et responsabilités", "55112-7", []),
    (
        "Médicaments",
        "10160-0",
        [
            "Date de délivrance",
            "Libellé",
            "Groupe thérapeutique",
            "Composants actifs",
            "Prescrit par",
            "Spécialité",
            "Établissement du prescripteur",
            "Délivré par",
            "Quantité",
            "Déconditionné",
        ],
    ),
    (
        "Vaccinations",
        "11369-6",
        [
            "Date",
            "Libellé",
            "Valence",
            "Prescrit par",
            "Spécialité",
            "Établissement du prescripteur",
            "Délivré par",
        ],
    ),
    (
        "Dispositifs médicaux",
        "46264-8",
        [
            "Date",
            "Libellé",
            "Prescrit par",
            "Spécialité",
            "Établissement du prescripteur",
            "Délivré par",
            "Quantité",
        ],
    ),
    (
        "Hospitalisations",
        "46240-8",
        ["Début du séjour", "Fin du séjour", "Nature du séjour", "Établissement"],
    ),
    (
        "Soins médicaux et dentaires",
        "29554-3",
        ["Date", "Code", "Libellé", "Réalisé par", "Spécialité", "Établissement"],
    ),
    ("Radiologie", "29554-3", ["Date", "Code", "Libellé", "Réalisé par", "Établissement"]),
    ("Biologie", "29554-3", ["Date", "Code", "Libellé", "Réalisé par", "Établissement"]),
]


def laid_out(*lines):
    return {table.form.key: table for table in sections(lines, NAMES, lang="fr")}


def test_all_eight_sections_are_there_in_order_even_without_a_line():
    tables = sections([], NAMES, lang="fr")

    assert [(t.title, t.form.loinc, list(t.titles)) for t in tables] == DOCUMENT
    assert [t.form.number for t in tables] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_an_empty_section_says_so_and_the_first_one_says_what_the_data_are_worth():
    notice, *others = sections([], NAMES, lang="fr")

    assert "incomplètes" in notice.sentence
    assert {table.sentence for table in others} == {EMPTY}


def test_a_section_with_rows_says_nothing_more():
    assert laid_out(a_test("2026-05-12"))["laboratory"].sentence == ""


def test_a_medicine():
    line = a_medicine(
        "2026-05-12",
        code="3400900000024",
        label="Triatec 5 mg",
        atc="A10BA02",
        quantity=2,
        prescriber_specialty="Médecine générale",
        prescriber_finess=HOSPITAL,
        **by_petit("2026-05-12"),
    )

    (row,) = laid_out(line)["medicines"].rows

    assert row.cells == (
        day("2026-05-12"),
        "Triatec 5 mg",
        "Médicaments du diabète",
        "ramipril",
        "Dr Petit",
        "Médecine générale",
        HOSPITAL,
        "Pharmacie du Port",
        2,
        False,
    )


def test_a_hospital_prescription_has_no_specialty_to_give():
    (row,) = laid_out(a_medicine("2026-05-12"))["medicines"].rows

    assert row.cells[5] == "Non communiqué"


def test_a_stay():
    (row,) = laid_out(a_stay("2026-03-02", "2026-03-06"))["stays"].rows

    assert row.cells == (
        day("2026-03-02"),
        day("2026-03-06"),
        "Séjour en chirurgie",
        "Hôpital",
    )


def test_a_visit_and_a_transport_are_care():
    visit = a_visit("2026-05-12", performer_specialty="Cardiologie", performer_finess=HOSPITAL)
    transport = a_transport("2026-05-11")

    first, second = laid_out(transport, visit)["care"].rows

    assert first.cells == (
        day("2026-05-12"),
        "G",
        "Consultation",
        "Dr Petit",
        "Cardiologie",
        HOSPITAL,
    )
    assert second.line is transport


def test_a_vaccine_names_its_valence():
    vaccine = a_line("2026-05-12", section="VAC", atc="C09AA05")

    (row,) = laid_out(vaccine)["vaccines"].rows

    assert row.cells[2] == "ramipril"


@pytest.mark.parametrize("table", [form[0] for form in DOCUMENT])
def test_no_section_tells_an_amount(table):
    everything = [
        a_line("2026-05-12", section=section, paid_cents=987654, reimbursed_cents=123456)
        for section in ("MED", "VAC", "DM", "HOSP", "CARE", "RADIO", "BIO", "TRANSP")
    ]
    (found,) = [t for t in sections(everything, NAMES, lang="fr") if t.title == table]

    told = {cell for row in found.rows for cell in row.cells}
    assert not told & {987654, 123456}
