"""The counter, screen by screen: what each asks, what each refuses, what none of them shows."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from access.models import ActivationCode, JournalEvent, Receipt, User
from records.models import ConsentRefusals, Filling, Person, Record, Representation
from tests.records.opening.conftest import (
    ANGELE_CARD,
    FAMILY_CARD,
    JEANNE_CARD,
    JEANNE_NIR,
    NOON,
    OUTDATED_CARD,
    sign_in,
)


pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def text(response):
    bare = re.sub(r"<[^>]+>", " ", body(response))
    return " ".join(bare.replace("&#x27;", "'").replace("&nbsp;", " ").split())


def attempt(response):
    return re.search(r'name="attempt" value="(\w+)"', body(response)).group(1)


def put_in(counter, card):
    return counter.post("/ouvrir/", {"card": card}, follow=True)


def compare(counter, page, born_on, document="cni", traits="same"):
    told = {"document": document, "born_on": born_on, "traits": traits, "attempt": attempt(page)}
    return counter.post("/ouvrir/identite/", told, follow=True)


def at_consent(counter):
    """Come to the screen of the agreement, for Jeanne."""
    return compare(counter, put_in(counter, JEANNE_CARD), "14/03/1955")


AGREED = {"consent": "on", "mobile": "06 39 98 00 01", "language": "fr"}


def create(counter, page, **different):
    told = AGREED | {"attempt": attempt(page)} | different
    return counter.post("/ouvrir/accord/", told, follow=True)


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
    assert "Élodie TANGUY, 38 ans" in said
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
        ({"document": "vitale"}, "vitale"),
        ({"born_on": ""}, "Recopiez la date de naissance lue sur la pièce."),
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

    assert "Mot de passe oublié" in text(page)
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
        ({"nir": ""}, "Écrivez le numéro de sécurité sociale"),
        ({"nir": "255032915595185"}, "La clé (les 2 derniers chiffres) ne va pas"),
        ({"nir": "25503291559518"}, "Il manque 1 chiffre."),
        ({"nir": "2550329155951840"}, "Il y a 1 chiffre en trop."),
        ({"nir": "9" * 15}, "n'a pas la forme attendue"),
        ({"nir": "٢" * 15}, "n'a pas la forme attendue"),
        ({"nir": "274082A04195906"}, "La clé (les 2 derniers chiffres) ne va pas"),
        ({"document": "none"}, "none"),
        ({"document": ""}, "il faut une pièce d'identité"),
        ({"birth_name": "  "}, "Recopiez le nom de naissance."),
        ({"born_on": "14/03/2055"}, "cette date n'est pas possible"),
        ({"born_on": "14/03/1855"}, "cette date n'est pas possible"),
        ({"birthplace": "Rennes"}, "Le code du lieu a 5 chiffres"),
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


# --- The agreement ------------------------------------------------------------------------------


def test_nothing_is_ticked_before_the_person_speaks(counter):
    page = at_consent(counter)

    ticked = re.findall(r"<input[^>]*checked[^>]*>", body(page))
    assert [re.search(r'name="(\w+)"', tag).group(1) for tag in ticked] == ["language"]
    assert "Votre dossier regroupe vos soins" in text(page)
    assert 'lang="en"' in body(page)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"consent": ""}, "Sans accord, pas de dossier."),
        ({"mobile": ""}, "Écrivez un portable, ou cochez"),
        ({"mobile": "06 39 98 00 0"}, "Il manque 1 chiffre."),
        ({"mobile": "06 39 98 00 012"}, "Il y a 1 chiffre en trop."),
        ({"mobile": "01 99 00 00 01"}, "Un portable commence par 06 ou 07"),
        ({"mobile": "jeanne"}, "Un portable commence par 06 ou 07"),
        ({"by_post": "on"}, "choisissez."),
        ({"email": "jeanne"}, "Un e-mail a la forme"),
        ({"language": "de"}, "de"),
    ],
)
def test_each_wrong_answer_of_the_agreement_has_its_sentence_and_loses_nothing(
    counter, told, sentence
):
    page = create(counter, at_consent(counter), emergency="no", **told)

    assert sentence in text(page)
    assert re.search(r'name="emergency" value="no"[^>]*checked', body(page))
    assert not Record.objects.exists()
    done = create(counter, page)
    assert "C'est fait" in text(done)


@pytest.mark.parametrize(
    "mobile", ["0639980001", "+33 6 39 98 00 01", "0033639980001", "+44 7700 900123"]
)
def test_a_mobile_is_understood_however_it_is_written(counter, mobile):
    create(counter, at_consent(counter), mobile=mobile)

    assert Record.objects.count() == 1


def test_without_a_mobile_the_code_goes_by_post(counter):
    create(counter, at_consent(counter), mobile="", by_post="on")

    record = Record.objects.get()
    assert record.holder.language == "fr"


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ({}, (None, None)),
        ({"emergency": "no", "regulation": "yes"}, (True, False)),
    ],
    ids=["left open", "answered"],
)
def test_the_two_questions_may_be_left_open_and_then_nothing_is_refused(counter, answers, kept):
    create(counter, at_consent(counter), **answers)

    record = Record.objects.get()
    assert (record.emergency_refused, record.regulation_refused) == kept


def test_a_refusal_creates_nothing_and_only_counts(counter):
    page = at_consent(counter)
    said = counter.post(
        "/ouvrir/accord/", {"refuse": "yes", "attempt": attempt(page)}, follow=True
    )

    assert "rien n'est gardé" in text(said)
    assert ConsentRefusals.objects.get().number == 1
    assert not Person.objects.exists()
    assert counter.get("/ouvrir/accord/").url == "/ouvrir/"


def test_a_parent_agrees_for_the_child(counter):
    put_in(counter, FAMILY_CARD)
    page = counter.post("/ouvrir/personne/", {"person": "2"}, follow=True)
    page = compare(counter, page, "01/12/2022", document="family_book")
    assert "Élodie TANGUY, parent présent, est d'accord pour Rose" in text(page)
    create(counter, page)

    record = Record.objects.get()
    assert record.holder.first_given == "Rose"
    assert Representation.objects.get(record=record).person.first_given == "Élodie"


# --- Once, and back -----------------------------------------------------------------------------


def test_the_button_pressed_twice_shows_the_same_confirmation(counter):
    page = at_consent(counter)
    first = create(counter, page)
    second = create(counter, page)

    number = re.compile(r"Reçu n° ([\w-]+)")
    assert number.search(text(first)).group(1) == number.search(text(second)).group(1)
    assert second.status_code == 200
    assert "plus à jour" not in text(second)
    assert Record.objects.count() == Receipt.objects.count() == 1


def test_going_back_after_the_end_creates_nothing(counter):
    page = at_consent(counter)
    create(counter, page)

    for address in ("/ouvrir/personne/", "/ouvrir/identite/", "/ouvrir/accord/"):
        assert counter.get(address).url == "/ouvrir/fait/"
    assert Record.objects.count() == 1


def test_a_screen_left_open_in_another_tab_acts_on_nobody_else(counter):
    old = at_consent(counter)
    page = put_in(counter, ANGELE_CARD)
    compare(counter, page, "27/08/1974")
    said = create(counter, old)

    assert "n'était plus à jour" in text(said)
    assert not Record.objects.exists()


def test_a_pause_of_more_than_twenty_minutes_begins_again(counter, monkeypatch):
    page = at_consent(counter)
    monkeypatch.setattr("records.pages.drafts.LIFE", 0)
    said = create(counter, page)

    assert said.redirect_chain[-1][0] == "/ouvrir/"
    assert "20 minutes" in text(said)
    assert not Record.objects.exists()


def test_the_draft_is_sealed_and_in_no_address(counter):
    page = at_consent(counter)

    kept = str(dict(counter.session))
    assert JEANNE_NIR not in kept
    assert "MOREL" not in kept
    assert all("?" not in address for address, _status in page.redirect_chain)


def test_another_users_draft_is_nobodys(counter, settings):
    at_consent(counter)
    sealed = counter.session["counter"]
    user = User.objects.create(email="b@exemple.test", fund_role="agent")
    other = sign_in(user, "fund_agent:")
    session = other.session
    session["counter"] = sealed
    session.save()

    assert other.get("/ouvrir/accord/").url == "/ouvrir/"


# --- The end ------------------------------------------------------------------------------------


def test_the_last_screen_clears_itself_and_holds_nothing_clinical(counter):
    done = create(counter, at_consent(counter))

    assert done["Refresh"] == "120; url=/ouvrir/"
    assert "no-store" in done["Cache-Control"]
    assert "Les remboursements arrivent" in text(done)
    assert JEANNE_NIR not in text(done).replace(" ", "")
    counter.get("/ouvrir/")
    assert counter.get("/ouvrir/fait/").url == "/ouvrir/"
    assert counter.get("/ouvrir/feuille/").url == "/ouvrir/"
    assert counter.get("/ouvrir/feuille.pdf").url == "/ouvrir/"


@pytest.mark.parametrize(
    ("state", "words", "asks_again"),
    [
        ("waiting", "Les remboursements arrivent", True),
        ("running", "Les remboursements arrivent", True),
        ("done", "Les remboursements sont arrivés", False),
        ("failed", "Les remboursements arriveront plus tard", False),
    ],
)
def test_the_progress_tells_a_state_and_nothing_that_was_found(counter, state, words, asks_again):
    create(counter, at_consent(counter))
    Filling.objects.update(state=state, lines=1234, set_aside=7, attempts=2)
    part = counter.get("/ouvrir/fait/remboursements/")

    assert words in text(part)
    assert "1234" not in body(part)
    assert ("hx-get" in body(part)) is asks_again


def test_how_much_was_found_changes_no_byte(counter):
    create(counter, at_consent(counter))
    Filling.objects.update(state="done", lines=0, finished_at=NOON)
    nothing = body(counter.get("/ouvrir/fait/remboursements/"))
    Filling.objects.update(lines=2000, finished_at=NOON + dt.timedelta(minutes=5))

    assert body(counter.get("/ouvrir/fait/remboursements/")) == nothing


@pytest.mark.parametrize(
    "address",
    [
        "/ouvrir/", "/ouvrir/sans-carte/", "/ouvrir/personne/", "/ouvrir/identite/",
        "/ouvrir/accord/", "/ouvrir/deja-ouvert/", "/ouvrir/fait/", "/ouvrir/feuille/",
    ],
)  # fmt: skip
def test_a_stranger_is_sent_to_sign_in(client, db, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.url.startswith("/compte/")
