"""The gallery in a real browser: reachable, readable, usable with and without JavaScript."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest


pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]


def _look(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/look", "--gallery", "--out", "var/look", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_no_component_breaks_accessibility_or_the_narrowest_screen():
    done = _look("--languages", "fr")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_looks_at_the_pages_sees_what_is_wrong():
    done = _look("--languages", "fr", "fautes")
    assert done.returncode == 1
    for fault in ("axe critical label", "320 px: sticks out", "px: target", "console: "):
        assert fault in done.stdout, done.stdout


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page, gallery):
    page.goto(f"{gallery}/accueil")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Aller au contenu"
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


def test_every_place_of_the_navigation_is_on_the_screen(page, gallery):
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{gallery}/accueil")
        for link in page.locator(".dmp-nav a").all():
            box = link.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["height"] >= 44


def test_the_language_changes_and_the_page_stays_without_javascript(plain_page, gallery):
    plain_page.goto(f"{gallery}/documents?q=radio")
    assert plain_page.locator("html").get_attribute("lang") == "fr"
    plain_page.get_by_role("button", name="English").click()
    assert plain_page.url == f"{gallery}/documents?q=radio"
    assert plain_page.locator("html").get_attribute("lang") == "en"
    assert plain_page.get_by_role("button", name="Français").count() == 1


def test_the_content_begins_in_the_first_quarter_of_a_phone(page, gallery):
    page.goto(f"{gallery}/accueil")
    assert page.locator(".dmp-nav a").count() >= 5
    assert page.locator("main").bounding_box()["y"] < 844 / 4


def test_one_can_leave_without_javascript(plain_page, gallery):
    plain_page.goto(f"{gallery}/accueil")
    leave = plain_page.get_by_role("button", name="Se déconnecter")
    assert not leave.is_visible()
    plain_page.locator("summary", has_text="Jeanne Morel").click()
    leave.click()
    assert plain_page.url == f"{gallery}/sortir"


def test_the_account_closes_with_escape_and_gives_the_focus_back(page, gallery):
    page.goto(f"{gallery}/accueil")
    page.locator(".dmp-account summary").click()
    leave = page.get_by_role("button", name="Se déconnecter")
    assert leave.is_visible()
    page.keyboard.press("Escape")
    assert not leave.is_visible()
    assert page.locator("summary:focus").count() == 1


def test_a_form_pressed_twice_leaves_once(page, gallery):
    sent = []
    page.goto(f"{gallery}/masquer")
    page.route("**/masquer", lambda route: sent.append(route.request.method))
    page.evaluate(
        "() => { const button = document.querySelector('main form button');"
        " button.click(); button.click(); button.click(); }"
    )
    page.wait_for_timeout(300)
    assert sent == ["POST"]


def test_problems_take_the_focus_and_lead_to_their_answer(page, gallery):
    page.goto(f"{gallery}/ouvrir")
    assert "Il y a un problème" in page.locator(":focus").inner_text()
    page.get_by_role("link", name="Choisissez une pièce d'identité.").click()
    assert page.locator(":focus").get_attribute("id") == "id_piece_0"
    assert page.title().startswith("Un problème")


def test_a_whole_row_can_be_pressed_to_choose(page, gallery):
    page.goto(f"{gallery}/parties")
    row = page.locator(".govuk-radios__item", has_text="Passeport")
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    assert box["height"] >= 44
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + 8)
    assert row.locator("input").is_checked()


def test_titles_blur_on_demand_and_stay_blurred_on_the_next_page(page, gallery):
    blur = "getComputedStyle(document.querySelector('.dmp-private')).filter"
    page.goto(f"{gallery}/documents")
    assert page.evaluate(blur) == "none"
    page.locator(".dmp-account summary").click()
    page.get_by_role("button", name="Flouter les titres").click()
    page.goto(f"{gallery}/documents")
    assert "blur" in page.evaluate(blur)


# What a browser says of its voices, and what it was given to say.
VOICES = """
voices => {
  window.said = [];
  const speech = new EventTarget();
  speech.getVoices = () => voices;
  speech.speak = (one) => window.said.push([one.text, one.lang]);
  speech.cancel = () => window.said.push("silence");
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}
"""


@pytest.mark.parametrize(
    ("voices", "offered"),
    [
        ([{"lang": "fr-FR", "localService": True}], True),
        (
            [{"lang": "fr-FR", "localService": False}, {"lang": "en-GB", "localService": True}],
            False,
        ),
    ],
    ids=["a voice of the device", "a voice that sends words away, another's"],
)
def test_words_are_read_aloud_by_a_voice_of_the_device_and_by_no_other(
    page, gallery, voices, offered
):
    page.add_init_script(f"({VOICES})({json.dumps(voices)})")
    page.goto(f"{gallery}/parties")
    button = page.get_by_role("button", name="Écouter")
    assert button.count() == offered
    if offered:
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        [_first, (words, language)] = page.evaluate("window.said")
        assert " ".join(words.split()) == "Vous choisissez qui voit quoi. C'est gratuit."
        assert language == "fr-FR"
        button.click()
        assert button.get_attribute("aria-pressed") == "false"
        assert page.evaluate("window.said.at(-1)") == "silence"


def test_what_is_folded_is_printed_open(page, gallery):
    page.goto(f"{gallery}/soins")
    fold = (
        "<details class='dmp-fold'><summary>Titre du pli</summary><p>Au fond du pli</p></details>"
    )
    page.locator("main").evaluate(
        "(main, fold) => main.insertAdjacentHTML('beforeend', fold)", fold
    )
    printed = pypdfium2.PdfDocument(page.pdf())
    said = " ".join(sheet.get_textpage().get_text_range() for sheet in printed)
    assert "Titre du pli" in said
    assert "Au fond du pli" in said


def test_french_punctuation_stays_with_its_word(page, gallery):
    page.goto(f"{gallery}/masquer")
    assert page.locator("h1").inner_text().endswith("Martin\N{NO-BREAK SPACE}?")


@pytest.mark.parametrize("path", ["masquer", "parties", "soins"])
def test_a_doctor_is_not_parted_from_the_name_nor_a_telephone_number_cut(page, gallery, path):
    page.goto(f"{gallery}/{path}")
    said = page.evaluate("document.body.textContent")
    assert not re.search(r"\b(?:Dr|Pr) [A-Z]", said)
    assert not re.search(r"\b0\d(?: \d\d){4}\b", said)
    assert not re.search(r"\d (?:ans?|mois|heures?)\b", said)
    typed = page.evaluate("[...document.querySelectorAll('input')].map(e => e.value).join('|')")
    assert "\N{NO-BREAK SPACE}" not in typed


def test_what_is_chosen_can_be_told_without_colours(browser, gallery):
    context = browser.new_context(forced_colors="active", locale="fr")
    page = context.new_page()
    page.goto(f"{gallery}/parties")
    chips = page.locator(".dmp-chip--sees, .dmp-chip--hidden").all_inner_texts()
    assert {text.strip() for text in chips} >= {"voit", "ne voit pas"}
    button = page.locator(".govuk-button").first
    assert button.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    context.close()


def test_the_picture_of_24_months_is_drawn_in_the_reader_s_colours(browser, gallery):
    context = browser.new_context(forced_colors="active", color_scheme="dark", locale="fr")
    page = context.new_page()
    page.goto(f"{gallery}/soins")
    fills = page.evaluate("""() => ["label", "axis", "dot"].map(part => {
      const drawn = document.createElementNS("http://www.w3.org/2000/svg", "text");
      drawn.setAttribute("class", `dmp-months__${part}`);
      document.body.append(drawn);
      return getComputedStyle(drawn).fill;
    })""")
    assert set(fills) == {page.evaluate("getComputedStyle(document.body).color")}
    context.close()


@pytest.mark.parametrize("path", ["accueil", "documents"])
def test_a_page_is_light(page, gallery, path):
    answer = page.goto(f"{gallery}/{path}")
    assert len(answer.body()) < 60_000
    assert page.locator("h1").count() == 1
    plain = ".govuk-button:not(.govuk-button--secondary, .dmp-button--plain, .dmp-button--hide)"
    assert page.locator(f"main {plain}").count() <= 1


def test_paper_carries_the_content_and_not_the_chrome(page, gallery):
    page.goto(f"{gallery}/document")
    page.emulate_media(media="print")
    assert page.get_by_text("J'ai vu ce jour Madame Morel").is_visible()
    assert page.get_by_text("ne voit pas").is_visible()
    assert not page.locator(".dmp-nav").is_visible()
    assert page.locator("main .dmp-row__side a").count() == 1
    assert not page.locator("main :is(.dmp-row__side a, .dmp-actions, button):visible").count()
    page.goto(f"{gallery}/parties")
    assert page.locator(".dmp-pages").count() == 1
    assert not page.locator(".dmp-pages").is_visible()
