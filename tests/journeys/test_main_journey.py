"""The whole purpose, in a browser, in both languages, at the width of a telephone."""

from __future__ import annotations

import re

import pytest

from imports import demo_world
from tests.journeys.walking import (
    activate,
    code_of_the_leaflet,
    load_stories,
    open_for_angele,
    walking,
)


UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
# Among events, the address of the one made of the most lines.
MOST_LINES = """events => events
  .map(event => [event.dataset.element.split(' ').length, event.querySelector('a').href])
  .sort((one, other) => other[0] - one[0])[0][1]"""
VALUES = "boxes => boxes.map(box => box.value)"


@pytest.fixture
def world(transactional_db, as_owner, settings, tmp_path, worker):
    """The directory, the accounts and the claims; no record yet. A real worker waits."""
    settings.DMP_DEMO = True
    with as_owner():
        demo_world.build_directory()
    load_stories(tmp_path / "claims")


#: What was ticked, in the reader's own language.
NO_ALLERGY = {"fr": "Aucune allergie connue", "en": "No known allergy"}


@pytest.mark.browser
@pytest.mark.parametrize("language", ["fr", "en"])
def test_from_the_counter_to_a_synthesis_that_others_read(  # noqa: PLR0915  # one story
    world, browser, live_server, language, record_property
):
    with walking(browser, live_server.url, language) as me:
        # At the counter: the pharmacist opens Angèle's record.
        me.be("Delmas")
        me.go("/ouvrir/")
        with me.counting() as opening:
            open_for_angele(me, language)
        assert "/ouvrir/fait/" in me.page.url
        assert opening[0] <= 12
        code = code_of_the_leaflet(me)
        assert len(code) == 9
        me.leave()

        # At home: Angèle activates her account from the leaflet; her care is there already.
        me.go(f"/activation/?code={code}")
        with me.counting() as activating:
            activate(me)
        assert activating[0] <= 8
        record = re.search(r"/dossiers/([0-9a-f-]{36})/", me.page.url).group(1)
        base = f"/dossiers/{record}"
        me.go(f"{base}/soins/")
        assert me.page.locator("li.dmp-event").count() > 3
        assert "€" in me.words

        # Her doctors: Dr Petit treats her, Dr Martin may read.
        me.go(f"{base}/soignants/?q=Petit")
        me.press("a[href$='/medecin-traitant/']:visible >> nth=-1")
        me.press("main form button[type=submit]")
        me.go(f"{base}/soignants/?q=Martin")
        me.press("a[href$='/acces/']")
        me.press("main form button[type=submit]")

        # A visit and all that goes with it, hidden from Dr Martin in two presses.
        me.go(f"{base}/soins/")
        care = me.page.locator("li.dmp-event", has_not_text="Martin").evaluate_all(MOST_LINES)
        me.go(care)
        lines = me.page.locator("li[data-element]").count()
        with me.counting() as hiding:
            me.press("a[href*='/masquer/']:has-text('Martin')")
            ticked = me.page.locator("input[name=e]:checked").evaluate_all(VALUES)
            hidden = {key for value in ticked for key in value.split()}
            me.press("main form button.dmp-button--hide-now")
        assert hiding[0] == 2
        assert len(hidden) >= lines > 1
        assert "Martin" in me.words
        me.leave()

        # Dr Martin reads the record and finds no trace of any of it.
        me.be("Martin")
        pages = 0
        for part in ("", "soins/", "soins/?page=2", "medicaments/", "documents/"):
            me.go(f"{base}/{part}")
            shown = set(re.findall(UUID, me.page.content())) & hidden
            assert not shown, part
            pages += me.page.locator("[data-element]").count()
        assert pages > 0
        told = me.page.goto(care)
        missing = me.page.goto(f"{base}/soins/00000000-0000-7000-8000-000000000000/")
        assert (told.status, missing.status) == (404, 404)
        me.leave()

        # Dr Petit still reads it, with a padlock, and signs the synthesis.
        me.be("Petit")
        me.go(care)
        assert me.page.locator("li[data-marks~='padlock']").count() == lines
        me.go(f"{base}/")
        with me.counting() as signing:
            me.press("a[href$='/synthese/brouillon/']")
            me.tick("#allergies-none")
            me.press("main form button[type=submit]")
            me.press("main form button[type=submit]")
        assert signing[0] <= 5
        me.leave()

        # Dr Martin reads the synthesis, first on the record's page.
        me.be("Martin")
        me.go(f"{base}/")
        assert NO_ALLERGY[language] in me.words
        record_property("opening", opening[0])
        record_property("activating", activating[0])
        record_property("hiding", hiding[0])
        record_property("signing", signing[0])
