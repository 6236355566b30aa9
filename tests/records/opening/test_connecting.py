"""Opening one's own record from home: the same answers for whoever is known and whoever isn't."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from access.binding import frozen_clock
from access.models import ActivationCode, JournalEvent, OneTimeCode, User
from records.cards import fund_directory
from records.models import Person, Record, RecordIdentifier
from records.opening.checking import digest_of
from tests.clients import StrictClient
from tests.records.opening.conftest import JEANNE_CARD, JEANNE_NIR, NOON


pytestmark = pytest.mark.django_db

HERE = "/mon-dossier/ouvrir/"
KNOWN = {"nir": "2 55 03 29 155 951 84", "serial": JEANNE_CARD}
# A right number whose card is somebody else's, and a right number nobody has.
STRANGERS = [
    {"nir": "255032915595184", "serial": "8025000000000000002"},
    {"nir": "279035121518989", "serial": "8025000000000000001"},
]


@pytest.fixture
def browser(db, settings):
    settings.DMP_DEMO = True
    return StrictClient()


def body(response):
    return response.content.decode()


def text(response):
    bare = re.sub(r"<[^>]+>", " ", body(response))
    return " ".join(bare.replace("&#x27;", "'").replace("&quot;", '"').split())


def ask(browser, **card):
    return browser.post(HERE, KNOWN | card, follow=True)


def shown(page):
    return re.search(r"Votre code : (\d{6})", text(page)).group(1)


def give(browser, code):
    return browser.post(f"{HERE}code/", {"code": code}, follow=True)


def at_identity(browser):
    return give(browser, shown(ask(browser)))


def at_consent(browser):
    at_identity(browser)
    return browser.post(f"{HERE}identite/", {"born_on": "14/03/1955"}, follow=True)


def at_account(browser, **answers):
    at_consent(browser)
    return browser.post(f"{HERE}accord/", {"consent": "on"} | answers, follow=True)


ACCOUNT = {"email": "jeanne.morel@exemple.test", "password": "trois petits chats gris"}


# --- Nothing says who is known -----------------------------------------------------------------


@pytest.mark.parametrize("stranger", STRANGERS)
def test_known_and_unknown_read_the_same_page(settings, db, stranger):
    settings.DMP_DEMO = True

    def page(card):
        answer = StrictClient().post(HERE, card, follow=True)
        said = re.sub(r"\d{6}", "000000", body(answer))
        return answer.status_code, re.sub(r'(name="\w+" value=")[\w-]+"', r'\1"', said)

    assert page(KNOWN) == page(stranger)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_the_code_shown_to_a_stranger_is_never_right(browser, stranger):
    page = give(browser, shown(ask(browser, **stranger)))

    assert "Ce n'est pas le bon code" in text(page)
    assert not JournalEvent.objects.exists()


def test_known_and_unknown_write_the_same(browser):
    ask(browser)
    ask(browser, **STRANGERS[0])

    known, stranger = OneTimeCode.objects.order_by("made_at", "id")
    assert (known.purpose, known.tries_left) == (stranger.purpose, stranger.tries_left)
    assert len(known.subject) == len(stranger.subject) == 64
    assert JEANNE_NIR not in known.subject


def test_a_fund_that_sends_nothing_tells_nothing(browser, monkeypatch, caplog):
    def down(self, nir, code):
        raise ConnectionError(nir)

    monkeypatch.setattr(type(fund_directory()), "send_code", down)

    assert ask(browser).status_code == 200
    assert "ConnectionError" in caplog.text
    assert JEANNE_NIR not in caplog.text


def test_outside_the_demonstration_nothing_is_shown_and_nothing_is_offered(browser, settings):
    settings.DMP_DEMO = False

    assert "Ce service n'est pas ouvert ici" in text(browser.get(HERE))
    assert ask(browser).status_code == 403
    assert not OneTimeCode.objects.exists()


def test_a_mother_who_signs_in_already_gets_no_second_account(browser, as_owner):
    """She came by her child's leaflet: her own record is opened, and she signs in to it."""
    at_consent(browser)
    with as_owner():
        known = Person.objects.create(
            birth_name="MOREL", given_names="Jeanne Marie Louise", first_given="Jeanne", sex="F",
            born_on=dt.date(1955, 3, 14), birthplace="29155",
            identifier_digest=digest_of(JEANNE_NIR),
        )  # fmt: skip
        User.objects.create_user("mere@exemple.test", ACCOUNT["password"], person=known)

    last = browser.post(f"{HERE}accord/", {"consent": "on"}, follow=True)

    assert "Vous avez déjà un dossier" in text(last)
    assert Record.objects.get().holder_id == known.id
    again = StrictClient()
    assert "Vous avez déjà un dossier" in text(at_consent(again))
    assert again.post(f"{HERE}compte/", ACCOUNT).status_code == 302
    assert User.objects.get().email == "mere@exemple.test"


