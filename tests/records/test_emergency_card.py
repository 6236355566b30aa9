"""The emergency card on paper: what was put on it, and medicines where they are asked for."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from access.models import Authorisation
from records.models import Entry, Record, ReimbursementLine
from tests.access.test_emergency import ask
from tests.jeanne import add_medicine, hide
from tests.records.test_every_viewer import address
from tests.records.test_treatments_page import METFORMIN, stop


def test_the_card_is_what_was_put_on_it_and_the_family_s_to_print(jeanne):
    page = reverse("records:emergency_card", args=[jeanne.record.id])
    html = jeanne.browser("jeanne").get(page).content.decode()
    card = html.partition('class="dmp-wallet"')[2]

    assert "Pénicilline" in card
    assert "A+" not in card
    assert "Petit" in card
    assert "<svg" in card
    assert str(jeanne.record.id) not in card
    for who, code in (("guardian", 200), ("delegate", 200), ("petit", 404), ("stranger", 404)):
        assert jeanne.browser(who).get(page).status_code == code, who


def test_an_allergy_left_off_the_card_is_offered_and_not_asked_again(jeanne, as_owner):
    with as_owner():
        Entry.objects.filter(id=jeanne.allergy.id).update(on_emergency_card=False)
    page = reverse("records:emergency_card", args=[jeanne.record.id])
    html = jeanne.browser("jeanne").get(page).content.decode()
    assert "Le mettre sur la carte" in html
    assert reverse("records:entry_edit", args=[jeanne.record.id, jeanne.allergy.id]) in html
    assert "Dire mes allergies" not in html


def test_medicines_are_printed_when_asked_and_never_those_that_are_masked(jeanne, as_owner):
    page = reverse("records:emergency_card", args=[jeanne.record.id])
    hers = jeanne.browser("jeanne")
    assert "Metformine" not in hers.get(page).content.decode()
    shown = hers.get(page, {"medicaments": "on"}).content.decode()
    assert "Metformine" in shown
    with as_owner():
        for line in ReimbursementLine.objects.filter(record=jeanne.record, atc="A10BA02"):
            hide(jeanne.record, line)

    masked = hers.get(page, {"medicaments": "on"}).content.decode()
    assert "Metformine" not in masked
    # A delegate would learn of masks by it.
    theirs = jeanne.browser("delegate").get(page, {"medicaments": "on"}).content.decode()
    assert "Médicaments en cours" not in theirs


@pytest.mark.parametrize("why", ["masked", "refused"])
def test_where_nothing_may_be_printed_the_paper_is_silent_and_the_screen_says_why(
    jeanne, as_owner, why
):
    page = reverse("records:emergency_card", args=[jeanne.record.id])
    with as_owner():
        if why == "refused":
            Record.objects.filter(id=jeanne.record.id).update(emergency_refused=True)
        else:
            for line in ReimbursementLine.objects.filter(record=jeanne.record):
                hide(jeanne.record, line)
    html = jeanne.browser("jeanne").get(page, {"medicaments": "on"}).content.decode()
    screen, _, paper = html.partition('class="dmp-wallet"')

    assert "édicament" not in paper
    assert "?medicaments=on" not in screen
    said = {"refused": "urgence est refusé", "masked": "La carte n&#x27;imprime aucun médicament"}
    assert [key for key, words in said.items() if words in screen.replace("'", "&#x27;")] == [why]
    # Nobody is sent to a door that the person has shut.
    assert ("<svg" in paper) == (why == "masked")
    if why == "refused":
        assert "?medicaments=on" not in jeanne.browser("jeanne").get(page).content.decode()


def test_it_prints_what_the_sheet_for_a_trip_does_never_what_was_stopped(jeanne, as_owner):
    with as_owner():
        add_medicine(
            jeanne.record, dt.date(2026, 6, 10), cip13="3400900000017", label="Amoxicilline",
            atc="J01CA04", by=jeanne.professionals["petit"],
        )  # fmt: skip
    stop(jeanne, "jeanne", METFORMIN)
    page = reverse("records:emergency_card", args=[jeanne.record.id])
    html = jeanne.browser("jeanne").get(page, {"medicaments": "on"}).content.decode()
    paper = html.partition('class="dmp-wallet"')[2]

    assert "Amoxicilline" in paper
    assert "Metformine" not in paper


def test_a_card_that_names_the_doctor_alone_is_not_said_to_be_empty(jeanne, as_owner):
    page = reverse("records:emergency_card", args=[jeanne.record.id])
    with as_owner():
        Entry.objects.filter(record=jeanne.record).update(on_emergency_card=False)
    html = jeanne.browser("jeanne").get(page).content.decode()
    assert "Médecin traitant : Dr" in html
    assert "Rien n'est encore sur cette carte" not in html
    assert re.findall(r"<h(\d)", html)[:2] == ["1", "2"]
    with as_owner():
        Authorisation.objects.filter(record=jeanne.record).delete()
    bare = jeanne.browser("jeanne").get(page).content.decode()
    assert "Rien n'est encore sur cette carte" in bare


def test_who_comes_in_an_emergency_reads_first_that_there_is_no_card(jeanne, as_owner):
    profile = reverse("records:entries", args=[jeanne.record.id])
    with as_owner():
        Entry.objects.filter(record=jeanne.record).update(on_emergency_card=False)
    doctor = jeanne.browser("stranger")
    ask(doctor)
    html = doctor.get(address(jeanne, "home")).content.decode()
    card = html.partition('id="carte-urgence"')[2].partition("</section>")[0]
    assert "Aucune carte d'urgence à lire." in card
    assert profile in card
    known = jeanne.browser("petit").get(address(jeanne, "home")).content.decode()
    assert "carte-urgence" not in known
