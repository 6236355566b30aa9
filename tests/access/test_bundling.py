"""What goes with what is about to be hidden: in which order, under which words, how many."""

from __future__ import annotations

import datetime as dt

import pytest

from access.binding import binding
from access.masks.bundling import Known, bundle, guesses, read_known, takes_unknown, whole_event
from records.dossier.entrance import enter
from records.dossier.facts import LINE_FIELDS, care_line
from records.models import Document, Entry, ReimbursementLine, SynthesisLine
from tests.access import cast
from tests.access.cast import NOON
from tests.jeanne import a_visit, add_document, add_entry, add_medicine, add_synthesis


DAY = dt.date(2026, 5, 4)
NEXT = DAY + dt.timedelta(days=1)
LATER = [DAY + dt.timedelta(days=days) for days in (0, 28, 56, 84, 88)]


@pytest.fixture
def care(world, as_owner):
    """One visit of Dr Garnier and all that came of it; another visit, of Dr Martin."""
    with as_owner():
        garnier, martin, record = world.garnier, world.martin, world.record
        asked = {
            "prescriber_id": garnier.id, "prescriber_name": garnier.professional.full_name,
            "prescribed_on": DAY, "prescription_ref": "R1", "performer_kind": "structure",
        }  # fmt: skip
        world.visit = a_visit(record, DAY, garnier)
        add_document(record, title="Lettre du jour", by=garnier, occurred_on=DAY)
        add_document(
            record, title="Ordonnance du jour", by=garnier, occurred_on=DAY,
            type_code="57833-6", class_code="44",
        )  # fmt: skip
        for on in LATER[1:4]:
            add_medicine(record, on, cip13="3400937016605", label="Sertraline", atc="N06AB06",
                         by=garnier, prescription_ref="R1", prescribed_on=DAY)  # fmt: skip
        for on in LATER[1:]:
            add_medicine(record, on, cip13="3400939717449", label="Metformine", atc="A10BA02",
                         by=garnier, prescription_ref="R1", prescribed_on=DAY)  # fmt: skip
        cast.line(record, label="Hémogramme", occurred_on=NEXT, section="BIO",
                  code_system="NABM", code="1104", **asked)  # fmt: skip
        cast.line(record, label="Radio du poignet", occurred_on=NEXT, section="RADIO",
                  code_system="CCAM", code="MDQK001", **asked)  # fmt: skip
        cast.line(record, label="Taxi", occurred_on=DAY, section="TRANSP", **asked)
        world.said = add_entry(record, world.holder, "treatment",
                               content={"treatment": "N06AB06", "text": "arrêté"})  # fmt: skip
        add_entry(record, world.holder, "treatment", content={"treatment": "C07AB07"})
        add_synthesis(record, world.petit, 1, NOON - dt.timedelta(days=9), [
            ("Suivie par le Dr Garnier", world.visit), ("Autre chose", None),
        ])  # fmt: skip
        world.other = a_visit(record, DAY + dt.timedelta(days=40), martin)
    return world


def bundled(care, *chosen):
    with binding(care.jeanne, at=NOON + dt.timedelta(days=90)):
        dossier = enter(by=care.jeanne, record_id=care.record.id)
        return bundle(dossier, read_known(dossier), list(chosen))


def said(choices):
    return [(one.label.replace("\xa0", " "), one.why, one.count) for one in choices]


def test_all_that_goes_with_a_visit_is_listed_by_what_it_is_and_why(care):
    found = bundled(care, care.visit.id)

    assert said(found)[0] == (
        "Consultation de médecine générale, 4 mai 2026", "l'élément que vous regardez", 1,
    )  # fmt: skip
    same_event, rest = sorted(said(found)[1:4]), said(found)[4:]
    assert same_event == [
        ("Hémogramme (numération globulaire et plaquettes), 5 mai 2026",
         "le soin que vous regardez", 1),
        ("Radiographie de la main ou de doigt, 5 mai 2026", "le soin que vous regardez", 1),
        ("Taxi, 4 mai 2026", "le soin que vous regardez", 1),
    ]  # fmt: skip
    assert rest[:2] == [
        ("Lettre du jour, 4 mai 2026", "document du même soin", 1),
        ("Ordonnance du jour, 4 mai 2026", "ordonnance du même soin", 1),
    ]
    three = "les 1er juin 2026, 29 juin 2026 et 27 juillet 2026"
    four = "4 fois, du 1er juin 2026 au 31 juillet 2026"
    by = "prescrit par le Dr Alix Garnier"
    assert sorted(rest[2:4]) == [
        (f"Metformine Biogaran 500 mg comprimé, boîte de 90, {four}", by, 4),
        (f"Sertraline Almus 50 mg gélule, boîte de 28, {three}", by, 3),
    ]
    synthesis = "ligne de la synthèse médicale qui s'appuie sur ces soins"
    assert rest[4:] == [
        ("Suivie par le Dr Garnier", synthesis, 1),
        (
            "Traitement : arrêté, 1er mars 2026",
            "ce qui est dit de ce médicament dans le profil",
            1,
        ),
    ]
    assert all(one.checked and len(one.value.split()) == one.count for one in found)


def test_several_chosen_are_one_care_and_each_brings_what_goes_with_it(care):
    found = said(bundled(care, care.visit.id, care.other.id))

    assert found[0] == (
        "Consultation de médecine générale, les 4 mai 2026 et 13 juin 2026",
        "le soin que vous regardez", 2,
    )  # fmt: skip
    assert len(found) > len(said(bundled(care, care.other.id)))


def test_of_a_visit_without_anything_more_nothing_else_is_listed(care):
    assert said(bundled(care, care.other.id)) == [
        ("Consultation de médecine générale, 13 juin 2026", "l'élément que vous regardez", 1)
    ]


