"""The counter: the card, the person, the identity; nothing leaks before the five traits."""

from __future__ import annotations

import re

import pytest

from access.models import ActivationCode, JournalEvent
from records.models import Filling, Person, Record
from tests.records.opening.conftest import (
    ANGELE_CARD,
    FAMILY_CARD,
    JEANNE_CARD,
    NOON,
    OUTDATED_CARD,
)
from tests.records.opening.desk import (
    at_consent,
    attempt,
    body,
    compare,
    put_in,
    text,
)


pytestmark = pytest.mark.django_db


# --- The card and the person --------------------------------------------------------------------


def test_a_card_of_one_person_goes_straight_to_the_identity(counter):
    page = put_in(counter, ANGELE_CARD)

    assert page.redirect_chain[-1][0] == "/ouvrir/identite/"
    assert "PAOLETTI" in text(page)


def test_a_card_of_several_shows_everybody_with_their_age_and_nobody_chosen(counter):
    page = put_in(counter, FAMILY_CARD)

    assert page.redirect_chain[-1][0] == "/ouvrir/personne/"
    seen = text(page)
    assert all(name in seen for name in ("Élodie", "Jules", "Rose"))
    assert len(re.findall(r"\d+ ans", seen)) == 3
    assert "checked" not in body(page)


@pytest.mark.parametrize("card", ["", "0000", "8025000000000000001 "])
def test_a_card_that_is_not_read_says_so(counter, card):
    assert "Aucune carte n'a été lue" in text(put_in(counter, card))


def test_an_outdated_card_goes_to_the_kiosk(counter):
    assert "passez-la à la borne" in text(put_in(counter, OUTDATED_CARD))
    there = counter.post("/presence/", {"card": OUTDATED_CARD}, follow=True)
    assert "passez-la à la borne" in text(there)


def test_outside_the_demonstration_no_card_is_proposed(counter, settings):
    settings.DMP_DEMO = False

    page = counter.get("/ouvrir/")
    assert "Aucun lecteur de carte" in text(page)
    assert 'name="card"' not in body(page)


@pytest.mark.parametrize("chosen", ["", "3", "-1", "x"])
def test_a_person_who_is_not_on_the_card_is_not_chosen(counter, chosen):
    put_in(counter, FAMILY_CARD)

    page = counter.post("/ouvrir/personne/", {"person": chosen}, follow=True)
    assert "Choisissez la personne" in text(page)


# --- The identity -----------------------------------------------------------------------------


def test_the_date_of_birth_is_read_on_the_document_and_never_shown(counter):
    page = put_in(counter, JEANNE_CARD)

    assert all(trait in text(page) for trait in ("MOREL", "Jeanne Marie Louise", "29155"))
    assert "1955" not in text(page).replace("27/03/1955", "")


def test_the_parent_taken_for_the_child_stops_and_names_both(counter):
    put_in(counter, FAMILY_CARD)
    page = counter.post("/ouvrir/personne/", {"person": "1"}, follow=True)
    page = compare(counter, page, "03/04/1988")

    said = text(page)
    assert "Ce n'est pas la même personne" in said
    assert "Jules TANGUY, 8 ans" in said
    assert "celle d'Élodie TANGUY, 38 ans" in said
    assert not Person.objects.exists()
    assert 'value="cni"' in body(page)
    assert "checked" in body(page)  # what was answered is not lost


def test_another_date_stops(counter):
    page = compare(counter, put_in(counter, JEANNE_CARD), "14/03/1956")

    assert "14/03/1956" in text(page)
    assert "Ne créez pas ce dossier" in text(page)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"document": ""}, "Dites quelle pièce vous avez regardée."),
        ({"document": "vitale"}, "Dites quelle pièce vous avez regardée."),
        (
            {"born_on": ""},
            "Recopiez la date de naissance lue sur la pièce, ou celle que dit la personne.",
        ),
        ({"born_on": "31/02/1955"}, "Cette date n'existe pas."),
    ],
    ids=["no document", "not a document", "no date", "no such date"],
)
def test_each_wrong_answer_has_its_sentence(counter, told, sentence):
    page = put_in(counter, JEANNE_CARD)
    page = compare(counter, page, **({"born_on": "14/03/1955"} | told))

    assert sentence in text(page)
    assert not JournalEvent.objects.exists()


def test_a_trait_that_differs_stops_and_forgets_the_card(counter):
    page = compare(counter, put_in(counter, JEANNE_CARD), "", traits="differ")

    assert page.redirect_chain[-1][0] == "/ouvrir/arret/"
    assert "caisse" in text(page)
    assert counter.get("/ouvrir/identite/").url == "/ouvrir/"
    assert not JournalEvent.objects.exists()


def test_nothing_says_who_has_a_record_before_the_five_traits_match(counter, opening, settings):
    def pages():
        seen = [put_in(counter, JEANNE_CARD)]
        seen.append(counter.get("/ouvrir/"))
        page = put_in(counter, JEANNE_CARD)
        seen.append(compare(counter, page, "15/03/1955"))
        bodies = [body(page) for page in seen]
        return [re.sub(r'(name="\w+" value=")[\w-]+"', r'\1"', page) for page in bodies]

    settings.DMP_DEMO = True
    without = pages()
    opening()
    Filling.objects.update(state="done")

    assert pages() == without
    assert not JournalEvent.objects.filter(act="existence_asked").exists()


def test_a_check_is_journalled_and_sixty_an_hour_are_enough(counter):
    for _person in range(60):
        assert at_consent(counter).status_code == 200
    refused = at_consent(counter)

    assert refused.status_code == 429
    assert JournalEvent.objects.filter(act="existence_asked").count() == 60


def test_an_open_record_is_said_without_date_and_gets_a_new_code(counter, opening):
    made = opening()
    page = at_consent(counter)

    assert page.redirect_chain[-1][0] == "/ouvrir/deja-ouvert/"
    assert "Jeanne a déjà un dossier" in text(page)
    assert "2026" not in text(page)
    done = counter.post("/ouvrir/deja-ouvert/", {"attempt": attempt(page)}, follow=True)
    assert "Un nouveau code est prêt" in text(done)
    assert "remboursements" not in text(done).lower()
    leaflet = text(counter.get("/ouvrir/feuille/"))
    assert made.code not in leaflet.replace(" ", "")
    assert ActivationCode.objects.filter(replaced_at=None).count() == 1


def test_an_activated_record_gets_no_code_at_a_counter(counter, opening):
    opening()
    Record.objects.update(activated_at=NOON)
    page = at_consent(counter)

    assert "mot de passe" in text(page)
    assert "Imprimer un nouveau code" not in text(page)
    tried = counter.post("/ouvrir/deja-ouvert/", {"attempt": "x" * 32}, follow=True)
    assert "n'était plus à jour" in text(tried)


@pytest.mark.parametrize("status", ["closed", "suspended"])
def test_a_closed_or_suspended_record_looks_like_none(counter, opening, status):
    def page():
        return re.sub(r'(name="\w+" value=")[\w-]+"', r'\1"', body(at_consent(counter)))

    without = page()
    opening()
    Record.objects.update(status=status)

    assert page() == without
