"""The pages of an account in our words: each question said once, each problem in a sentence."""

from __future__ import annotations

import html
import re

import pytest
from django.core import mail

from tests.access.test_sign_in import LOGIN, OTHER_PHRASE, PHRASE, people, sign_in, type_code
from tests.clients import StrictClient
from tests.records.test_reading import words


__all__ = ["people"]
FORGOTTEN = "/compte/mot-de-passe/oublie/"
CHANGE = "/compte/mot-de-passe/"
AGAIN = "/compte/verification/"
ENGLISH = {"accept-language": "en"}


def said_by(response):
    return html.unescape(words(response.content.decode()))


def main_of(response):
    return response.content.decode().partition("<main")[2].partition("</main>")[0]


def link_of_the_letter(browser):
    browser.post(FORGOTTEN, {"email": "jeanne@exemple.test"})
    link = re.search(r"https?://[^/]+(\S+)", mail.outbox[-1].body)[1]
    return browser.get(link, follow=True).request["PATH_INFO"]


def page_of(name):
    """Return a browser at one of the pages, and the page's address."""
    if name in {LOGIN, FORGOTTEN}:
        return StrictClient(), name
    if name == "from a letter":
        browser = StrictClient()
        return browser, link_of_the_letter(browser)
    browser, asked = sign_in("jeanne")
    type_code(browser, asked)
    return browser, name


@pytest.mark.parametrize("name", [LOGIN, FORGOTTEN, "from a letter", CHANGE, AGAIN])
def test_a_question_of_an_account_is_said_once_by_its_label(people, name):
    browser, address = page_of(name)

    page = main_of(browser.get(address))

    assert "<label" in page
    assert "placeholder" not in page
    assert "Mot de passe oublié" not in page
    assert page.count(FORGOTTEN) == page.count("J'ai oublié mon mot de passe")


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        (LOGIN, ["Écrivez votre adresse e-mail.", "Écrivez votre mot de passe."],
         ["Type your e-mail address.", "Type your password."]),
        (FORGOTTEN, ["Écrivez votre adresse e-mail."], ["Type your e-mail address."]),
        ("from a letter",
         ["Choisissez un mot de passe.", "Écrivez le nouveau mot de passe une seconde fois."],
         ["Choose a password.", "Type the new password a second time."]),
        (CHANGE, ["Écrivez votre mot de passe actuel.", "Choisissez un mot de passe."],
         ["Type your current password.", "Choose a password."]),
        (AGAIN, ["Écrivez votre mot de passe."], ["Type your password."]),
    ],
)  # fmt: skip
def test_an_answer_left_empty_is_told_in_a_sentence(people, name, french, english):
    browser, address = page_of(name)

    told = browser.post(address, {}, follow=True)
    page = said_by(told)
    in_english = said_by(browser.post(address, {}, headers=ENGLISH, follow=True))

    assert "À remplir" not in page
    assert [said for said in french if said not in page] == []
    assert [said for said in english if said not in in_english] == []


@pytest.mark.parametrize(
    ("typed", "french", "english"),
    [
        ({"login": "jeanne", "password": PHRASE}, "Une adresse e-mail s'écrit comme ceci",
         "An e-mail address looks like this"),
        ({"login": "jeanne@exemple.test", "password": OTHER_PHRASE},
         "Cette adresse e-mail et ce mot de passe ne vont pas ensemble.",
         "This e-mail address and this password do not go together."),
    ],
)  # fmt: skip
def test_an_address_is_called_the_same_in_every_problem(people, typed, french, english):
    browser = StrictClient()

    assert french in said_by(browser.post(LOGIN, typed))
    said = said_by(browser.post(LOGIN, typed, headers=ENGLISH))

    assert english in said
    assert not re.search(r"\bemail\b", said, re.IGNORECASE)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", LOGIN, "/compte/inscription/", "/activation/"])
def test_who_has_no_account_is_led_to_opening_their_record_alone(client, address):
    assert 'href="/mon-dossier/ouvrir/"' in main_of(client.get(address, follow=True))
