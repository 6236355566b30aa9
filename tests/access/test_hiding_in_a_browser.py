"""Hiding in a browser: two presses, one more for the proof, with and without scripts."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access import circle
from access.binding import binding
from access.models import Mask
from tests.access import cast


@pytest.fixture
def world(live_server, as_owner):
    """Jeanne, Dr Martin whom she trusts, a letter and the visit it comes from."""
    with as_owner():
        holder = cast.person()
        record = cast.record(holder)
        jeanne = cast.family_viewer(holder)
        martin, garnier = cast.pro("Martin"), cast.pro("Garnier")
        today = timezone.localdate()
        letter = cast.document(record, title="Lettre", by=garnier, occurred_on=today)
        cast.line(
            record,
            occurred_on=today,
            performer_id=garnier.id,
            performer_name=garnier.professional.full_name,
        )
    with binding(jeanne):
        circle.authorise(by=jeanne, record_id=record.id, professional_id=martin.id)
    client = Client()
    client.force_login(cast.User.objects.get(id=jeanne.user_id))
    session = client.session
    session["capacity"], session["second_factor"] = f"patient:{record.id}", "totp"
    session.save()
    address = reverse("records:document", args=[record.id, letter.id])
    return live_server.url, client.cookies["sessionid"].value, address


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_hidden_in_two_presses_proved_by_one_more_and_shown_again_in_one(browser, world, scripts):
    url, session, address = world
    context = browser.new_context(
        base_url=url,
        java_script_enabled=scripts,
        locale="fr",
        viewport={"width": 390, "height": 844},
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="Masquer au Dr Martin").click()
    title = page.locator("h1").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert title == "Masquer ces éléments au Dr Martin ?"
    button = page.locator("button.dmp-button--hide-now")
    if scripts:
        page.wait_for_load_state()  # until then nothing counts the boxes
        boxes = page.locator("input[name=e]")
        boxes.last.uncheck()
        assert button.inner_text().strip() == "Masquer cet élément"
        boxes.first.uncheck()
        assert button.inner_text().strip() == "Masquer ce qui est coché"
        boxes.first.check()
        boxes.last.check()
    counted = "Masquer ces 2 éléments" if scripts else "Masquer ce qui est coché"
    assert button.inner_text().strip() == counted
    button.click()
    page.wait_for_url("**/masques/**")
    said = page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")
    assert "Le Dr Martin ne voit plus ces 2 éléments" in said
    assert Mask.objects.filter(ended_at=None).count() == 2

    receipt = page.url
    page.get_by_role("button", name="Voir comme le Dr Martin").click()
    page.wait_for_load_state()
    frame = page.inner_text("body")
    assert "Dr Martin" in frame.replace("\N{NO-BREAK SPACE}", " ")
    assert page.goto(address).status == 404, "through Dr Martin's eyes there is no such document"
    page.goto(receipt.rpartition("/masques/")[0])
    page.get_by_role("button", name=re.compile("Quitter")).first.click()
    page.goto(receipt)

    page.get_by_role("button", name="Annuler").click()
    page.wait_for_load_state()
    assert "C'est fait. 2 éléments sont de nouveau montrés." in page.inner_text("main")
    assert not Mask.objects.filter(ended_at=None).exists()
    context.close()


COVERED = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const bar = document.querySelector('.dmp-see-as__bar');
  const inside = bar.contains(document.activeElement);
  return !inside && box.top < bar.getBoundingClientRect().bottom - 1;
}"""


@pytest.mark.browser
def test_the_bar_of_somebody_s_eyes_never_covers_what_has_the_focus(browser, world):
    """Going back with the keyboard, on a phone: its three lines lay over the line reached."""
    url, session, address = world
    context = browser.new_context(
        base_url=url, locale="fr", viewport={"width": 390, "height": 600}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page = context.new_page()
    page.goto(address)
    home = page.url.partition("documents/")[0]
    page.goto(f"{home}voir-comme/")
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.goto(f"{home}soins/")
    page.locator("footer a").last.focus()
    stops = 0
    while not page.evaluate("document.activeElement.closest('.dmp-see-as__bar')"):
        page.keyboard.press("Shift+Tab")
        stops += 1
        assert not page.evaluate(COVERED), page.evaluate("document.activeElement.outerHTML")
    assert stops > 10
    context.close()


@pytest.mark.browser
def test_who_looks_for_a_name_by_keyboard_stays_where_it_was_typed(browser, world):
    """The answer began at the top of a long page: everything was to be passed again."""
    url, session, address = world
    context = browser.new_context(
        base_url=url,
        java_script_enabled=False,
        locale="fr",
        viewport={"width": 390, "height": 844},
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page = context.new_page()
    page.goto(f"{address.partition('documents/')[0]}regles/ajouter/")
    page.get_by_label("Quelqu'un d'autre").fill("Garnier")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=Garnier*#chercher")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "recherche"
    page.get_by_role("link", name="Ajoutés en tête").press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_whom_0"
    label = page.locator("label[for=id_whom_0]").inner_text()
    assert "Garnier" in label
    context.close()
