"""From the counter where somebody says who their doctor is, to the day that doctor reads."""

from __future__ import annotations

import datetime as dt

import pytest

from imports import demo_world
from tests.journeys.walking import activate, code_of_the_leaflet, open_for_angele, walking


SUBMIT = "main form button[type=submit]:not([name])"


def said(me):
    """What the page says, each space a space."""
    return " ".join(me.words.split())


@pytest.fixture
def world(transactional_db, as_owner, settings):
    """The people of the demonstration; no claims."""
    settings.DMP_DEMO = True
    with as_owner():
        list(demo_world.build(dt.date.today()))  # noqa: DTZ011  # as the product does


@pytest.mark.browser
@pytest.mark.slow
def test_a_doctor_named_at_the_counter_reads_once_the_person_says_yes(world, browser, live_server):
    with walking(browser, live_server.url, "fr") as me:
        me.be("Delmas")
        me.go("/ouvrir/")
        open_for_angele(me, "fr")
        with me.counting() as naming:
            me.press("a:has-text('Dire qui')")
            me.write("input[name=q]", "petit")
            me.press("form[role=search] button")
            me.press("a:has-text('est ce médecin')")
            me.press(SUBMIT)
        assert naming == [5]
        assert "Le Dr Petit, dès que ce sera confirmé." in said(me)
        code = code_of_the_leaflet(me)
        me.be("Petit")
        me.go("/mes-patients/")
        assert "Angèle" not in said(me)
        me.leave()

        me.go(f"/activation/?code={code}")
        activate(me)
        record = me.page.url.split("/dossiers/")[1].split("/")[0]
        me.go(f"/dossiers/{record}/")
        assert "Le Dr Petit a été noté comme votre médecin traitant." in said(me)
        me.press("a:has-text('Confirmer ou refuser')")
        assert "Vous ne masquez rien aujourd'hui." in said(me)
        me.press("button:has-text('mon médecin traitant')")
        assert "C'est confirmé." in me.page.inner_text("body")
        me.leave()

        me.be("Petit")
        me.go("/mes-patients/")
        assert "Angèle" in said(me)
