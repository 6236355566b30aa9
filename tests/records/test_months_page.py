"""24 months at a glance: a picture and a table of visible lines, the last time of everything."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.dossier.drawing import drawn
from tests.access import cast
from tests.jeanne import hide
from tests.records.test_every_viewer import address
from tests.records.test_reading import PADLOCK, marks_on, page_of, words


ECG = "Électrocardiographie sur au moins 12 dérivations"


def rows_of(html, name):
    """The rows of a list: name, day and place, how often."""
    section = html.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]
    return [words(row) for row in re.findall(r"<li.*?</li>", section, re.DOTALL)]


def table_of(html):
    """The numbers of the table by kind: the months that aren't empty, the latest first."""
    heads = re.findall(r'scope="col">([^<]*)<', html)
    found = {}
    for month, cells in re.findall(r'scope="row">([^<]*)</th>(.*?)</tr>', html, re.DOTALL):
        counts = re.findall(r">(\d+)</td>", cells)
        for head, count in zip(heads[1:], counts, strict=True):
            if count != "0":
                found.setdefault(head, []).append((month, int(count)))
    return found


def test_numbers_dots_and_last_times_are_those_of_what_is_visible(jeanne):
    html = page_of(jeanne, "petit", "care_months")

    table = table_of(html)
    assert table == {
        "Consultations": [("Mai 2026", 2)],
        "Pharmacie": [("Mai 2026", 2), ("Avril 2026", 2), ("Mars 2026", 2)],
        "Analyses": [("Mai 2026", 1)],
    }
    dots = re.findall(r"<circle[^>]*><title>([^<]*)</title>", html)
    assert sorted(dots) == sorted(
        f"{month.lower()}, {count} fois" for found in table.values() for month, count in found
    )
    assert len(re.findall(r'scope="row">', html)) == 25
    assert rows_of(html, "fait") == [
        "Hémogramme (numération globulaire et plaquettes) 13 mai 2026 – Laboratoire du Port"
    ]
    given = rows_of(html, "donne")
    assert [row.partition(" masqué")[0] for row in given] == [
        "Sertraline 21 mai 2026 – Pharmacie du Port 3 fois en 24 mois",
        "Metformine 12 mai 2026 – Pharmacie du Port 3 fois en 24 mois",
    ]
    assert marks_on(html, jeanne.pill) == {PADLOCK}
    assert marks_on(html, jeanne.medicine) == set()


def test_a_year_that_begins_with_the_picture_is_told_whole():
    ticks = drawn([], ["janvier"] * 25, {0: "2025", 12: "2026", 24: "2027"}).ticks

    assert [(tick.x, tick.anchor) for tick in ticks] == [
        ("0.0", "start"), ("240.0", "middle"), ("480.0", "end"),
    ]  # fmt: skip


def test_from_whom_care_is_hidden_nothing_tells_of_it(jeanne):
    html = page_of(jeanne, "martin", "care_months")

    assert table_of(html) == {
        "Consultations": [("Mai 2026", 1)],
        "Pharmacie": [("Mai 2026", 1), ("Avril 2026", 1), ("Mars 2026", 1)],
        "Analyses": [("Mai 2026", 1)],
    }
    for word in ("Sertraline", "Garnier", "masqué"):
        assert word not in html


def test_the_page_is_narrowed_to_one_kind_or_one_person(jeanne):
    html = page_of(jeanne, "jeanne", "care_months", kind="laboratory")
    assert table_of(html) == {"Analyses": [("Mai 2026", 1)]}
    assert len(rows_of(html, "fait")) == 1
    assert rows_of(html, "donne") == []
    who = re.search(r'value="(\w+)"[^>]*>[^<]*Garnier<', html)[1]

    def narrowed(**asked):
        return jeanne.browser("jeanne").get(address(jeanne, "care_months"), asked).content.decode()

    theirs = narrowed(who=who)

    assert "Sertraline" in theirs
    assert "Metformine" not in theirs
    assert table_of(theirs)["Consultations"] == [("Mai 2026", 1)]
    assert table_of(narrowed(kind="x", who="y")) == table_of(narrowed())
    assert "Aucun soin ne correspond" in narrowed(who=who, kind="laboratory")


