"""The counter without a card: number and traits typed, each wrong answer with its sentence."""

from __future__ import annotations

import pytest

from access.models import JournalEvent
from records.models import Person, Record
from tests.records.opening.desk import (
    body,
    create,
    text,
)


pytestmark = pytest.mark.django_db


# --- Without a card -----------------------------------------------------------------------------

TYPED = {
    "nir": "2 55 03 29 155 951 84",
    "document": "passport",
    "birth_name": "Morel",
    "given_names": "Jeanne Marie Louise",
    "sex": "F",
    "born_on": "14/03/1955",
    "birthplace": "29155",
}


def typed(counter, **different):
    return counter.post("/ouvrir/sans-carte/", TYPED | different, follow=True)


def test_an_identity_is_typed_where_the_card_cannot_be_read(counter):
    page = typed(counter)
    assert page.redirect_chain[-1][0] == "/ouvrir/accord/"
    create(counter, page)

    assert Record.objects.get().holder.birth_name == "Morel"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"nir": ""}, "Écrivez le numéro de sécurité sociale."),
        ({"nir": "255032915595185"}, "La clé (les 2 derniers chiffres) ne va pas"),
        ({"nir": "25503291559518"}, "a 15 caractères. Il en manque 1."),
        ({"nir": "2550329155951840"}, "a 15 caractères. Il y en a 1 de trop."),
        ({"nir": "9" * 15}, "n'a pas la forme attendue"),
        ({"nir": "٢" * 15}, "n'a pas la forme attendue"),
        ({"nir": "274082A04195906"}, "La clé (les 2 derniers chiffres) ne va pas"),
        ({"document": "none"}, "il faut une pièce d'identité"),
        ({"document": ""}, "il faut une pièce d'identité"),
        ({"birth_name": "  "}, "Recopiez le nom de naissance."),
        ({"born_on": "14/03/2055"}, "cette date n'est pas possible"),
        ({"born_on": "14/03/1855"}, "cette date n'est pas possible"),
        ({"birthplace": "Rennes"}, "Le code du lieu a 5 caractères"),
        ({"sex": "M"}, "le sexe ne correspond pas à la pièce"),
        ({"born_on": "14/04/1955"}, "le mois de naissance ne correspond pas"),
        ({"born_on": "14/03/1985"}, "l'année de naissance ne correspond pas"),
        (
            {"nir": "118102908496108", "sex": "M", "born_on": "12/10/2018"},
            "il faut la carte Vitale du parent",
        ),
    ],
)
def test_each_wrong_answer_without_a_card_has_its_sentence_and_loses_nothing(
    counter, told, sentence
):
    page = typed(counter, **told)

    assert sentence in text(page)
    assert 'value="Jeanne Marie Louise"' in body(page)
    assert not Person.objects.exists()
    assert not JournalEvent.objects.exists()


def test_a_parents_number_is_named_as_the_usual_mistake(counter):
    page = typed(counter, nir="288042201696020")

    assert "C'est souvent le numéro d'un parent" in text(page)


def test_a_number_of_corsica_is_taken(counter):
    page = typed(
        counter,
        nir="2 74 08 2A 041 959 05",
        birth_name="Paoletti",
        given_names="Angèle Marie",
        born_on="27/08/1974",
        birthplace="2a041",
    )

    assert page.redirect_chain[-1][0] == "/ouvrir/accord/"
