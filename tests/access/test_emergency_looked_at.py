"""« Qui a regardé » : an emergency that waits to be looked at is told once, and none is lost."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

from django.urls import reverse

from access.binding import frozen_clock
from access.models import Opening
from tests.access.cast import NOON
from tests.access.test_emergency import TEXT, ask
from tests.records.test_every_viewer import address


def journal(world):
    page = reverse("access:who_looked", args=[world.record.id])
    with frozen_clock(NOON + dt.timedelta(hours=1)):
        html = world.browser("jeanne").get(page).content.decode()
    said = re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ")
    return re.sub(r"\s+", " ", unescape(said))


def test_it_is_told_in_one_place_with_what_was_done_and_the_name_in_one_form(jeanne):
    roche = jeanne.browser("stranger")
    ask(roche)
    with frozen_clock(NOON + dt.timedelta(minutes=1)):
        roche.get(address(jeanne, "document", "letter"))

    said = journal(jeanne)
    assert said.count(TEXT) == 1
    assert said.count("a ouvert un accès d'urgence et ouvert 1 document") == 1
    assert "En urgence" not in said
    assert said.count("accès d'urgence") == 1, "its kind is said by the title and the sentence"
    assert "Encore ouvert" in said
    assert set(re.findall(r"Le Dr [\w ]*?Roche", said)) == {
        "Le " + jeanne.viewers["stranger"].name
    }


def test_looked_at_it_is_still_told_among_the_emergencies(jeanne):
    ask(jeanne.browser("stranger"))
    seen = reverse("access:emergency_seen", args=[jeanne.record.id, Opening.objects.get().id])
    jeanne.browser("jeanne").post(seen)

    said = journal(jeanne)
    assert "à regarder" not in said
    assert "En urgence" in said
    assert said.count(TEXT) == 1


def test_two_openings_of_one_day_are_two_rows_and_their_visit_is_told_with_one(jeanne):
    roche = jeanne.browser("stranger")
    ask(roche)
    roche.post(reverse("access:emergency_end", args=[jeanne.record.id, Opening.objects.get().id]))
    with frozen_clock(NOON + dt.timedelta(minutes=2)):
        ask(roche, text="Elle a perdu connaissance de nouveau.")

    said = journal(jeanne)
    assert said.count("Bloquer") == 2
    assert said.count("a ouvert 2 accès d'urgence") == 1
    assert "Fermé le" in said
    assert "Encore ouvert" in said


def test_the_first_page_says_once_what_waits_there_for_an_answer(jeanne):
    ask(jeanne.browser("stranger"))
    home = reverse("records:home", args=[jeanne.record.id])
    html = unescape(jeanne.browser("jeanne").get(home).content.decode())
    assert "1 accès d'urgence à regarder" in html
    assert "sans votre accord préalable" not in html

    seen = reverse("access:emergency_seen", args=[jeanne.record.id, Opening.objects.get().id])
    jeanne.browser("jeanne").post(seen)
    html = unescape(jeanne.browser("jeanne").get(home).content.decode())
    assert "à regarder" not in html
    assert "Quelqu'un a ouvert votre dossier sans votre accord préalable." in html
    assert "vient d'ouvrir" not in html, "looked at, it is among what was told, and no alarm"
    assert "fermer cet accès" not in html