def test_from_the_letter_the_visit_is_found(care):
    letter = Document.objects.get(title="Lettre du jour")
    found = {label: why for label, why, _count in said(bundled(care, letter.id))}

    assert found["Consultation de médecine générale, 4 mai 2026"] == "remboursement du même soin"
    assert found["Lettre du jour, 4 mai 2026"] == "l'élément que vous regardez"


def test_what_is_hidden_or_taken_back_while_the_page_is_made_is_not_listed(care, as_owner):
    with binding(care.jeanne, at=NOON + dt.timedelta(days=90)):
        dossier = enter(by=care.jeanne, record_id=care.record.id)
        known = read_known(dossier)
        with as_owner():
            Document.objects.filter(title="Lettre du jour").update(withdrawn_at=NOON)
        found = bundle(dossier, known, [care.visit.id])
    assert not [one for one in found if "Lettre" in one.label]
    assert [one for one in found if "Ordonnance" in one.label]


def test_boxes_of_one_medicine_are_one_line_but_for_the_box_that_is_looked_at(care):
    box = ReimbursementLine.objects.get(label="Metformine", occurred_on=LATER[1])
    found = said(bundled(care, box.id))

    named = "Metformine Biogaran 500 mg comprimé, boîte de 90"
    assert [one for one in found if one[0].startswith(named)] == [
        (f"{named}, 1er juin 2026", "l'élément que vous regardez", 1),
        (
            f"{named}, les 29 juin 2026, 27 juillet 2026 et 31 juillet 2026",
            "prescrit par le Dr Alix Garnier",
            3,
        ),
    ]


def test_a_stay_a_box_of_an_unknown_prescriber_and_a_note_of_the_pharmacy_have_their_words(
    world, as_owner
):
    garnier, record = world.garnier, world.record
    with as_owner():
        letter = add_document(record, title="Lettre", by=garnier, occurred_on=DAY)
        a_visit(record, DAY, garnier)
        cast.line(
            record, label="Séjour", section="HOSP", code="GHS", performer_finess="750000012",
            performer_kind="structure", occurred_on=DAY - dt.timedelta(days=2), care_end=NEXT,
        )  # fmt: skip
        add_medicine(record, DAY, cip13="3400937016605", label="Sertraline", atc="N06AB06",
                     by=garnier, prescriber_name="")  # fmt: skip
        add_document(record, title="Délivrance", by=garnier, occurred_on=DAY,
                     type_code="60593-1", class_code="43")  # fmt: skip
    why = {label.split(",")[0]: why for label, why, _count in said(bundled(world, letter.id))}

    assert why["Séjour"] == "hospitalisation du même soin"
    assert why["Sertraline Almus 50 mg gélule"] == "délivré en pharmacie pour ce soin"
    assert why["Délivrance"] == "délivré en pharmacie pour ce soin"


def test_only_the_lines_of_the_last_synthesis_go_with_care(care, as_owner):
    with as_owner():
        many = [(f"Ligne {number}", care.visit) for number in range(12)]
        add_synthesis(care.record, care.petit, 2, NOON - dt.timedelta(days=8), many)
        add_synthesis(care.record, care.petit, 3, NOON - dt.timedelta(days=7), [
            ("Suivie en ville", care.visit),
        ])  # fmt: skip
    last = SynthesisLine.objects.get(text="Suivie en ville")
    with binding(care.jeanne, at=NOON):
        known = read_known(enter(by=care.jeanne, record_id=care.record.id))
    assert [(one.id, one.cites) for one in known.synthesis] == [(last.id, {care.visit.id})]


def test_what_is_said_of_a_medicine_is_listed_in_one_order(care, as_owner):
    with as_owner():
        for number in range(6):
            add_entry(care.record, care.holder, "treatment",
                      content={"treatment": "N06AB06", "text": f"mot {number}"})  # fmt: skip
    assert bundled(care, care.visit.id) == bundled(care, care.visit.id)


def test_each_guess_says_why(care):
    box, *others = ReimbursementLine.objects.filter(label="Sertraline").order_by("occurred_on")
    with binding(care.jeanne, at=NOON + dt.timedelta(days=90)):
        dossier = enter(by=care.jeanne, record_id=care.record.id)
        [found] = guesses(dossier.standing, [box.id], read_known(dossier))
    assert found.why == "même médicament ; cochez pour le masquer aussi"
    assert found.value.split() == [str(one.id) for one in others]


def test_a_page_that_shows_one_thing_hides_all_its_lines(care):
    with binding(care.jeanne, at=NOON + dt.timedelta(days=90)):
        dossier = enter(by=care.jeanne, record_id=care.record.id)
        whole = whole_event(dossier, [care.visit.id])
    labels = ReimbursementLine.objects.filter(id__in=whole).values_list("label", flat=True)
    assert sorted(labels) == ["Consultation", "Hémogramme", "Radio du poignet", "Taxi"]


@pytest.mark.parametrize(
    ("element", "holds"),
    [
        (ReimbursementLine(section="MED"), True),
        (ReimbursementLine(section="VAC"), True),
        (ReimbursementLine(section="BIO"), False),
        (Document(type_code="57833-6"), True),
        (Document(type_code="11488-4"), False),
        (Entry(kind="treatment"), False),
    ],
)
def test_what_says_which_medicine_is_taken(element, holds):
    of_line = isinstance(element, ReimbursementLine)
    told = [getattr(element, name) for name in LINE_FIELDS] if of_line else []
    lines = [care_line(told, euros=True)] if of_line else []
    known = Known(tuple(lines), (), ())
    assert takes_unknown([Document(type_code="11488-4"), element], known, []) is holds
