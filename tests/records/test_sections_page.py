"""The eight sections of the national document: every visible line once, no amount, marks."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import ReimbursementLine
from tests.jeanne import a_visit, metformin
from tests.records.test_every_viewer import address
from tests.records.test_reading import PADLOCK, marks_on, page_of, words


EMPTY = "Aucune donnée de remboursement connue dans la période"
TITLES = [
    "Usage et responsabilités", "Médicaments", "Vaccinations", "Dispositifs médicaux",
    "Hospitalisations", "Soins médicaux et dentaires", "Radiologie", "Biologie",
]  # fmt: skip


def sections_of(html):
    """The words of each section, under its title."""
    parts = re.findall(r'<section class="dmp-card".*?</section>', html, re.DOTALL)
    said = [unescape(words(part)) for part in parts]
    return {
        title: text.removeprefix(title).strip() for title, text in zip(TITLES, said, strict=True)
    }


def test_the_sections_are_all_there_in_their_order_each_line_in_its_own(jeanne):
    html = page_of(jeanne, "petit", "care_sections")

    said = sections_of(html)
    assert said["Usage et responsabilités"].startswith("Ces données viennent de l'assurance")
    assert said["Vaccinations"] == said["Hospitalisations"] == said["Radiologie"] == EMPTY
    medicines = said["Médicaments"]
    assert medicines.startswith("6 lignes : Médicaments Date de délivrance Libellé Groupe")
    assert "Médicaments du diabète" in medicines
    assert medicines.count("Metformine") == 3
    assert "Dr Alix Garnier Spécialité : Psychiatrie" in said["Soins médicaux et dentaires"]
    assert "Laboratoire du Port" in said["Biologie"]
    assert marks_on(html, jeanne.pill) == {PADLOCK}
    assert marks_on(html, jeanne.medicine) == set()


@pytest.mark.parametrize(("code", "name"), [("ZZZZ", "ZZZZ"), ("", "Non communiqué")])
def test_a_line_whose_file_says_no_name_has_one_to_be_opened_by(jeanne, as_owner, code, name):
    with as_owner():
        ReimbursementLine.objects.filter(id=jeanne.medicine.id).update(label="", code=code)
    html = page_of(jeanne, "petit", "care_sections")
    where = address(jeanne, "care_event", "medicine")
    assert re.search(f'href="{where}">([^<]*)<', html)[1] == name


def test_an_establishment_is_named_and_its_number_said_only_where_nobody_knows_it(
    jeanne, as_owner
):
    lines = ReimbursementLine.objects.filter(record=jeanne.record, section="MED")
    numbers = [jeanne.pharmacy.finess, "750000011", "999999999"]
    with as_owner():
        for line, number in zip(lines.order_by("id"), numbers, strict=False):
            ReimbursementLine.objects.filter(id=line.id).update(prescriber_finess=number)
    medicines = sections_of(page_of(jeanne, "jeanne", "care_sections"))["Médicaments"]

    named = "Établissement du prescripteur : "
    assert f"{named}{jeanne.pharmacy.name}" in medicines  # of the directory
    assert f"{named}Laboratoire du Port" in medicines  # of another line
    assert f"{named}999999999" in medicines
    assert not any(number in medicines for number in numbers[:2])


def test_from_whom_a_line_is_hidden_nothing_tells_of_it(jeanne):
    before = page_of(jeanne, "martin", "care_sections")
    assert str(jeanne.medicine.id) in before
    assert str(jeanne.pill.id) not in before
    assert "Sertraline" not in before
    assert len(re.findall("data-element=", before)) < len(
        re.findall("data-element=", page_of(jeanne, "petit", "care_sections"))
    )


@pytest.mark.parametrize("who", ["jeanne", "guardian", "martin"])
def test_there_is_no_amount_whoever_reads(jeanne, who):
    html = page_of(jeanne, who, "care_sections")
    assert str(jeanne.medicine.id) in html
    assert "€" not in html


@pytest.mark.parametrize("who", ["stranger", "agent", "administrator"])
def test_nobody_without_a_door_finds_the_page(jeanne, who):
    assert jeanne.browser(who).get(address(jeanne, "care_sections")).status_code == 404


def test_the_page_is_one_event_and_asks_as_much_for_much_care(jeanne, as_owner):
    browser = jeanne.browser("jeanne")
    browser.get(address(jeanne, "care_sections"))
    before = len(jeanne.events())
    with CaptureQueriesContext(connection) as few:
        browser.get(address(jeanne, "care_sections"))
    assert len(jeanne.events()) == before + 1
    with as_owner():
        for _line in range(20):
            a_visit(jeanne.record, jeanne.medicine.occurred_on, jeanne.professionals["garnier"])
            metformin(jeanne.record, jeanne.medicine.occurred_on, jeanne.professionals["petit"])
    with CaptureQueriesContext(connection) as many:
        browser.get(address(jeanne, "care_sections"))
    assert len(many) == len(few)
