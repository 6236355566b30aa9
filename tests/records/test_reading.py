"""What a record's pages say to each reader: marks, euros, counts, filters; hidden is missing."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.binding import frozen_clock
from records.models import Document, Entry, Filling, ReimbursementLine, Synthesis, SynthesisLine
from tests.access import cast
from tests.access.cast import NOON
from tests.jeanne import a_visit, add_document, add_entry, hide, metformin
from tests.records.test_every_viewer import address


PADLOCK = "padlock"


def words(html: str) -> str:
    """What a page says, its tags and its folded spaces aside."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split()).replace("\xa0", " ")


def page_of(world, who, page, *names, **asked):
    return world.browser(who).get(address(world, page, *names), asked).content.decode()


def marks_on(html: str, element) -> set[str] | None:
    tag = re.search(rf'<[^>]*data-element="[^"]*{element.id}[^"]*"[^>]*>', html)
    if tag is None:
        return None
    return set(re.search(r'data-marks="([^"]*)"', tag.group())[1].split("+")) - {""}


# --- marks ------------------------------------------------------------------------------------


def test_the_treating_gp_sees_everything_with_its_marks(jeanne):
    listed = page_of(jeanne, "petit", "documents")

    assert marks_on(listed, jeanne.hidden) == {PADLOCK}
    assert marks_on(listed, jeanne.waits) == {"not announced"}
    assert marks_on(listed, jeanne.letter) == set()
    assert "masqué" in words(page_of(jeanne, "petit", "document", "hidden"))
    care = page_of(jeanne, "petit", "care")
    assert marks_on(care, jeanne.therapy) == {PADLOCK}
    assert marks_on(care, jeanne.visit) == set()
    assert marks_on(page_of(jeanne, "petit", "care_event", "pill"), jeanne.pill) == {PADLOCK}
    assert marks_on(page_of(jeanne, "petit", "entries"), jeanne.wish) == {PADLOCK}
    assert marks_on(page_of(jeanne, "petit", "home"), jeanne.hidden) == {PADLOCK}


def test_the_family_sees_no_mark(jeanne):
    for who in ("jeanne", "guardian", "delegate"):
        for page in ("home", "documents", "care", "entries"):
            html = page_of(jeanne, who, page)
            assert 'data-marks="padlock' not in html
            assert "dmp-mark" not in html


def test_a_doctor_of_the_circle_sees_neither_what_is_hidden_from_them_nor_a_padlock(jeanne):
    for page in ("home", "documents", "care", "entries", "synthesis"):
        html = page_of(jeanne, "martin", page)
        assert "dmp-mark" not in html.replace("non visible du patient", "") or page in {
            "home", "documents",
        }  # fmt: skip
        for name in ("hidden", "therapy", "pill", "wish", "withheld"):
            assert str(jeanne.elements[name].id) not in html
        for word in ("psychiatre", "Sertraline", "Garnier", "acharnement", "Dépression"):
            assert word not in html


def test_what_waits_is_not_there_for_the_family_and_is_marked_for_professionals(jeanne):
    for who in ("jeanne", "guardian", "delegate"):
        assert "Biopsie" not in page_of(jeanne, who, "documents")
        assert jeanne.browser(who).get(address(jeanne, "document", "waits")).status_code == 404
    for who in ("petit", "martin"):
        html = page_of(jeanne, who, "document", "waits")
        assert marks_on(html, jeanne.waits) == {"not announced"}
        assert "Attention, ce document n'est pas visible du patient." in html.replace(
            "&#x27;", "'"
        )


def test_every_professional_reads_the_same_sentence_on_completeness(jeanne):
    sentence = (
        "Ce dossier peut être incomplet : le patient choisit ce qu'il partage."
        " Posez-lui la question."
    )
    for who in ("petit", "martin", "pharmacist"):
        for page in ("home", "care", "documents", "entries", "synthesis"):
            said = words(page_of(jeanne, who, page)).replace("&#x27;", "'")
            assert said.count(sentence) == 1, (who, page)
    assert "incomplet" not in page_of(jeanne, "jeanne", "care")


# --- euros ------------------------------------------------------------------------------------


def test_euros_are_for_the_family_only(jeanne):
    for who in ("jeanne", "guardian", "delegate"):
        said = words(page_of(jeanne, who, "care_event", "visit"))
        assert "Payé 30,00 €, remboursé 20,00 €" in said
        # Visit, two boxes of medicine… and blood test are one event: 20,00 + 2,91 + 3,90.
        assert "Remboursé 26,81 €" in words(page_of(jeanne, who, "care"))
    for who in ("petit", "martin", "pharmacist"):
        for page, names in (("home", ()), ("care", ()), ("care_event", ("visit",))):
            html = page_of(jeanne, who, page, *names)
            assert "€" not in html, (who, page)
            assert "emboursé " not in words(html).replace("Ce qui a été remboursé", "")


