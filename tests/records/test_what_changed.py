"""What the fund added, corrected and took back since a reader's last visit, after the gate."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access import circle, policy
from access.binding import binding, frozen_clock, turn_to
from access.models import Mask
from access.seeing.looking import look_as
from records.dossier.care import Asked, read_care
from records.models import ReimbursementLine
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_see_as import bare, looking
from tests.jeanne import a_visit, hide, sertraline
from tests.records.test_every_viewer import address
from tests.records.test_reading import page_of, words


LATELY = NOON - dt.timedelta(hours=1)
LAST_VISIT = NOON - dt.timedelta(days=12)
PADLOCK_WORDS = "masqué"
READERS = ("jeanne", "guardian", "delegate", "petit", "martin", "pharmacist")


@pytest.fixture
def changed(jeanne, as_owner):
    """A load since everybody's last visit; one visit of it is masked from Dr Martin."""
    petit, garnier = (jeanne.professionals[name] for name in ("petit", "garnier"))
    with as_owner():
        for who in READERS:
            with frozen_clock(LAST_VISIT):
                jeanne.browser(who).get(address(jeanne, "care"))
        a_visit(jeanne.record, dt.date(2026, 6, 1), petit, created_at=LATELY)
        masked = a_visit(jeanne.record, dt.date(2026, 6, 2), garnier, created_at=LATELY)
        hide(jeanne.record, masked, audience="professional",
             audience_id=jeanne.professionals["martin"].id)  # fmt: skip
        change(jeanne.visit, corrected_at=LATELY)
        a_visit(jeanne.record, dt.date(2026, 2, 20), petit, price_corrected_at=LATELY)
        gone = a_visit(jeanne.record, dt.date(2026, 5, 28), petit)
        change(gone, withdrawn_at=LATELY, withdrawn_reason="cancelled")
        secret = sertraline(jeanne.record, dt.date(2026, 5, 29), garnier)
        change(secret, withdrawn_at=LATELY, withdrawn_reason="cancelled")
        hide(jeanne.record, secret, audience="professional",
             audience_id=jeanne.professionals["martin"].id)  # fmt: skip
    return masked


def change(line, **facts):
    ReimbursementLine.objects.filter(id=line.id).update(**facts)


def sentence(html):
    said = words(html)
    found = said.partition("Depuis votre dernière visite")
    return (found[1] + found[2].partition(".")[0]).replace("\xa0", " ") if found[1] else ""


def gone_from(html):
    return words(html.partition('id="annules"')[2].partition("</section>")[0])


def test_each_reader_is_told_of_what_they_see_and_of_nothing_else(jeanne, changed):
    def said(who):
        return sentence(page_of(jeanne, who, "care"))

    assert said("jeanne") == (
        "Depuis votre dernière visite, le 3 juin 2026 : 2 soins ajoutés,"
        " 2 corrigés et 2 annulés par votre caisse"
    )
    assert said("petit") == (
        "Depuis votre dernière visite, le 3 juin 2026 : 2 soins ajoutés,"
        " 1 corrigé et 2 annulés par la caisse"
    )
    assert said("petit") == sentence(page_of(jeanne, "petit", "home"))
    # No price for a professional; nothing of what is masked from them, come or gone.
    assert said("martin") == (
        "Depuis votre dernière visite, le 3 juin 2026 : 1 soin ajouté,"
        " 1 corrigé et 1 annulé par la caisse"
    )
    taken_back = gone_from(page_of(jeanne, "martin", "care", news="1"))
    assert "28 mai 2026" in taken_back
    assert "Sertraline" not in taken_back
    assert "La caisse a repris ce remboursement" in taken_back


def test_what_is_masked_keeps_its_padlock_when_it_goes_for_the_treating_gp_alone(
    jeanne, changed, as_owner
):
    def marked(who):
        listed = page_of(jeanne, who, "care", news="1").partition('id="annules"')[2]
        rows = listed.partition("</section>")[0].split("<li class")[1:]
        return {"Sertraline" in row: PADLOCK_WORDS in words(row) for row in rows}

    assert marked("petit") == {True: True, False: False}
    assert marked("jeanne") == {True: False, False: False}
    assert marked("martin") == {False: False}
    with as_owner():  # a mask that names the GP sleeps, and gives none
        Mask.objects.update(audience_id=jeanne.professionals["petit"].id)
    assert marked("petit") == {True: False, False: False}