# --- Wrong answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ({"nir": ""}, "Écrivez le numéro de sécurité sociale"),
        ({"nir": "255032915595185"}, "La clé (les 2 derniers chiffres) ne va pas"),
        ({"serial": ""}, "Recopiez le numéro de série"),
        ({"serial": "80250"}, "n'a que des chiffres"),
        ({"serial": "٨" * 19}, "n'a que des chiffres"),
        ({"serial": "80250000000000000O1"}, "n'a que des chiffres"),
    ],
)
def test_each_wrong_number_has_its_sentence(browser, card, sentence):
    page = ask(browser, **card)

    assert sentence in text(page)
    assert page.status_code == 422
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("", "Écrivez le code"), ("123", "Le code a 6 chiffres"), ("abcdef", "Le code a 6 chiffres")],
)
def test_each_wrong_code_has_its_sentence(browser, code, sentence):
    ask(browser)

    assert sentence in text(give(browser, code))


def test_three_wrong_codes_stop_the_right_one(browser):
    code = shown(ask(browser))
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _try in range(3):
        assert "Ce n'est pas le bon code" in text(give(browser, wrong))

    assert "Demandez-en un autre" in text(give(browser, code))


def test_a_code_stops_after_ten_minutes(browser):
    with frozen_clock(NOON):
        code = shown(ask(browser))
    with frozen_clock(NOON + dt.timedelta(minutes=10)):
        assert "plus de 10 minutes" in text(give(browser, code))


def test_a_code_works_once(browser):
    code = shown(ask(browser))
    give(browser, code)
    other = StrictClient()
    other.post(HERE, {"nir": "", "serial": ""})

    assert OneTimeCode.objects.get().used_at is not None


def test_a_new_code_stops_the_one_before(browser):
    first = shown(ask(browser))
    second = shown(ask(browser))
    if first != second:
        assert "Ce n'est pas le bon code" in text(give(browser, first))


def test_six_codes_an_hour_for_one_number_then_a_pause(browser):
    for _time in range(6):
        assert ask(browser).status_code == 200
    refused = ask(browser)

    assert refused.status_code == 403
    assert "Attendez une heure" in text(refused)


def test_twenty_numbers_an_hour_from_one_place_then_a_pause(browser):
    for number in range(20):
        ask(browser, serial=f"80250000000000001{number:02d}")

    assert ask(browser).status_code == 429


def test_another_birth_date_stops_and_sends_to_the_fund(browser):
    at_identity(browser)
    page = browser.post(f"{HERE}identite/", {"born_on": "15/03/1955"}, follow=True)

    assert "demandez à votre caisse" in text(page)
    assert not JournalEvent.objects.exists()


def test_it_is_said_that_silence_about_emergencies_counts_as_yes(browser):
    assert text(at_consent(browser)).count("Sans réponse, c'est oui.") == 2


def test_without_agreement_nothing_is_opened(browser):
    at_consent(browser)
    page = browser.post(f"{HERE}accord/", {"consent": ""}, follow=True)

    assert "Si vous êtes d'accord, cochez la case" in text(page)
    assert not Person.objects.exists()


def test_a_childs_record_is_opened_at_a_counter(browser):
    card = {"nir": "118102908496108", "serial": "8025000000000000008"}
    page = give(browser, shown(ask(browser, **card)))

    assert "s'ouvre au comptoir" in text(page)
    assert not Person.objects.exists()


@pytest.mark.parametrize("step", ["code", "identite", "accord", "compte", "connu"])
def test_a_step_reached_without_the_one_before_begins_again(browser, step):
    assert browser.get(f"{HERE}{step}/").url == HERE
    assert browser.post(f"{HERE}{step}/", {}).url == HERE


# --- All the way -------------------------------------------------------------------------------


def test_the_traits_are_shown_once_the_code_came_back_but_the_birth_date(browser):
    page = at_identity(browser)

    assert all(trait in text(page) for trait in ("MOREL", "Jeanne Marie Louise", "29155"))
    assert "14/03/1955" not in body(page)