def test_an_event_is_worth_what_its_reader_sees_of_it(jeanne, as_owner):
    with as_owner():
        hide(jeanne.record, jeanne.test, audience="delegate",
             audience_id=jeanne.viewers["delegate"].person_id)  # fmt: skip
    assert "Remboursé 26,81 €" in words(page_of(jeanne, "jeanne", "care"))
    assert "Remboursé 22,91 €" in words(page_of(jeanne, "delegate", "care"))


# --- hidden is missing ------------------------------------------------------------------------

TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


def answer(response, *ids):
    """Everything an answer says, but for tokens and the identifiers that were asked for."""
    body = TOKENS.sub(b"", response.content)
    headers = {k: v for k, v in response.headers.items() if k.lower() != "x-request-id"}
    return response.status_code, body, headers


def test_hidden_and_missing_are_one_answer(jeanne):
    browser = jeanne.browser("martin")
    hidden = {
        "document": "hidden", "care_event": "therapy", "entry": "wish",
        "synthesis_line": "withheld", "synthesis_version": "second",
    }  # fmt: skip
    for page, name in hidden.items():
        asked = browser.get(address(jeanne, page, name))
        nowhere = browser.get(reverse(f"records:{page}", args=[jeanne.record.id, uuid.uuid4()]))

        assert answer(asked) == answer(nowhere), page
        assert asked.status_code == 404
    assert jeanne.events() == []


@pytest.mark.parametrize("who", ["stranger", "agent", "administrator"])
def test_no_door_and_no_record_are_one_answer(jeanne, who):
    browser = jeanne.browser(who)
    for page in ("home", "care", "documents", "entries", "synthesis", "deposit"):
        here = browser.get(address(jeanne, page))
        nowhere = browser.get(reverse(f"records:{page}", args=[uuid.uuid4()]))

        assert answer(here) == answer(nowhere), page
        assert here.status_code == 404


def test_a_hidden_file_its_preview_and_a_missing_one_are_one_answer(jeanne):
    browser = jeanne.browser("martin")
    file = jeanne.file_of("hidden")
    keys = [jeanne.record.id, jeanne.hidden.id, file.id]
    missing = [jeanne.record.id, jeanne.hidden.id, uuid.uuid4()]
    # A hidden document's file, asked for under a document that is open.
    other = [jeanne.record.id, jeanne.letter.id, file.id]
    other_missing = [jeanne.record.id, jeanne.letter.id, uuid.uuid4()]
    for page in ("document_file", "document_preview"):
        one = answer(browser.get(reverse(f"records:{page}", args=keys)))
        assert one[0] == 404
        assert one == answer(browser.get(reverse(f"records:{page}", args=missing)))
        under_open = answer(browser.get(reverse(f"records:{page}", args=other)))
        assert under_open[0] == 404
        assert under_open == answer(browser.get(reverse(f"records:{page}", args=other_missing)))
    assert jeanne.events() == []


def test_two_records_that_differ_in_what_is_hidden_read_alike(jeanne, as_owner):
    """Line for line, count for count: only identifiers and tokens may differ."""
    browser = jeanne.browser("martin")
    pages = ("home", "care", "documents", "entries", "synthesis")
    before = {page: answer(browser.get(address(jeanne, page))) for page in pages}
    with as_owner():
        martin = jeanne.professionals["martin"]
        garnier = jeanne.professionals["garnier"]
        for month in (1, 2, 3):
            one = a_visit(jeanne.record, dt.date(2026, month, 9), garnier, code="CNPSY")
            hide(jeanne.record, one, audience="professional", audience_id=martin.id)
            letter = add_document(jeanne.record, title="Autre lettre", by=garnier,
                                  occurred_on=dt.date(2026, 6, month))  # fmt: skip
            hide(jeanne.record, letter, audience="professional", audience_id=martin.id)
            said = add_entry(jeanne.record, jeanne.holder, "history")
            hide(jeanne.record, said, audience="professional", audience_id=martin.id)
    after = {page: answer(browser.get(address(jeanne, page))) for page in pages}

    assert before == after


# --- filters, counts, pages -------------------------------------------------------------------


