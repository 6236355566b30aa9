"""The demonstration's stories: their people, their care and their documents."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta

import pytest
from stdnum import luhn
from stdnum.fr import nir

from imports.generating import files, stories
from imports.generating.days import Calendar
from imports.generating.ledger import COLUMNS, Totals
from imports.parsing import open_stream
from records import reference
from tests.imports.ages import misgiven


UNTIL = date(2026, 11, 23)
TWO_YEARS_AGO = "2024-11-23"


def told(until=UNTIL):
    calendar = Calendar(until)
    rows = {}
    for one in stories.claims(calendar, Totals(calendar)):
        parsed = list(csv.DictReader(one.lines, COLUMNS, delimiter=";"))
        rows[parsed[0]["person_value"]] = parsed
    return rows


@pytest.fixture(scope="module")
def lines():
    return told()


def of(lines, key):
    return lines.get(stories.person(key).ins, [])


def on(lines, ago):
    day = (UNTIL - timedelta(days=ago)).isoformat()
    return [line for line in lines if line["care_start"] == day]


@pytest.mark.parametrize("person", stories.PEOPLE, ids=lambda person: person.key)
def test_a_number_follows_from_the_five_traits(person):
    assert nir.is_valid(person.ins)
    assert person.system == "1.2.250.1.213.1.4.10"
    assert person.ins[0] == {"M": "1", "F": "2"}[person.sex]
    assert person.ins[1:5] == person.born.strftime("%y%m")
    assert person.ins[5:10] == person.birthplace
    assert person.family.isupper()
    assert person.given


def test_nobody_of_the_stories_gets_a_medicine_for_another_age(lines):
    assert [found for rows in lines.values() for found in misgiven(rows)] == []


def test_nobody_shares_a_number_a_key_or_a_card():
    assert len({it.ins for it in stories.PEOPLE}) == len(stories.PEOPLE)
    assert len({it.key for it in stories.PEOPLE}) == len(stories.PEOPLE)
    assert len({it.rpps for it in stories.PROFESSIONALS}) == len(stories.PROFESSIONALS)
    assert len({it.finess for it in stories.STRUCTURES}) == len(stories.STRUCTURES)
    assert len({it.serial for it in stories.CARDS}) == len(stories.CARDS)


def test_professionals_and_structures_have_numbers_that_hold_and_codes_that_are_known():
    for it in stories.PROFESSIONALS:
        assert luhn.is_valid(it.rpps)
        assert reference.profession_label(it.profession)
        assert reference.specialty(it.specialty).profession in {it.profession, ""}
        assert all(stories.structure(key) for key in it.structures)
    assert all(luhn.is_valid(it.finess) for it in stories.STRUCTURES)
    roles = {it.specialty for it in stories.PROFESSIONALS}
    # General practice, psychiatry, cardiology, nurse, dentist, midwife, pharmacist, emergency.
    assert {"1", "33", "3", "24", "19", "21", "50", "83"} <= roles
    regulator = stories.professional("benali")
    assert stories.structure(regulator.structures[0]).kind == "samu"


def test_cards_cover_their_holder_and_the_children():
    for card in stories.CARDS:
        assert card.beneficiaries[0] == card.holder
        assert all(stories.person(key) for key in card.beneficiaries)
    covered = [key for card in stories.CARDS for key in card.beneficiaries]
    assert sorted(covered) == sorted(it.key for it in stories.PEOPLE)
    elodie = next(card for card in stories.CARDS if card.holder == "elodie")
    assert elodie.beneficiaries == ("elodie", "jules", "rose")
    assert not any(stories.person(key).opened for key in elodie.beneficiaries)
    for it in stories.REPRESENTATIONS:
        minor = stories.person(it.minor)
        assert minor.born > date(UNTIL.year - 18, UNTIL.month, UNTIL.day)


def test_the_corsican_has_no_record_yet_and_24_months_waiting(lines):
    angele = stories.person("angele")
    assert angele.ins[5:7] == "2A"
    assert not angele.opened
    assert len(of(lines, "angele")) > 50


def test_the_psychiatric_episode_is_a_bundle_of_one_day(lines):
    thomas = of(lines, "thomas")
    letter = next(it for it in stories.DOCUMENTS if it.key == "thomas-letter")
    garnier = stories.professional("garnier")
    episode = on(thomas, letter.days_ago)
    visit = next(line for line in episode if line["performer_rpps"] == garnier.rpps)
    assert visit["performer_specialty"] == "Psychiatrie"
    tied = [line for line in thomas if line["prescription_ref"] == visit["prescription_ref"]]
    days = Counter((line["section"], line["care_start"] == visit["care_start"]) for line in tied)
    assert days["TRANSP", True] == 1
    assert days["BIO", True] >= 3
    assert days["MED", True] == days["MED", False] == 1  # given that day, and four weeks later
    boxes = [line for line in tied if line["section"] == "MED"]
    assert {reference.medicine(line["code"]).substance for line in boxes} == {"sertraline"}
    for line in tied:
        assert line is visit or line["prescriber_rpps"] == garnier.rpps
        bits = reference.sensitive_categories(
            code_system=line["code_system"],
            code=line["code"],
            specialty=(line["prescriber_specialty"], line["performer_specialty"]),
        )
        assert bits & reference.Category.MENTAL_HEALTH
    others = [
        line for line in thomas if line not in tied and line["performer_rpps"] != garnier.rpps
    ]
    assert len(others) >= 10  # what stays to be seen when the episode is hidden


def test_the_elderly_person_has_illnesses_monthly_boxes_and_a_line_that_rolled_out(lines):
    jeanne = of(lines, "jeanne")
    assert (UNTIL - stories.person("jeanne").born).days // 365.25 == 71
    substances = Counter(
        reference.medicine(line["code"]).substance for line in jeanne if line["section"] == "MED"
    )
    assert substances["metformine"] > 20
    assert substances["apixaban"] > 20
    assert min(line["care_start"] for line in jeanne) < TWO_YEARS_AGO
    assert {"RADIO", "BIO", "HOSP", "DM", "VAC", "TRANSP"} <= {line["section"] for line in jeanne}
    knee = [line for line in on(jeanne, 21) if line["section"] == "RADIO"]
    assert [line["prescriber_name"] for line in knee] == ["Dr Paul Martin"]


def test_the_minor_has_a_secret_and_her_document_says_so(lines):
    lina = of(lines, "lina")
    secret = next(it for it in stories.DOCUMENTS if it.key == "lina-contraception")
    assert secret.secret
    visit = next(line for line in on(lina, secret.days_ago) if line["code"] == "CCP")
    tied = [line for line in lina if line["prescription_ref"] == visit["prescription_ref"]]
    assert {line["section"] for line in tied} == {"CARE", "MED", "BIO"}
    assert any(line["atc"].startswith("G03A") for line in tied)
    assert {line["prescriber_rpps"] for line in tied} - {""} == {visit["performer_rpps"]}


def test_the_pregnancy_goes_on(lines):
    codes = [line["code"] for line in of(lines, "salome")]
    assert codes.count("SF") == 6
    assert {"JQQM010", "JQQM018", "7402", "4006"} <= set(codes)
    assert "JQQM016" not in codes


def test_one_has_no_claim_and_one_has_two_thousand_lines(lines):
    assert of(lines, "emile") == []
    assert len(of(lines, "marcel")) == 2000


@pytest.mark.parametrize("until", [UNTIL, date(2027, 3, 1), date(2028, 2, 29)])
def test_the_stories_follow_the_last_day(until):
    rows = told(until)
    assert rows.keys() == told().keys()
    for key, own in rows.items():
        assert max(line["flow_date"] for line in own) <= until.isoformat()
        assert len(own) == len(told()[key])


def test_every_line_of_the_stories_passes_the_checks_of_a_load(tmp_path):
    calendar = Calendar(UNTIL)
    totals = Totals(calendar)
    written = files.write(tmp_path, stories.claims(calendar, totals), totals)
    assert written.lines > 2000
    for name in ("lines", "illnesses", "declared_doctors", "slip"):
        with (tmp_path / f"{name}.csv").open("rb") as file:
            reading = open_stream(file)
            assert [row for batch in reading.batches() for row in batch.refused] == []
    for own in told().values():
        for line in own:
            assert reference.label(line["code_system"], line["code"])


@pytest.mark.parametrize("document", stories.DOCUMENTS, ids=lambda document: document.key)
def test_a_document_is_one_page_about_its_person_by_its_author(document):
    kind = reference.document_type(document.type_code)
    assert kind.in_matrix
    person = stories.person(document.person)
    assert person.opened
    text = stories.body(document, UNTIL)
    assert person.name in text
    assert "{" not in text
    assert 400 < len(text) < 2600
    # Nobody cuts a sentence by hand: the page does, at its own width.
    assert not any(after[:1].islower() for after in text.splitlines())
    if document.author == "holder":
        assert kind.class_code == "90"
    else:
        author = stories.professional(document.author)
        assert author.name in text
        assert document.structure in author.structures


def test_a_letter_bears_its_date():
    letter = next(it for it in stories.DOCUMENTS if it.key == "thomas-letter")
    assert letter.written_on(UNTIL) == date(2026, 10, 9)
    assert "Le 9 octobre 2026" in stories.body(letter, UNTIL)


def test_document_keys_are_unique_and_each_story_that_needs_one_has_one():
    keys = [it.key for it in stories.DOCUMENTS]
    assert len(set(keys)) == len(keys)
    people = {it.person for it in stories.DOCUMENTS}
    assert {"jeanne", "salome", "thomas", "lina", "noe", "marcel"} <= people
