"""Medicines: three groups made after the gate, « je ne le prends plus », the sheet for a trip."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access import masks
from access.binding import frozen_clock
from access.models import Delegation, Mask
from access.policy import Refused
from records.models import Entry, ReimbursementLine
from records.stopping import stop_taking
from tests.access.cast import NOON
from tests.jeanne import add_entry, add_medicine, hide, metformin
from tests.records.test_every_viewer import address
from tests.records.test_reading import PADLOCK, marks_on, page_of, words


METFORMIN, SERTRALINE = "A10BA02", "N06AB06"
NOT_ALL = "Les remboursements ne montrent pas tout."


def groups(html):
    """The medicines under each title, in the order of the page."""
    found = {}
    group = re.compile(r'<section[^>]*aria-labelledby="etat-(.*?)</section>', re.DOTALL)
    for section in group.findall(html):
        names = re.findall(r"<h3[^>]*>(.*?)</h3>", section, re.DOTALL)
        found[section.split('"')[0]] = [name.strip() for name in names]
    return found


def stop(world, who, key):
    with world.as_(who) as by:
        stop_taking(by=by, record_id=world.record.id, treatment=key)


def said(world, key):
    return Entry.objects.filter(record=world.record, content__treatment=key, withdrawn_at=None)


def test_a_medicine_is_told_with_its_days_its_gaps_and_who_prescribed_it(jeanne, as_owner):
    with as_owner():
        petit = jeanne.professionals["petit"]
        metformin(jeanne.record, dt.date(2025, 9, 1), petit)
        add_medicine(
            jeanne.record, dt.date(2025, 1, 10), cip13="3400900000017", label="Amoxicilline",
            atc="J01CA04", by=petit,
        )  # fmt: skip
    html = page_of(jeanne, "jeanne", "treatments")

    assert groups(html) == {
        "in_progress": ["Sertraline", "Metformine"], "past": ["Amoxicilline"],
    }  # fmt: skip
    text = words(html)
    assert "Délivré en pharmacie 4 fois en 12 mois, la dernière le 12 mai 2026" in text
    assert "Prescrit par le Dr Alix Petit" in text
    assert "Rien de délivré entre le 1er septembre 2025 et le 10 mars 2026" in text
    assert "Famille : Médicaments du diabète" in text
    for day in ("1er septembre 2025", "10 mars 2026", "11 avril 2026", "12 mai 2026"):
        assert f"<li>{day}</li>".replace(" ", "\xa0", 1) in html
    assert NOT_ALL in text
    assert text.count("Je ne le prends plus") == 2  # not of what is past
    # On paper: whose they are, and of which day.
    [on_paper] = re.findall(r"dmp-paper-only[^>]*>([^<]*)<", html)
    assert on_paper == "Jeanne Morel, 15\xa0juin 2026"


def test_a_medicine_is_named_by_its_substance_and_by_the_boxes_the_reader_sees(jeanne, as_owner):
    given = {"cip13": "3400900000017", "atc": METFORMIN, "by": jeanne.professionals["petit"]}
    with as_owner():
        for day, box in ((2, "Stagid 700 mg"), (3, "Diabamyl 850 mg"), (4, "Glucophage 500 mg")):
            line = add_medicine(
                jeanne.record, dt.date(2026, 6, day), label=f"{box} comprimé, boîte de 30", **given
            )  # fmt: skip
    # The latest first, two at most; a generic is called by its substance already.
    whole = "Metformine (Glucophage, Diabamyl)"
    for page in ("home", "care_months", "treatments"):
        assert whole in words(page_of(jeanne, "jeanne", page)), page
        assert whole in words(page_of(jeanne, "martin", page)), page
    with as_owner():
        hide(jeanne.record, line)
    for page in ("home", "care_months", "treatments"):
        assert whole in words(page_of(jeanne, "jeanne", page)), page
        seen = words(page_of(jeanne, "martin", page))
        assert "Metformine (Diabamyl, Stagid)" in seen, page
        assert "Glucophage" not in seen, page


def test_a_box_is_called_by_the_tables_whatever_the_file_says(jeanne, as_owner):
    given = {"cip13": "3400934034190", "atc": SERTRALINE, "by": jeanne.professionals["petit"]}
    with as_owner():
        add_medicine(jeanne.record, dt.date(2026, 6, 9), label="", **given)
    for page in ("home", "care_months", "treatments"):
        assert "Sertraline (Zoloft)" in words(page_of(jeanne, "jeanne", page)), page


def test_its_family_is_in_plain_words_for_the_family_alone(jeanne):
    plain = "Famille : Médicaments de la dépression"
    assert plain in words(page_of(jeanne, "jeanne", "treatments"))
    doctor = words(page_of(jeanne, "petit", "treatments"))
    assert "Famille : Psychoanaleptiques" in doctor
    assert plain not in doctor


def test_who_prescribed_it_reads_as_a_sentence(jeanne, as_owner):
    with as_owner():
        metformin(jeanne.record, dt.date(2026, 6, 9), jeanne.professionals["martin"])
    text = words(page_of(jeanne, "jeanne", "treatments"))
    assert re.search(r"Prescrit par le Dr \w+ Martin et le Dr Alix Petit", text)


@pytest.mark.parametrize(
    ("early", "said"),
    [
        (1, ["Délivré le 12 mai 2026, puis de nouveau dès le 13 mai 2026"]),
        (4, ["Délivré 4 fois en avance, la dernière le 16 mai 2026"]),
    ],
)
def test_a_box_given_long_before_the_last_could_be_used_is_told(jeanne, as_owner, early, said):
    with as_owner():
        for day in range(early):
            metformin(jeanne.record, dt.date(2026, 5, 13 + day), jeanne.professionals["petit"])
    text = words(page_of(jeanne, "martin", "treatments"))
    told = r"Délivré (?:le [\w ]+, puis de nouveau dès le|\d+ fois en avance, la dernière le)"
    assert re.findall(rf"{told} \d+ \w+ 2026", text) == said


def test_one_box_given_lately_is_nothing_of_the_past(jeanne, as_owner):
    with as_owner():
        add_medicine(
            jeanne.record, dt.date(2026, 6, 10), cip13="3400900000017", label="Amoxicilline",
            atc="J01CA04", by=jeanne.professionals["petit"],
        )  # fmt: skip
    assert groups(page_of(jeanne, "jeanne", "treatments")) == {
        "in_progress": ["Sertraline", "Metformine"], "lately": ["Amoxicilline"],
    }  # fmt: skip
    assert "Amoxicillin" in page_of(jeanne, "jeanne", "travel_sheet")
    assert "Amoxicilline" in page_of(jeanne, "jeanne", "home")


def test_a_hidden_medicine_leaves_no_trace_and_a_seen_one_its_padlock(jeanne):
    as_gp, as_martin = (page_of(jeanne, who, "treatments") for who in ("petit", "martin"))

    assert groups(as_gp) == {"in_progress": ["Sertraline", "Metformine"]}
    assert marks_on(as_gp, jeanne.pill) == {PADLOCK}
    assert groups(as_martin) == {"in_progress": ["Metformine"]}
    assert "ertraline" not in as_martin
    for html in (as_gp, as_martin):
        assert "Je ne le prends plus" not in html
        assert "N'est plus pris" not in html
        assert "voyage" not in html


def test_two_worlds_that_differ_in_what_is_hidden_give_one_page(jeanne, as_owner):
    before = page_of(jeanne, "martin", "treatments")
    stop(jeanne, "jeanne", SERTRALINE)
    with as_owner():
        ReimbursementLine.objects.filter(record=jeanne.record, atc=SERTRALINE).update(
            withdrawn_at=NOON
        )

    def plain(html):
        return re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", html)

    assert plain(page_of(jeanne, "martin", "treatments")) == plain(before)


def test_nothing_given_says_so_and_offers_to_add(jeanne, as_owner):
    with as_owner():
        ReimbursementLine.objects.filter(record=jeanne.record, section="MED").update(
            withdrawn_at=NOON
        )
    mine = words(page_of(jeanne, "jeanne", "treatments"))

    assert "Aucun médicament vu dans vos remboursements." in mine
    assert "Ajouter un médicament" in mine
    assert NOT_ALL in mine
    assert NOT_ALL in words(page_of(jeanne, "martin", "treatments"))


def test_a_record_to_which_nothing_was_sent_says_so_of_its_medicines_too(jeanne, as_owner):
    with as_owner():
        ReimbursementLine.objects.filter(record=jeanne.record).update(withdrawn_at=NOON)

    for who, sent in (
        ("jeanne", "Votre caisse n'a encore rien envoyé pour vous."),
        ("petit", "La caisse n'a encore rien envoyé pour cette personne."),
    ):
        told = words(page_of(jeanne, who, "treatments")).replace("&#x27;", "'")
        assert sent in told
        assert "Aucun médicament vu" not in told
    told = words(page_of(jeanne, "martin", "treatments"))
    assert "rien envoyé" not in told
    assert "Aucun médicament vu dans les remboursements." in told


def test_who_is_shown_a_part_is_never_told_that_no_medicine_is_taken(jeanne, as_owner):
    with as_owner():
        Delegation.objects.filter(record=jeanne.record).update(
            everything=False, kinds=["medicines"]
        )
    for page in ("home", "treatments", "travel_sheet"):
        said = words(page_of(jeanne, "delegate", page))
        assert "Aucun médicament vu" not in said, page
        assert "Aucun médicament en cours" not in said, page
        assert "No medicine in use" not in said, page
        assert "No medicine seen" not in said, page


def test_no_longer_taken_is_an_entry_written_once_until_it_is_given_again(jeanne, as_owner):
    browser = jeanne.browser("jeanne")
    where = reverse("records:treatment_stop", args=[jeanne.record.id])
    for _again in range(2):
        assert browser.post(where, {"treatment": METFORMIN}).status_code == 302
    [entry] = said(jeanne, METFORMIN)

    assert entry.content == {"text": "Je ne prends plus : Metformine", "treatment": METFORMIN}
    assert (entry.kind, entry.author_kind, entry.type_code) == (
        "treatment", "holder", "EXPPAT_2",
    )  # fmt: skip
    assert [act for act, _who in jeanne.events()] == ["entry_written"]
    assert "Vous avez dit le 15 juin 2026 ne plus le prendre." in words(
        page_of(jeanne, "jeanne", "treatments")
    )
    as_martin = words(page_of(jeanne, "martin", "treatments"))
    assert "Le profil médical dit depuis le 15 juin 2026 qu'il n'est plus pris." in as_martin
    with as_owner():
        metformin(jeanne.record, dt.date(2026, 6, 20), jeanne.professionals["petit"])
    with frozen_clock(NOON + dt.timedelta(days=10)):
        later = words(page_of(jeanne, "jeanne", "treatments"))
    assert "Vous avez dit le" not in later
    assert "Je ne prends plus : Metformine" in later  # what was written stays, as written


def test_what_is_said_of_a_hidden_medicine_is_hidden_like_it_and_shown_with_it(jeanne):
    stop(jeanne, "jeanne", SERTRALINE)
    [entry] = said(jeanne, SERTRALINE)

    assert entry.categories == 1
    profile = page_of(jeanne, "petit", "entries")
    assert marks_on(profile, entry) == {PADLOCK}
    for who in ("martin", "pharmacist"):
        for page in ("entries", "treatments"):
            assert "prends plus" not in page_of(jeanne, who, page)


def test_hiding_a_medicine_takes_what_was_said_of_it_along(jeanne):
    stop(jeanne, "jeanne", METFORMIN)
    [entry] = said(jeanne, METFORMIN)
    audience = masks.Audience.parse(
        f"professional:{jeanne.professionals['martin'].professional.id}"
    )
    with jeanne.as_("jeanne") as by:
        view = masks.weigh(
            by=by, record_id=jeanne.record.id, element_ids=[jeanne.medicine.id], audience=audience
        )

    assert str(entry.id) in {choice.value for choice in view.together}


def test_a_rule_on_a_prescriber_reaches_what_is_said_of_their_prescriptions(jeanne, as_owner):
    with as_owner():
        Mask.objects.filter(record=jeanne.record).delete()
        hide(jeanne.record, jeanne.pill, audience="structure", audience_id=jeanne.pharmacy.id)
        Mask.objects.create(
            record=jeanne.record, target="professional", audience="everyone", since=NOON,
            target_id=jeanne.professionals["garnier"].professional.id,
        )  # fmt: skip
    stop(jeanne, "jeanne", SERTRALINE)

    assert "prends plus" not in page_of(jeanne, "martin", "entries")
    assert "prends plus" in page_of(jeanne, "petit", "entries")


@pytest.mark.parametrize("who", ["petit", "martin", "stranger", "agent"])
def test_who_is_not_of_the_family_stops_nothing_and_gets_no_sheet(jeanne, who):
    browser = jeanne.browser(who)
    where = reverse("records:treatment_stop", args=[jeanne.record.id])

    assert browser.post(where, {"treatment": METFORMIN}).status_code == 404
    assert browser.get(address(jeanne, "travel_sheet")).status_code == 404
    assert not said(jeanne, METFORMIN)
    assert jeanne.events() == []


@pytest.mark.parametrize("key", ["", "A10BA03", "x" * 5000, "A10BA02\x00"])
def test_a_medicine_that_is_not_there_is_missing(jeanne, key):
    where = reverse("records:treatment_stop", args=[jeanne.record.id])

    assert jeanne.browser("jeanne").post(where, {"treatment": key}).status_code == 404
    assert jeanne.events() == []


def test_a_full_profile_says_so(jeanne, as_owner):
    with as_owner():
        for at in range(497):
            add_entry(jeanne.record, jeanne.holder, "history", content={"text": f"Fait {at}"})
    with pytest.raises(Refused):
        stop(jeanne, "jeanne", METFORMIN)


def test_the_travel_sheet_is_in_english_on_a_page_of_either_language(jeanne):
    stop(jeanne, "jeanne", SERTRALINE)
    for language in ("fr", "en"):
        html = jeanne.browser("jeanne").get(
            address(jeanne, "travel_sheet"), headers={"accept-language": language}
        ).content.decode()  # fmt: skip
        sheet = html[html.index('<div lang="en">') :]
        assert "Dossier médical partagé" not in sheet
        text = words(sheet)
        assert f'<html lang="{language}">' in html
        assert "Medicines for a trip" in text
        assert "12 May 2026" in text
        assert "etformin" in text
        assert "ertraline" not in text  # said to be no longer taken
        assert "Pénicilline" in text
        assert "Reimbursements do not show everything." in text


def test_more_boxes_ask_no_more_questions_of_the_database(jeanne, as_owner):
    browser = jeanne.browser("petit")
    browser.get(address(jeanne, "treatments"))

    def asked():
        with CaptureQueriesContext(connection) as seen:
            browser.get(address(jeanne, "treatments"))
        return len(seen)

    few = asked()
    with as_owner():
        for month in range(1, 12):
            add_medicine(
                jeanne.record, dt.date(2025, month, 3), cip13=f"34009000000{month:02}",
                label=f"Produit {month}", atc="", by=jeanne.professionals["petit"],
            )  # fmt: skip
            add_entry(jeanne.record, jeanne.holder, "treatment")
    assert asked() == few