def test_filters_of_documents_follow_the_gate(jeanne):
    assert "5 documents" not in words(page_of(jeanne, "martin", "documents"))
    assert "4 documents" in words(page_of(jeanne, "martin", "documents"))
    assert "5 documents" in words(page_of(jeanne, "petit", "documents"))
    assert "4 documents" in words(page_of(jeanne, "jeanne", "documents"))
    imaging = page_of(jeanne, "jeanne", "documents", **{"class": "31"})
    assert "1 document" in words(imaging)
    assert "Radio du genou" in imaging
    assert "Lettre du cardiologue" not in imaging
    unknown = page_of(jeanne, "jeanne", "documents", **{"class": "nothing"})
    assert "4 documents" in words(unknown)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("radio genou", ["Radio du genou droit"]),
        ("RADIO", ["Radio du genou droit"]),
        ("psychiatre", ["Lettre du psychiatre"]),
        ("imagerie", ["Radio du genou droit"]),
        ("garnier", ["Lettre du psychiatre"]),
        ("avril 2026", ["Radio du genou droit"]),
        ("lettre 2026", ["Lettre du cardiologue", "Lettre du psychiatre"]),
        ("100 %", []),
        ("' or 1=1", []),
        ("zzz", []),
    ],
)
def test_documents_are_searched_without_accents_by_title_author_kind_and_year(
    jeanne, search, found
):
    said = words(page_of(jeanne, "jeanne", "documents", q=search))
    titles = ["Lettre du cardiologue", "Radio du genou droit", "Lettre du psychiatre",
              "Mon carnet de tension"]  # fmt: skip
    assert [title for title in titles if title in said] == sorted(found)
    if not found:
        assert "Rien pour «" in said


def test_a_search_finds_nothing_of_what_is_hidden(jeanne):
    hidden = words(page_of(jeanne, "martin", "documents", q="psychiatre"))
    nowhere = words(page_of(jeanne, "martin", "documents", q="xsychiatre"))
    assert hidden.replace("psychiatre", "xsychiatre") == nowhere


def test_care_is_told_as_events_and_filtered_after_the_gate(jeanne):
    mine = words(page_of(jeanne, "jeanne", "care"))
    assert "Consultation – Dr Alix Petit" in mine
    assert "puis 1 médicament – Pharmacie du Port" in mine
    assert "Diabète" in mine
    assert "depuis le 12 mars 2024" in mine
    doctor = page_of(jeanne, "martin", "care")
    assert "Garnier" not in doctor  # not in the filter by person either
    years = page_of(jeanne, "jeanne", "care", year="2025")
    assert "Consultation" in words(years)  # no care that year: the filter is left aside
    pharmacy = words(page_of(jeanne, "jeanne", "care", kind="pharmacy"))
    assert "Consultation – Dr Alix Petit" in pharmacy
    assert "Garnier" in pharmacy  # its visit led to a box too


def test_who_did_what_they_asked_for_is_named_once(jeanne, as_owner):
    garnier, petit = jeanne.professionals["garnier"], jeanne.professionals["petit"]
    asked = {"section": "SOI", "code": "HBLD745", "prescriber_id": garnier.id,
             "prescriber_name": garnier.professional.full_name}  # fmt: skip

    def said():
        return words(page_of(jeanne, "jeanne", "care")).lower().count("prescrit par le dr alix")

    before = said()
    with as_owner():
        a_visit(jeanne.record, dt.date(2026, 6, 3), garnier, **asked)
        unnumbered = {"performer_id": None, "prescriber_name": "DR ALIX  GARNIER"}
        a_visit(jeanne.record, dt.date(2026, 6, 4), garnier, **asked | unnumbered)
    assert said() == before
    with as_owner():
        a_visit(jeanne.record, dt.date(2026, 6, 5), petit, **asked)
    assert said() == before + 1


def test_care_is_filtered_by_person_without_a_name_in_the_address(jeanne):
    html = page_of(jeanne, "jeanne", "care")
    key = re.search(r'<option value="([^"]+)"[^>]*>Dr Alix Petit<', html)[1]
    assert "etit" not in key
    browser = jeanne.browser("jeanne")
    chosen = words(browser.get(address(jeanne, "care"), {"who": key}).content.decode())
    assert "Consultation – Dr Alix Petit" in chosen
    assert "Consultation – Dr Alix Garnier" not in chosen


