"""What is read for somebody else speaks of them: a representative, a delegate, a doctor."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from access.models import Authorisation, Delegation
from records.models import Entry, SynthesisLine
from tests.access import cast
from tests.jeanne import circle_period
from tests.records.test_reading import page_of, words as words_of


def asked(jeanne, who, name, *more, status=200, **query):
    """Return the words of a page, as somebody reads them; not what stands around every page."""
    answer = jeanne.browser(who).get(reverse(name, args=[jeanne.record.id, *more]), query)
    assert answer.status_code == status
    whole = answer.content.decode()
    main = whole.partition("<main")[2].partition("</main>")[0]
    return html.unescape(words_of(main or whole))


@pytest.mark.parametrize("page", ["doctor_declare", "doctor_block"])
def test_whoever_decides_for_another_never_reads_that_it_is_theirs(jeanne, page):
    doctor = jeanne.professionals["martin"].id
    said = asked(jeanne, "guardian", f"access:{page}", doctor).lower()
    for theirs in ("votre dossier", "votre médecin", "mon médecin", "votre synthèse"):
        assert theirs not in said


@pytest.mark.parametrize("page", ["close", "take_away"])
def test_closing_and_taking_away_for_another_never_say_that_it_is_theirs(jeanne, page):
    said = asked(jeanne, "guardian", f"records:{page}").lower()
    for theirs in ("votre", "vos ", "mon dossier"):
        assert theirs not in said


def test_a_report_for_another_names_no_dossier_of_ones_own(jeanne):
    jeanne.browser("martin").get(reverse("records:documents", args=[jeanne.record.id]))
    browser = jeanne.browser("guardian")
    looked = browser.get(reverse("access:who_looked", args=[jeanne.record.id])).content.decode()
    address = next(part for part in looked.split('"') if part.endswith("/inconnu/"))
    said = html.unescape(words_of(browser.get(address).content.decode()))
    assert "Ni le nom de la personne, ni ce qu'il y a dans son dossier" in said
    assert "votre dossier" not in said.lower()
    case = browser.post(address, follow=True).content.decode()
    assert "ne voit plus rien de ce dossier" in html.unescape(words_of(case))


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("records:treatments", "Les médicaments de Jeanne"),
        ("access:who_can_see", "Qui peut voir le dossier de Jeanne"),
        ("access:relatives", "Les proches de Jeanne"),
        ("records:close", "Fermer le dossier de Jeanne ?"),
    ],
)
def test_a_page_read_for_another_says_whose_it_is_and_how_old_they_are(jeanne, page, title):
    said = asked(jeanne, "guardian", page)
    assert title in said
    whole = jeanne.browser("guardian").get(reverse(page, args=[jeanne.record.id]))
    strip = whole.content.decode().partition("dmp-strip--record")[2].partition("</div>")[0]
    assert re.search(r"\d+ ans, née le", strip)


def test_the_three_choices_say_for_whom_they_are_and_are_found_by_who_makes_them(jeanne):
    assert "Les choix de Jeanne : urgences et messages" in asked(
        jeanne, "guardian", "access:choices"
    )
    assert "Mes choix : urgences et messages" in asked(jeanne, "jeanne", "access:choices")
    said = asked(jeanne, "guardian", "access:who_can_see")
    assert "Changer les choix d'urgence" in said


def test_an_invitation_asks_for_the_birth_date_it_is_opened_with(jeanne):
    invite = reverse("access:delegate_invite", args=[jeanne.record.id])
    answers = {
        "name": "Paul", "channel": "email", "what": "everything", "writing": "read",
        "lasting": "year",
    }  # fmt: skip
    for who, whose in (("guardian", "la date de naissance de Jeanne"),
                       ("jeanne", "votre date de naissance")):  # fmt: skip
        sent = answers | {"email": f"{who}@exemple.test"}
        said = jeanne.browser(who).post(invite, sent, follow=True).content.decode()
        assert whose in html.unescape(said), who
    taken = jeanne.browser("delegate").get(reverse("access:invitation")).content.decode()
    assert "de la personne dont vous suivrez le dossier" in taken


def test_a_door_says_until_when_and_not_that_the_reader_gave_it(jeanne):
    for who in ("jeanne", "guardian"):
        said = asked(jeanne, who, "access:doctors")
        assert "accès sans date de fin" in said
        assert "par vous" not in said


def test_a_place_that_has_access_is_said_to_have_it(jeanne):
    said = asked(jeanne, "jeanne", "access:doctors", q="pharmacie")
    assert "a accès" in said
    assert "Changer la fin" in said


def test_without_a_treating_gp_nothing_tells_that_there_never_was_one(jeanne, as_owner):
    with as_owner():
        Authorisation.objects.filter(record=jeanne.record, kind="treating_gp").delete()
    said = asked(jeanne, "jeanne", "access:doctors")
    assert "Vous n'avez pas de médecin traitant ici." in said
    assert "pas encore" not in said


def test_a_delegate_is_not_told_that_there_is_nothing_where_they_see_nothing(jeanne, as_owner):
    with as_owner():
        Delegation.objects.filter(record=jeanne.record).update(everything=False, kinds=["results"])
        assert Entry.objects.filter(record=jeanne.record, on_emergency_card=True).exists()
        assert SynthesisLine.objects.filter(record=jeanne.record).exists()
    entries = html.unescape(words_of(page_of(jeanne, "delegate", "entries")))
    assert "La personne choisit ce qu'elle vous montre" in entries
    assert "encore rien écrit" not in entries
    synthesis = html.unescape(words_of(page_of(jeanne, "delegate", "synthesis")))
    assert "Aucune synthèse à lire." in synthesis
    assert "pas encore écrit" not in synthesis

    card = asked(jeanne, "delegate", "records:emergency_card")
    assert "Cette carte peut dire plus que ce que vous voyez." in card
    assert "Rien de ce que vous voyez n'est sur cette carte." in card
    for not_theirs in ("allergies", "Vous choisissez", "Compléter le profil"):
        assert not_theirs not in card


def test_a_card_printed_for_another_says_who_wrote_it(jeanne):
    card = asked(jeanne, "guardian", "records:emergency_card")
    assert "Ne l'imprimez que pour la personne." in card
    assert "Écrit par la personne ou ses proches." in card


def test_during_a_call_nothing_is_said_to_open_what_is_hidden(jeanne, as_owner):
    with as_owner():
        samu = cast.structure("SAMU 35", kind="samu")
        doctor = cast.pro("Régulier", place=samu)
    jeanne.users["regulating"], jeanne.viewers["regulating"] = doctor.user, doctor.viewer
    browser = jeanne.browser("regulating")
    call = html.unescape(browser.get(reverse("records:regulation")).content.decode())
    assert "la référence de l'appel sont écrits dans son dossier" in call
    assert "sauf ce qu'elle a ouvert à l'urgence" not in call
    there = html.unescape(browser.get(reverse("records:emergency")).content.decode())
    assert "sauf ce qu'elle a ouvert à l'urgence" in there


def test_a_place_where_nobody_works_has_no_eyes_to_look_through(jeanne, as_owner):
    with as_owner():
        empty = cast.structure("Pharmacie vide", kind="pharmacy")
        empty.group = Group.objects.create(name="empty")
        empty.save()
        circle_period(jeanne.record, "circle", structure=empty)
    said = asked(jeanne, "jeanne", "access:see_as")
    assert "Pharmacie vide" not in said