def test_a_file_that_gives_numbers_alone_still_says_what_was_done_and_where(jeanne, as_owner):
    """As tables of the national base do: no name of an act, of a doctor or of a place."""
    test = {"section": "BIO", "code_system": "NABM", "label": "", "pays_for": "11502-2",
            "performer_kind": "structure", "performer_name": ""}  # fmt: skip
    ecg = {"code_system": "CCAM", "code": "DEQP003", "label": "", "performer_kind": "person"}
    with as_owner():
        place = cast.structure("Hôpital des Lices")
        cast.line(jeanne.record, occurred_on=dt.date(2026, 5, 20), code="9876",
                  performer_finess=place.finess, **test)  # fmt: skip
        cast.line(jeanne.record, occurred_on=dt.date(2026, 5, 19), code="9877",
                  performer_finess="750000029", **test)  # fmt: skip
        cast.line(jeanne.record, occurred_on=dt.date(2026, 5, 18), performer_name="Dr Petit",
                  performer_finess=place.finess, **ecg)  # fmt: skip

    assert rows_of(page_of(jeanne, "petit", "care_months"), "fait")[:3] == [
        "NABM 9876 20 mai 2026 – Hôpital des Lices",
        "NABM 9877 19 mai 2026 – 750000029",
        f"{ECG} 18 mai 2026 – Dr Petit, Hôpital des Lices",
    ]


def test_who_gave_no_number_is_no_place_of_those_who_gave_none_either(jeanne, as_owner):
    """A file may give the name of a place alone: another care is not said to be of that place."""
    nowhere = {"performer_finess": "", "pays_for": "11502-2", "label": ""}
    with as_owner():
        cast.line(jeanne.record, occurred_on=dt.date(2026, 5, 20), section="BIO", code="9876",
                  code_system="NABM", performer_kind="structure",
                  performer_name="Hôpital sans numéro", **nowhere)  # fmt: skip
        cast.line(jeanne.record, occurred_on=dt.date(2026, 5, 19), section="BIO", code="9877",
                  code_system="NABM", performer_kind="", performer_name="", **nowhere)  # fmt: skip
        cast.line(jeanne.record, occurred_on=dt.date(2026, 5, 18), section="CARE", code="DEQP003",
                  code_system="CCAM", performer_kind="person", performer_name="Dr Petit",
                  **nowhere)  # fmt: skip

    done = rows_of(page_of(jeanne, "petit", "care_months"), "fait")[:3]
    assert [row.rstrip(" –") for row in done] == [
        "NABM 9876 20 mai 2026 – Hôpital sans numéro",
        "NABM 9877 19 mai 2026",
        f"{ECG} 18 mai 2026 – Dr Petit",
    ]
    # On the other page, who did it and where: of that line, and of no other.
    assert page_of(jeanne, "petit", "care_sections").count("Hôpital sans numéro") == 2


def test_whoever_cares_meets_it_on_the_way_and_the_family_does_not(jeanne):
    way = "24 mois en un coup d'œil"
    for page in ("home", "deposit"):
        link = re.compile(
            rf'href="{address(jeanne, "care_months")}"[^>]*>(?:(?!</a>).)*{way}', re.DOTALL
        )
        assert link.search(page_of(jeanne, "petit", page))
        assert way not in page_of(jeanne, "jeanne", page)


@pytest.mark.parametrize("who", ["stranger", "agent", "administrator"])
def test_nobody_without_a_door_finds_the_page(jeanne, who):
    answer = jeanne.browser(who).get(address(jeanne, "care_months"))

    assert answer.status_code == 404


def test_the_page_is_one_event_and_asks_as_much_for_much_care(jeanne, as_owner):
    browser = jeanne.browser("petit")
    browser.get(address(jeanne, "care_months"))
    before = len(jeanne.events())
    with CaptureQueriesContext(connection) as few:
        browser.get(address(jeanne, "care_months"))
    assert len(jeanne.events()) == before + 1
    with as_owner():
        hide(jeanne.record, jeanne.visit, audience="everyone")

    with CaptureQueriesContext(connection) as more:
        browser.get(address(jeanne, "care_months"))

    assert len(more) == len(few)
