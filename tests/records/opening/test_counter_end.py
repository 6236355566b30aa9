"""The counter: the agreement, the one creation, the last screen that clears itself."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from access.models import Receipt, User
from records.models import ConsentRefusals, Filling, Person, Record, Representation
from tests.records.opening.conftest import (
    ANGELE_CARD,
    FAMILY_CARD,
    JEANNE_NIR,
    NOON,
    sign_in,
)
from tests.records.opening.desk import (
    at_consent,
    attempt,
    body,
    compare,
    create,
    put_in,
    text,
)


pytestmark = pytest.mark.django_db


# --- The agreement ------------------------------------------------------------------------------


def test_nothing_is_ticked_before_the_person_speaks(counter):
    page = at_consent(counter)

    ticked = re.findall(r"<input[^>]*checked[^>]*>", body(page))
    assert [re.search(r'name="(\w+)"', tag).group(1) for tag in ticked] == ["language"]
    assert "Votre dossier regroupe vos soins" in text(page)
    assert "Facile à lire Dans ce dossier, il y a vos soins." in text(page)
    assert 'lang="en"' in body(page)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"consent": ""}, "Sans accord, pas de dossier."),
        ({"mobile": ""}, "Écrivez un portable, ou cochez"),
        ({"mobile": "06 39 98 00 0"}, "Un portable a 10 chiffres. Il en manque 1."),
        ({"mobile": "06 39 98 00 012"}, "a 10 chiffres. Il y en a 1 de trop."),
        ({"mobile": "01 99 00 00 01"}, "Un portable commence par 06 ou 07"),
        ({"mobile": "jeanne"}, "Un portable commence par 06 ou 07"),
        ({"by_post": "on"}, "choisissez."),
        ({"email": "jeanne"}, "Une adresse e-mail a la forme"),
        ({"language": "de"}, "Choisissez français ou anglais."),
        ({"regulation": "peut-être"}, "Répondez oui ou non"),
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