@pytest.fixture
def many(jeanne, as_owner):
    """Fifty-seven more of everything."""

    def add(number):
        with as_owner():
            petit = jeanne.professionals["petit"]
            for at in range(number):
                on = dt.date(2026, 1, 1) - dt.timedelta(days=8 * at)
                add_document(jeanne.record, title=f"Lettre {at}", by=petit, occurred_on=on)
                a_visit(jeanne.record, on, petit)
                metformin(jeanne.record, on, petit)
                add_entry(jeanne.record, jeanne.holder, "history", content={"text": f"Fait {at}"})

    return add


@pytest.mark.parametrize("who", ["jeanne", "petit", "martin", "delegate"])
def test_pages_ask_the_database_the_same_number_of_questions_for_3_and_60(jeanne, many, who):
    browser = jeanne.browser(who)
    pages = ("home", "care", "documents", "entries", "synthesis")

    def counted():
        found = {}
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address(jeanne, page)).status_code == 200
            found[page] = len(queries)
        return found

    counted()  # what is kept for the life of the process is kept now
    few = counted()
    many(57)
    assert counted() == few


def test_lists_are_cut_in_pages_that_follow_each_other_without_double(jeanne, many):
    many(57)
    browser = jeanne.browser("jeanne")
    seen = []
    for number in (1, 2, 3, 4):
        html = browser.get(address(jeanne, "documents"), {"page": number}).content.decode()
        seen += re.findall(r'data-element="([^"]+)"', html)
    assert len(seen) == len(set(seen)) == 61
    assert 'rel="next"' not in html
    past = browser.get(address(jeanne, "documents"), {"page": 99}).content.decode()
    assert re.findall(r'data-element="([^"]+)"', past) == seen[-1:]
    for wrong in ("0", "-1", "x", "1e9", "9" * 30, "²"):
        first = browser.get(address(jeanne, "documents"), {"page": wrong}).content.decode()
        assert re.findall(r'data-element="([^"]+)"', first) == seen[:20]
    care = []
    for number in (1, 2):
        html = browser.get(address(jeanne, "care"), {"page": number}).content.decode()
        care += re.findall(r'<li class="dmp-event"\s+data-element="([^"]+)"', html)
    assert len(care) == len(set(care)) > 57


# --- what is said where there is nothing ------------------------------------------------------


def test_a_version_that_says_nothing_new_to_a_reader_shows_no_key_of_its_own(jeanne):
    first = SynthesisLine.objects.get(synthesis=jeanne.first)
    seen = page_of(jeanne, "martin", "synthesis")

    assert str(first.id) in seen
    assert str(jeanne.said.id) not in seen
    assert str(jeanne.said.id) in page_of(jeanne, "petit", "synthesis")


def test_a_synthesis_signed_after_midnight_is_of_the_day_in_paris(jeanne, as_owner):
    with as_owner():
        signed = dt.datetime(2026, 6, 10, 22, 30, tzinfo=dt.UTC)
        Synthesis.objects.filter(id=jeanne.second.id).update(signed_at=signed)

    assert "le 11\xa0juin" in unescape(page_of(jeanne, "petit", "synthesis"))


def empty(as_owner, jeanne):
    with as_owner():
        for model in (Document, ReimbursementLine, Entry):
            model.objects.filter(record=jeanne.record).update(withdrawn_at=NOON)


def test_an_empty_record_says_why_to_who_decides_and_to_the_gp(jeanne, as_owner):
    empty(as_owner, jeanne)

    def said(who):
        return unescape(words(page_of(jeanne, who, "care")))

    nothing = "Votre caisse n'a encore rien envoyé pour vous."
    theirs = "La caisse n'a encore rien envoyé pour cette personne."
    assert nothing in said("jeanne")
    assert theirs in said("petit")
    with as_owner():
        filling = Filling.objects.create(
            record=jeanne.record, state="done", requested_at=NOON, finished_at=NOON, lines=0
        )
    # Looked for, and nothing was ever sent; who may not see everything isn't told it was nothing.
    none = "n'a aucun remboursement pour {} sur les 24 derniers mois."
    assert nothing in said("jeanne")
    assert theirs in said("petit")
    assert f"La caisse {none.format('cette personne')}" in said("guardian")
    with as_owner():
        Filling.objects.filter(id=filling.id).update(older_lines=3)
    older = "soins d'avant ne sont pas repris ici."
    assert f"Votre caisse {none.format('vous')} Vos {older}" in said("jeanne")
    assert f"La caisse {none.format('cette personne')} Ses {older}" in said("petit")
    assert older not in said("guardian")
    with as_owner():
        Filling.objects.update(older_lines=0, set_aside=2)
    aside = "Des remboursements portent ce numéro avec une autre date de naissance"
    assert [aside in said(x) for x in ("jeanne", "petit", "guardian")] == [True, True, False]
    for who in ("martin", "delegate"):
        assert "Aucun soin à lire sur les 24 derniers mois." in said(who)
        assert "caisse n'a" not in said(who)
    assert "Rien ici pour l'instant" in page_of(jeanne, "jeanne", "home")


