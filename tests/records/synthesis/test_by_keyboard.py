"""The desk in a browser without scripts, by keyboard alone: at most five interactions."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from records.models import Synthesis
from tests.jeanne import build


MOST = 5
MOST_TABS = 80


@pytest.fixture
def petit(live_server, as_owner):
    """Jeanne's world, committed, and Dr Petit signed in."""
    with as_owner():
        world = build()
    cookie = world.browser("petit").cookies["sessionid"].value
    return world, live_server.url, cookie


def go_to(page, selector):
    """Move the focus to a control, as Tab does: moving isn't an interaction, pressing is."""
    for _tab in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"Tab never comes to {selector} on {page.url}")


@pytest.mark.browser
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_published_by_keyboard_without_scripts(browser, petit, locale):
    world, url, cookie = petit
    context = browser.new_context(
        base_url=url, java_script_enabled=False, locale=locale,
        viewport={"width": 390, "height": 844},
    )  # fmt: skip
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
    page = context.new_page()
    page.goto(reverse("records:home", args=[world.record.id]))
    before = Synthesis.objects.count()
    presses = 0
    for selector, key, leads_to in (
        ("a[href$='/synthese/brouillon/']", "Enter", "**/brouillon/"),
        ("#allergies-none", "Space", ""),
        ("#despite", "Space", ""),  # she wrote an allergy: the doctor has checked with her
        ("main form button[type=submit]", "Enter", "**/relire/"),
        ("main form button[type=submit]", "Enter", "**/synthese/"),
    ):
        go_to(page, selector)
        page.keyboard.press(key)
        presses += 1
        if leads_to:
            page.wait_for_url(leads_to)
    assert presses <= MOST
    assert Synthesis.objects.count() == before + 1
    answer = "Aucune allergie connue" if locale == "fr" else "No known allergy"
    assert answer in page.inner_text("main")
    # They are told how long it took, from the first sight of the draft.
    assert re.search(r"(signée, en|signed, in) \d+ s", page.inner_text("body"))
    # A mistake is undone in one press more.
    go_to(page, "form[action$='/defaire/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/brouillon/")
    context.close()