def test_the_record_is_the_persons_own_from_the_first_event(browser):
    page = at_account(browser, emergency="no")

    record = Record.objects.get()
    assert "Votre dossier est ouvert" in text(page)
    assert (record.opened_by_kind, record.consent_given_by) == ("holder", "holder")
    assert (record.emergency_refused, record.regulation_refused) == (True, None)
    assert {row.status for row in RecordIdentifier.objects.all()} == {"retrieved"}
    event = JournalEvent.objects.get(act="opened")
    assert (event.actor_person_id, event.door) == (record.holder_id, "holder")


def test_the_account_is_made_and_asks_for_its_second_factor(browser):
    at_account(browser)
    answer = browser.post(f"{HERE}compte/", ACCOUNT)

    record = Record.objects.get()
    user = User.objects.get()
    assert answer.url == f"/connexion/code/?next=/dossiers/{record.id}/"
    assert user.person_id == record.holder_id
    assert record.activated_at is not None
    assert not ActivationCode.objects.filter(replaced_at=None).exists()
    assert JournalEvent.objects.filter(act="activated").count() == 1
    assert browser.get(f"/dossiers/{record.id}/").status_code == 302  # not before the code


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"email": ""}, "Écrivez votre adresse e-mail."),
        ({"email": "jeanne"}, "Une adresse e-mail s'écrit comme ceci"),
        ({"password": ""}, "Choisissez un mot de passe."),
        ({"password": "court"}, "12"),
        ({"password": "123456789012"}, "mot de passe"),
    ],
)
def test_each_wrong_account_has_its_sentence_and_the_record_stays(browser, told, sentence):
    at_account(browser)
    page = browser.post(f"{HERE}compte/", ACCOUNT | told, follow=True)

    assert sentence in text(page)
    assert page.status_code == 422
    assert not User.objects.exists()
    assert Record.objects.count() == 1


def test_an_address_already_taken_is_refused(browser):
    User.objects.create(email="jeanne.morel@exemple.test")
    at_account(browser)

    page = browser.post(f"{HERE}compte/", ACCOUNT, follow=True)
    assert page.status_code == 422
    assert User.objects.count() == 1


def test_the_agreement_pressed_twice_opens_once(browser):
    at_consent(browser)
    told = {"consent": "on"}
    first = browser.post(f"{HERE}accord/", told)
    second = browser.post(f"{HERE}accord/", told)

    assert first.url == second.url == f"{HERE}compte/"
    assert Record.objects.count() == 1


def test_a_record_opened_at_a_counter_and_never_activated_goes_on_to_the_account(browser, opening):
    made = opening()
    page = at_consent(browser)

    assert page.redirect_chain[-1][0] == f"{HERE}compte/"
    browser.post(f"{HERE}compte/", ACCOUNT)
    assert Record.objects.get().id == made.record_id
    assert not ActivationCode.objects.filter(replaced_at=None).exists()


def test_who_has_an_account_signs_in(browser, opening):
    opening()
    Record.objects.update(activated_at=NOON)
    page = at_consent(browser)

    assert page.redirect_chain[-1][0] == f"{HERE}connu/"
    assert "Vous avez déjà un dossier" in text(page)
    assert not User.objects.filter(person__isnull=False).exists()


def test_a_closed_record_with_an_account_is_reopened_and_sends_to_the_sign_in(browser, opening):
    opening()
    Record.objects.update(status="closed", activated_at=NOON)
    at_consent(browser)
    page = browser.post(f"{HERE}accord/", {"consent": "on"}, follow=True)

    assert page.redirect_chain[-1][0] == f"{HERE}connu/"
    assert Record.objects.get().status == "open"


def test_a_visitor_of_the_demonstration_opens_a_record_with_what_the_pages_show(browser, settings):
    lent = browser.get(HERE)
    card = {
        name: re.search(rf"<b data-{name}>([^<]+)</b>", body(lent)).group(1)
        for name in ("nir", "serial")
    }
    give(browser, shown(browser.post(HERE, card, follow=True)))
    page = browser.post(f"{HERE}identite/", {"born_on": "27/08/1974"}, follow=True)

    assert "27 août 1974" in text(lent)
    assert page.request["PATH_INFO"] == f"{HERE}accord/"
    settings.DMP_DEMO = False
    assert "data-nir" not in body(browser.get(HERE))


def test_a_wrong_address_and_a_short_password_are_told_together(browser, noon):
    at_account(browser)

    told = text(browser.post(f"{HERE}compte/", {"email": "jeanne", "password": "abc"}))

    assert "Une adresse e-mail s'écrit comme ceci : jeanne@exemple.fr." in told
    assert "12 caractères." in told.replace("12 caractères au moins", "")
    assert not User.objects.exists()