def test_a_filling_under_way_is_told_to_the_family_alone_and_asking_again_is_no_reading(
    jeanne, as_owner
):
    with as_owner():
        filling = Filling.objects.create(record=jeanne.record, requested_at=NOON)
    arriving = "Les remboursements arrivent."
    assert arriving in page_of(jeanne, "jeanne", "home")
    assert arriving in page_of(jeanne, "jeanne", "care")
    assert arriving in page_of(jeanne, "guardian", "home")
    assert arriving not in page_of(jeanne, "martin", "care")
    before = jeanne.events()
    asked = reverse("records:care_arriving", args=[jeanne.record.id])
    assert arriving in jeanne.browser("jeanne").get(asked).content.decode()
    with as_owner():
        Filling.objects.filter(id=filling.id).update(state="done", finished_at=NOON)
    done = jeanne.browser("jeanne").get(asked)
    assert done["HX-Refresh"] == "true"
    assert done.content == b""
    assert jeanne.events() == before
    for who in ("martin", "stranger"):
        assert jeanne.browser(who).get(asked).status_code == 404
    # What comes from then on may be of nothing but a secret care.
    with as_owner():
        Filling.objects.create(record=jeanne.record, requested_at=NOON)
    assert arriving in page_of(jeanne, "jeanne", "home")
    for who in ("guardian", "delegate"):
        assert arriving not in page_of(jeanne, who, "home")


# --- the first page ---------------------------------------------------------------------------


def test_the_first_page_names_the_doctor_the_treatment_and_who_looked(jeanne):
    jeanne.browser("martin").get(address(jeanne, "document", "letter"))
    said = words(page_of(jeanne, "jeanne", "home"))
    assert "Bonjour Jeanne." in said
    assert "Dr Alix Petit" in said
    assert "Synthèse du 5 juin 2026" in said
    assert "Metformine" in said
    assert "Martin" in said
    delegate = words(page_of(jeanne, "delegate", "home"))
    assert "Qui a regardé" not in delegate.replace("Qui a regardé", "", 1)
    professional = words(page_of(jeanne, "martin", "home"))
    assert "Jeanne Morel" in professional
    assert "Diabète de type 2" in professional


def test_what_arrived_since_the_last_day_is_counted_for_the_holder_after_the_gate(
    jeanne, as_owner
):
    with as_owner():
        petit = jeanne.professionals["petit"]
        add_document(jeanne.record, title="Nouvelle", by=petit,
                     created_at=NOON - dt.timedelta(hours=1))  # fmt: skip
        add_document(
            jeanne.record, title="Attend", by=petit, created_at=NOON - dt.timedelta(hours=1),
            unannounced_until=dt.date(2026, 7, 10),
        )  # fmt: skip
    assert "nouveauté" not in page_of(jeanne, "jeanne", "home")  # the first visit ever
    with frozen_clock(NOON - dt.timedelta(days=2)):
        page_of(jeanne, "jeanne", "home")
    said = words(page_of(jeanne, "jeanne", "home"))
    assert "1 nouveauté depuis le 13 juin 2026." in said
    assert "nouveauté" not in page_of(jeanne, "guardian", "home")


def test_old_care_is_reached_by_its_own_address_and_has_left_the_list(jeanne, as_owner):
    with as_owner():
        old = cast.line(jeanne.record, occurred_on=dt.date(2024, 6, 14))
        edge = cast.line(jeanne.record, occurred_on=dt.date(2024, 6, 15))
    listed = page_of(jeanne, "jeanne", "care")
    assert str(edge.id) in listed
    assert str(old.id) not in listed
    found = jeanne.browser("jeanne").get(
        reverse("records:care_event", args=[jeanne.record.id, old.id])
    )
    assert found.status_code == 200


def test_pages_carry_no_clinical_word_in_their_title_and_are_kept_by_nobody(jeanne):
    for page, name in (("document", "hidden"), ("care_event", "pill"), ("entry", "wish")):
        response = jeanne.browser("petit").get(address(jeanne, page, name))
        title = re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)[1]
        for word in ("psychiatre", "Sertraline", "acharnement", "Morel"):
            assert word not in title
        assert "no-store" in response["Cache-Control"]
