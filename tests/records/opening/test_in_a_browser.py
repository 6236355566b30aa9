"""The counter in a browser: every press counted, on a telephone, from the card to the leaflet."""

from __future__ import annotations

import re

import pytest

from records.models import Filling, Record
from tests.records.opening.conftest import FAMILY_CARD, JEANNE_CARD, professional, sign_in


pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT_MOST = 12


class Hand:
    """Somebody's hand: each control pressed or field filled is one interaction."""

    def __init__(self, page):
        self.page = page
        self.interactions = 0

    def press(self, what):
        self.interactions += 1
        self.page.locator(what).first.click()

    def write(self, field, words):
        self.interactions += 1
        self.page.locator(f"[name={field}]").fill(words)


@pytest.fixture
def hand(page, live_server, settings):
    settings.DMP_DEMO = True
    user, practice = professional()
    cookie = sign_in(user, f"professional:{practice.id}").cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto("/ouvrir/")
    return Hand(page)


def test_a_record_is_opened_and_its_leaflet_printed_in_at_most_twelve_interactions(hand):
    page = hand.page
    hand.press(f"button[value='{JEANNE_CARD}']")
    hand.press("label[for=id_document_0]")
    hand.write("born_on", "14/03/1955")
    hand.press("text=Les 5 traits sont identiques")
    hand.press("label[for=id_consent]")
    hand.press("label[for=id_emergency_0]")
    hand.press("label[for=id_regulation_1]")
    hand.write("mobile", "06 39 98 00 01")
    hand.press("text=Créer et imprimer")
    with page.context.expect_page() as opened:
        hand.press("text=Imprimer la feuille")
    hand.press("text=Personne suivante")

    assert opened.value.url.endswith(("/ouvrir/feuille.pdf", ":"))
    assert re.search(r"/ouvrir/$", page.url)
    record = Record.objects.get()
    assert (record.emergency_refused, record.regulation_refused) == (False, True)
    assert hand.interactions <= AT_MOST


def test_a_childs_record_too_with_every_question_answered(hand):
    hand.press(f"button[value='{FAMILY_CARD}']")
    hand.press("button[value='1']")
    hand.press("label[for=id_document_3]")
    hand.write("born_on", "12102018")
    hand.press("text=Les 5 traits sont identiques")
    hand.press("label[for=id_consent]")
    hand.press("label[for=id_emergency_0]")
    hand.press("label[for=id_regulation_0]")
    hand.write("mobile", "0639980001")
    hand.press("label[for=id_language_1]")
    hand.press("text=Créer et imprimer")
    hand.press("text=Imprimer la feuille")

    assert Record.objects.get().consent_given_by == "representative"
    assert hand.interactions <= AT_MOST


def test_back_in_the_browser_never_opens_twice(hand):
    page = hand.page
    hand.press(f"button[value='{JEANNE_CARD}']")
    hand.press("label[for=id_document_0]")
    hand.write("born_on", "14/03/1955")
    hand.press("text=Les 5 traits sont identiques")
    hand.press("label[for=id_consent]")
    hand.write("mobile", "0639980001")
    hand.press("text=Créer et imprimer")
    number = page.locator(".dmp-receipt__number").inner_text()
    page.go_back()

    assert page.locator(".dmp-receipt__number").inner_text() == number
    assert Record.objects.count() == 1


def test_the_progress_moves_by_itself_and_stops(hand):
    page = hand.page
    hand.press(f"button[value='{JEANNE_CARD}']")
    hand.press("label[for=id_document_0]")
    hand.write("born_on", "14/03/1955")
    hand.press("text=Les 5 traits sont identiques")
    hand.press("label[for=id_consent]")
    hand.write("mobile", "0639980001")
    hand.press("text=Créer et imprimer")
    page.get_by_text("Les remboursements arrivent").wait_for()
    Filling.objects.update(state="done")

    page.get_by_text("Les remboursements sont arrivés").wait_for()
    assert page.locator("[hx-get]").count() == 0


def test_the_worker_woken_by_name_fills_while_the_page_is_open(hand, worker):
    page = hand.page
    hand.press(f"button[value='{JEANNE_CARD}']")
    hand.press("label[for=id_document_0]")
    hand.write("born_on", "14/03/1955")
    hand.press("text=Les 5 traits sont identiques")
    hand.press("label[for=id_consent]")
    hand.write("mobile", "0639980001")
    hand.press("text=Créer et imprimer")

    page.get_by_text("Les remboursements sont arrivés").wait_for(timeout=20_000)
    assert Filling.objects.get().state == "done"


def test_without_a_mobile_the_leaflet_waits_for_the_letter(hand):
    page = hand.page
    hand.press(f"button[value='{JEANNE_CARD}']")
    hand.press("label[for=id_document_0]")
    hand.write("born_on", "14/03/1955")
    hand.press("text=Les 5 traits sont identiques")
    hand.press("label[for=id_consent]")
    hand.press("label[for=id_by_post]")
    hand.press("text=Créer et imprimer")
    page.get_by_text("Une lettre part à l'adresse que connaît la caisse").wait_for()
    assert hand.interactions <= AT_MOST
    page.goto("/ouvrir/feuille/")
    code = "".join(page.locator(".dmp-code").first.inner_text().split())
    page.context.clear_cookies()

    page.goto(f"/activation/?code={code}")
    hand.write("born_on", "14/03/1955")
    hand.press("main form button[type=submit]")
    hand.write("email", "jeanne@exemple.test")
    hand.write("password", "trois petits chats gris")
    hand.press("main form button[type=submit]")
    page.get_by_text("Écrivez le code de la lettre.").first.wait_for()
    # The demonstration shows what would have been posted, then what would have been sent.
    hand.write("letter", page.inner_text("[data-code]"))
    hand.write("password", "trois petits chats gris")
    hand.press("main form button[type=submit]")
    page.wait_for_url("**/activation/code/")
    hand.write("code", page.inner_text("[data-code]"))
    hand.press("main form button[type=submit]")
    page.wait_for_url("**/choix/")
    assert Record.objects.get().activated_at is not None
