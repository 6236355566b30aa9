"""What the family's pages say: whose record, who stands for whom, why nothing is there."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from access import masks
from access.models import Delegation
from access.notices.wording import BODIES, words as notice_words
from records.models import Filling, Person, ReimbursementLine
from tests.access import cast
from tests.access.cast import NOON
from tests.records.test_every_viewer import address
from tests.records.test_reading import page_of, words as words_of


def words(page):
    return html.unescape(words_of(page))


NOTHING = "Votre caisse n'a encore rien envoyé pour vous."


def test_a_record_without_claims_says_why_on_its_first_page_as_on_its_care(jeanne, as_owner):
    with as_owner():
        ReimbursementLine.objects.filter(record=jeanne.record).update(withdrawn_at=NOON)
        Filling.objects.create(
            record=jeanne.record, state="done", requested_at=NOON, finished_at=NOON
        )

    for page in ("home", "care"):
        text = words(page_of(jeanne, "jeanne", page))
        assert NOTHING in text, page
        assert "s'afficheront ici" not in text


def test_a_representative_reads_whose_record_it_is_and_never_that_it_is_theirs(jeanne, as_owner):
    with as_owner():
        Person.objects.filter(id=jeanne.holder.id).update(first_given="Angèle")
    home = words(page_of(jeanne, "guardian", "home"))

    assert "Le dossier d'Angèle" in home
    assert "Fermer ce dossier" in home
    for theirs in ("Mon dossier est à moi", "Fermer mon dossier", "Emporter mon dossier"):
        assert theirs not in home
        assert theirs in words(page_of(jeanne, "jeanne", "home"))
    for page in ("close", "take_away"):
        assert "mon dossier" not in page_of(jeanne, "guardian", page).split("</title>")[0]


def test_who_can_see_names_who_stands_for_the_holder(jeanne, as_owner):
    where = f"{address(jeanne, 'home')}qui-peut-voir/"
    with as_owner():
        born = NOON.date().replace(year=2015)
        Person.objects.filter(id=jeanne.holder.id).update(born_on=born)
        mother, father = cast.person("Nadia", "Ferrand"), cast.person("Yann", "Ferrand")
        cast.represent(jeanne.record, mother)
        cast.represent(jeanne.record, father, suspended_at=NOON - dt.timedelta(days=1))

    def read(who):
        return words(jeanne.browser(who).get(where).content.decode())

    assert "Nadia Ferrand représentation légale, jusqu'aux 18 ans" in read("jeanne")
    assert "Luc Morel tutelle" in read("jeanne")
    assert "Luc Morel (vous) tutelle" in read("guardian")
    assert "Yann Ferrand" not in read("jeanne")
    with as_owner():
        Person.objects.filter(id=jeanne.holder.id).update(born_on=dt.date(1958, 3, 1))
    assert "Nadia Ferrand" not in read("jeanne")


def test_the_holder_is_told_what_they_wrote_as_theirs_and_others_as_the_patients(jeanne):
    assert "Vous l'avez écrit le 1er mars 2026" in words(page_of(jeanne, "jeanne", "entries"))
    for who in ("martin", "guardian", "delegate"):
        assert "Saisi par le patient le 1er mars 2026" in words(page_of(jeanne, who, "entries"))


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [("fr", 0, "0 patient"), ("fr", 1, "1 patient"), ("fr", 2, "2 patients"),
     ("en", 0, "0 patients"), ("en", 1, "1 patient")],
)  # fmt: skip
def test_nothing_is_singular_in_french_and_plural_in_english(language, number, said):
    sentence = Template(
        "{% load i18n %}{% blocktranslate count total=n %}{{ total }} patient{% plural %}"
        "{{ total }} patients{% endblocktranslate %}"
    )
    with translation.override(language):
        assert sentence.render(Context({"n": number})) == said


def test_a_question_that_may_stay_unanswered_says_so_in_a_sentence(jeanne):
    page = jeanne.browser("jeanne").get(f"{address(jeanne, 'home')}choix/").content.decode()

    assert "Vous pouvez ne pas répondre." in page
    assert "(facultatif)" not in words(page)


def test_the_proof_shows_its_buttons_before_its_list_in_the_order_that_was_ticked(jeanne):
    order = [jeanne.letter.id, jeanne.visit.id, jeanne.test.id, jeanne.scan.id]
    with jeanne.as_("jeanne") as by:
        hidden = masks.hide(
            by=by, record_id=jeanne.record.id, element_ids=order, gesture=uuid.uuid4(),
            audience=masks.Audience.parse("everyone"),
        )  # fmt: skip
        receipt = masks.read_receipt(
            by=by, record_id=jeanne.record.id, receipt_id=hidden.receipt_id
        )
    page = jeanne.browser("jeanne").get(
        reverse("access:hidden", args=[jeanne.record.id, hidden.receipt_id])
    ).content.decode()  # fmt: skip

    assert [one.id for one in receipt.elements] == order
    assert page.index("Annuler") < page.index("Voir les 4 éléments") < page.index("Lettre du")
    assert "masqué à" not in page


@pytest.mark.parametrize("writes", [True, False])
def test_who_may_only_read_is_not_offered_to_add_a_document(jeanne, as_owner, writes):
    with as_owner():
        ReimbursementLine.objects.filter(record=jeanne.record).update(withdrawn_at=NOON)
        Delegation.objects.filter(record=jeanne.record).update(can_write=writes)

    home = page_of(jeanne, "delegate", "home")
    assert (reverse("records:deposit", args=[jeanne.record.id]) in home) is writes


@pytest.mark.parametrize(("who", "theirs"), [("martin", True), ("petit", True), ("jeanne", False)])
def test_the_places_of_a_record_stand_beside_whose_it_is(jeanne, who, theirs):
    care = page_of(jeanne, who, "care")
    places = re.search(r'<nav class="dmp-nav dmp-nav--record".*?</nav>', care, re.DOTALL)

    assert bool(places) is theirs
    if places:
        assert [words(one) for one in re.findall("<a .*?</a>", places[0], re.DOTALL)] == [
            "Synthèse", "Soins", "Documents", "Profil",
        ]  # fmt: skip
        assert words(re.search(r"<a [^>]*aria-current.*?</a>", places[0], re.DOTALL)[0]) == "Soins"
    list_of = jeanne.browser(who).get(reverse("access:patients"))
    assert b"dmp-nav--record" not in list_of.content


@pytest.mark.parametrize(
    ("who", "page", "shown"),
    [
        ("delegate", "home", True),
        ("delegate", "/connexion/role/", False),
        ("delegate", "/invitation/", False),
        ("delegate", "/aide/", False),
        ("jeanne", "/connexion/role/", False),
        ("jeanne", "/aide/", True),
    ],
)
def test_where_no_record_is_meant_the_places_of_another_s_are_not_shown(jeanne, who, page, shown):
    path = page if page.startswith("/") else address(jeanne, page)
    answer = jeanne.browser(who).get(path)

    assert answer.status_code == 200
    assert ('class="dmp-nav"' in answer.content.decode()) is shown


def test_a_line_to_tick_that_stands_for_several_elements_says_how_many():
    """The button counts elements: three would be told of two ticked lines."""
    line = {"name": "e", "label": "Zoloft", "checked": True}
    checks = [line | {"value": "a b", "count": 2}, line | {"value": "c", "count": 1}]
    page = render_to_string("components/_checks.html", {"checks": checks, "prefix": "id_e"})
    assert page.count("(2 éléments)") == 1
    assert "(1 élément)" not in page


@pytest.mark.parametrize("kind", list(BODIES))
def test_what_is_read_on_the_site_does_not_send_to_the_site(kind):
    assert "sur le site" not in notice_words(kind, own=True, here=True)
