"""The demonstration's cards agree with the people whose care the demonstration tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stdnum.fr import nir

from imports.generating import stories
from records.cards import DemoDirectory, DemoReader, card_reader, fund_directory


CARDS = {
    card["serial"]: card
    for card in json.loads(Path("records/cards_demo.json").read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("card", stories.CARDS, ids=lambda card: card.holder)
def test_a_card_says_what_the_stories_say(card):
    people = CARDS[card.serial]["people"]

    assert [
        (
            person["nir"], person["birth_name"], person["used_name"], person["given_names"],
            person["sex"], person["born_on"], person["birthplace"],
        )
        for person in people
    ] == [
        (
            told.ins, told.family, told.used_family, " ".join(told.given),
            told.sex, told.born.isoformat(), told.birthplace,
        )
        for told in map(stories.person, card.beneficiaries)
    ]  # fmt: skip
    assert all(nir.is_valid(person["nir"]) for person in people)


def test_every_other_card_is_one_to_update():
    known = {card.serial for card in stories.CARDS}

    assert [
        (card["outdated"], card["people"]) for serial, card in CARDS.items() if serial not in known
    ] == [(True, [])]


def test_outside_the_demonstration_there_is_no_reader_and_no_directory(settings):
    settings.DMP_DEMO = False

    assert card_reader() is None
    assert fund_directory() is None


@pytest.mark.parametrize(
    ("number", "serial", "found"),
    [
        ("255032915595184", "8025000000000000001", True),
        ("2 55 03 29 155 951 84", " 8025 000000000000001 ", True),
        ("255032915595184", "8025000000000000002", False),
        ("288042201696020", "8025000000000000001", False),
        ("", "", False),
        ("é" * 15, "8025000000000000001", False),
    ],
)
def test_the_fund_knows_a_person_by_number_and_card_together(number, serial, found):
    assert (DemoDirectory().find(number, serial) is not None) is found


def test_a_card_in_the_reader_gives_everybody_on_it_the_insured_first():
    card = DemoReader().read("8025000000000000008")

    assert [person.traits.first_given for person in card.beneficiaries] == [
        "Élodie", "Jules", "Rose",
    ]  # fmt: skip