def test_a_long_term_illness_is_said_in_its_own_words(jeanne, changed, as_owner):
    with as_owner():
        change(jeanne.illness, created_at=LATELY)
    assert sentence(page_of(jeanne, "petit", "home")) == (
        "Depuis votre dernière visite, le 3 juin 2026 : 2 soins ajoutés, 1 corrigé et 2 annulés"
        " par la caisse, 1 maladie prise en charge à 100 % (ALD) ajoutée"
    )
    with as_owner():
        change(jeanne.illness, created_at=LAST_VISIT, withdrawn_at=LATELY,
               withdrawn_reason="cancelled")  # fmt: skip
    assert sentence(page_of(jeanne, "jeanne", "care")) == (
        "Depuis votre dernière visite, le 3 juin 2026 : 2 soins ajoutés, 2 corrigés et 2 annulés"
        " par votre caisse, 1 maladie prise en charge à 100 % (ALD) retirée"
    )


def test_what_changed_is_marked_and_reached_by_itself(jeanne, changed):
    whole = page_of(jeanne, "jeanne", "care")
    assert whole.count("Nouveau") == 2
    assert words(whole).count("Corrigé ") == 2
    narrowed = page_of(jeanne, "jeanne", "care", news="1")
    # The sentence above counted them; who filters besides is told how many are left.
    assert "correspond" not in words(narrowed)
    further = page_of(jeanne, "jeanne", "care", news="1", year="2026")
    assert re.search(r"\d soins? correspond", words(further))
    assert str(changed.id) in narrowed
    taken_back = gone_from(narrowed)
    assert "28 mai 2026" in taken_back
    assert "Sertraline" in taken_back
    assert "Votre caisse a repris ces remboursements" in taken_back
    assert "Avait été remboursé" in taken_back
    assert "Remboursé" not in taken_back
    assert "<a" not in narrowed.partition('id="annules"')[2].partition("</section>")[0]
    assert gone_from(whole) == ""


def test_the_first_visit_says_nothing_and_a_second_the_same_day_says_the_same(jeanne, as_owner):
    with as_owner():
        a_visit(jeanne.record, dt.date(2026, 6, 1), jeanne.professionals["petit"])
        gone = a_visit(jeanne.record, dt.date(2026, 5, 28), jeanne.professionals["petit"])
        change(gone, withdrawn_at=LATELY, withdrawn_reason="cancelled")
    for _ in range(2):
        html = page_of(jeanne, "jeanne", "care", news="1")
        assert sentence(html) == ""
        assert "Annulé" not in html
        assert "Nouveau" not in html


def test_what_came_and_went_since_the_last_visit_is_no_news(jeanne, changed, as_owner):
    with as_owner():
        for day in (27, 28):  # a load, undone some days later
            brief = a_visit(
                jeanne.record, dt.date(2026, 5, day), jeanne.professionals["petit"],
                created_at=LAST_VISIT + dt.timedelta(days=1),
            )  # fmt: skip
            change(brief, withdrawn_at=LATELY, withdrawn_reason="cancelled")
    html = page_of(jeanne, "jeanne", "care", news="1")
    assert "2 corrigés et 2 annulés par votre caisse" in sentence(html)
    assert "27 mai 2026" not in gone_from(html)


@pytest.mark.parametrize(
    ("facts", "family", "others"),
    [
        ({}, "", ""),
        ({"reimbursed_cents": 1300}, "1 soin corrigé par votre caisse", ""),
        ({"quantity": 2}, "1 soin corrigé par votre caisse", "1 soin corrigé par la caisse"),
        (
            {"code": "VS"},
            "1 soin ajouté, 1 annulé par votre caisse",
            "1 soin ajouté, 1 annulé par la caisse",
        ),
    ],
)
def test_what_is_sent_again_under_another_name_is_corrected_if_it_says_something_else(
    jeanne, as_owner, facts, family, others
):
    petit = jeanne.professionals["petit"]
    with as_owner():
        for who in ("jeanne", "petit"):
            with frozen_clock(LAST_VISIT):
                jeanne.browser(who).get(address(jeanne, "care"))
        before = a_visit(jeanne.record, dt.date(2026, 5, 28), petit)
        change(before, withdrawn_at=LATELY, withdrawn_reason="cancelled")
        after = a_visit(jeanne.record, dt.date(2026, 5, 28), petit, created_at=LATELY)
        change(after, **facts)

    for who, told in (("jeanne", family), ("petit", others)):
        said = sentence(page_of(jeanne, who, "care"))
        assert said == (told and f"Depuis votre dernière visite, le 3 juin 2026 : {told}")
        page = page_of(jeanne, who, "care", news="1")
        assert ('id="annules"' in page) is ("annulé" in told)
        assert ("Corrigé" in page) is ("corrigé" in told)
    # The first page counts what came, and no more than that.
    assert ("1 nouveauté depuis le" in page_of(jeanne, "jeanne", "home")) is ("ajouté" in family)


@pytest.mark.parametrize("who", ["martin", "petit"])
def test_through_somebodys_eyes_it_is_what_that_person_is_told(jeanne, changed, as_owner, who):
    with as_owner(), frozen_clock(NOON - dt.timedelta(days=40)):
        jeanne.browser("jeanne").get(address(jeanne, "care"))  # other days than theirs
    seen = looking(jeanne, who).get(address(jeanne, "care"))
    real = jeanne.browser(who).get(address(jeanne, "care"))
    assert sentence(real.content.decode())
    assert bare(seen) == bare(real)


def test_a_visit_by_a_door_a_minor_gave_alone_is_dated_to_no_parent_through_those_eyes(as_owner):
    with as_owner():
        record, lou, marie = cast.minor_and_mother()
        martin = cast.pro("Martin")

    def let_in(by, at):
        with binding(by, at=at):
            circle.authorise(by=by, record_id=record.id, professional_id=martin.id)

    def told(by):
        return read_care(by=by, record_id=record.id, asked=Asked()).news

    def told_through_his_eyes(by):
        with binding(by, at=NOON) as state:
            key = f"professional:{martin.id}"
            state.lens = look_as(by=by, record_id=record.id, key=key)
            return told(state.lens.shown.viewer)

    let_in(lou, LAST_VISIT)
    with binding(martin.viewer, at=LAST_VISIT):
        told(martin.viewer)
    with as_owner():
        a_visit(record, dt.date(2026, 6, 8), martin, created_at=LATELY)
    let_in(marie, LATELY)

    with binding(martin.viewer, at=NOON):
        his = told(martin.viewer)
    assert "3\xa0juin" in his
    assert told_through_his_eyes(lou) == his
    assert told_through_his_eyes(marie) == ""


def test_lines_taken_back_are_those_each_viewer_saw(jeanne, as_owner):
    """By the gate and by the database's own words: nobody learns of more by its going."""
    record = jeanne.record.id
    with as_owner():
        cast.line(jeanne.record, secret=True)
        cast.line(jeanne.record, about_another=True)
        hide(jeanne.record, cast.line(jeanne.record))
    viewers = [viewer for name, viewer in jeanne.viewers.items() if name != "nobody"]

    def answers(ask):
        found = []
        for viewer in viewers:
            with binding(viewer, at=NOON):
                found.append({row[0] for row in ask()})
        return found

    def by_gate():
        standing = policy.standing_on(record)
        return policy.visible_lines(standing).values_list("id")

    def gone_by_gate():
        return policy.lines_taken_back(policy.standing_on(record), LAST_VISIT, ["id"])

    def gone_by_database():
        turn_to(record)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM dmp_lines_taken_back(%s)", [LAST_VISIT])
            return cursor.fetchall()

    before = answers(by_gate)
    assert answers(gone_by_gate) == [set()] * len(viewers)
    with as_owner():
        lines = ReimbursementLine.objects.filter(record_id=record, withdrawn_at=None)
        lines.update(withdrawn_at=LATELY, withdrawn_reason="cancelled")

    assert answers(gone_by_gate) == before
    assert answers(gone_by_database) == before
    assert len({frozenset(each) for each in before}) > 3


def test_a_page_asks_as_often_whatever_changed(jeanne, changed, as_owner):
    def asked():
        browser = jeanne.browser("petit")
        browser.get(address(jeanne, "care"))
        with CaptureQueriesContext(connection) as queries:
            browser.get(address(jeanne, "care"), {"news": "1"})
        return len(queries)

    before = asked()
    with as_owner():
        for day in range(1, 6):
            a_visit(jeanne.record, dt.date(2026, 4, day), jeanne.professionals["petit"],
                    created_at=LATELY)  # fmt: skip
            change(
                a_visit(jeanne.record, dt.date(2026, 3, day), jeanne.professionals["petit"]),
                withdrawn_at=LATELY, withdrawn_reason="cancelled",
            )  # fmt: skip
    assert asked() == before
