"""Refused rows that came back: with the file they were of, they are what the slip announces."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.urls import reverse

from imports.loading import corrections, totals
from imports.models import Load
from tests.imports.at_the_desk import drop, rejects, words
from tests.imports.loads import COLUMNS, line, lines


pytestmark = pytest.mark.django_db

SLIP = "scheme;period;lines;paid_cents;reimbursed_cents\ngeneral;2026-04;3;3000;1950\n"
SAME = "Bordereau : identique au centime"
TOGETHER = "Ensemble, le fichier et ses lignes corrigées : 3 lignes, 30,00 € payés"


def page_of(client, load):
    found = words(client.get(reverse("imports:load", args=[load.id])))
    return found.replace("\N{NO-BREAK SPACE}", " ").replace("&#x27;", "'")


def corrected(client, load, *facts, keep=None):
    """Send the refused rows of a load back, the first ones with other facts."""
    header, *found = rejects(client, load)
    for row, told in zip(found, facts, strict=False):
        for name, value in told.items():
            row[header.index(name)] = value
    content = "\n".join(map(";".join, (header, *found[:keep]))).encode()
    answer = client.post(
        reverse("imports:load_correct", args=[load.id]), {"file": io.BytesIO(content)}
    )
    assert answer.status_code == 302


@pytest.fixture
def sent(desk, checker):
    """A file of three lines, two of them refused, loaded although its slip announces three."""
    drop(desk, SLIP.encode(), "bordereau.csv")
    slip = checker()
    desk.post(reverse("imports:load_proceed", args=[slip.id]))
    checker()
    drop(desk, lines(line("A"), line("B", paid_cents="10,00"), line("C", paid_cents="10,00")))
    load = checker()
    assert "Écart, fichier moins bordereau : lignes −2, payé −20,00 €" in page_of(desk, load)
    desk.post(reverse("imports:load_proceed", args=[load.id]), {"reason": "deux lignes suivent"})
    checker()
    load.refresh_from_db()
    return load


RIGHT = {"paid_cents": "1000"}


def test_a_file_and_its_corrected_rows_are_held_together_against_the_slip(desk, loader, sent):
    corrected(desk, sent, RIGHT, RIGHT)
    second = loader()

    for load in (sent, second):
        found = page_of(desk, load)
        assert TOGETHER in found
        assert SAME in found
        assert "Bordereau différent" not in found


def test_rows_corrected_one_after_the_other_are_of_the_first_file(desk, loader, sent):
    corrected(desk, sent, RIGHT)
    second = loader()
    found = page_of(desk, second)
    assert "Ensemble, le fichier et ses lignes corrigées : 2 lignes" in found
    assert "Écart, ensemble moins bordereau : lignes −1, payé −10,00 €" in found

    corrected(desk, second, RIGHT)
    third = loader()

    assert all(SAME in page_of(desk, load) for load in (sent, second, third))


def test_rows_that_are_only_checked_or_taken_back_are_not_counted(desk, checker, sent):
    corrected(desk, sent, RIGHT, RIGHT)
    second = checker()
    assert SAME in page_of(desk, second)
    assert "Ensemble" not in page_of(desk, sent)

    Load.objects.filter(id=second.id).update(state="undone")

    assert "Ensemble" not in page_of(desk, sent)


def test_rows_that_came_back_twice_are_not_counted_twice(desk, loader, sent):
    corrected(desk, sent, RIGHT)
    loader()
    corrected(desk, sent, RIGHT, RIGHT)
    loader()

    assert corrections.rest_of(sent) == {}
    assert totals.differs(sent)


def test_a_row_of_another_length_is_not_said_to_be_empty(desk, checker):
    drop(desk, lines(line("A"), line("B") + ";trop", "C;D"))
    checker()
    page = words(desk.get(reverse("imports:load", args=[Load.objects.get().id])))
    said, count = page.replace("&#x27;", "'"), len(COLUMNS.split(";"))
    assert f"Ligne 3 : attendu {count} colonnes comme dans l'en-tête, lu {count + 1}" in said


def test_refused_rows_bear_the_day_their_file_was_brought_on_in_france(desk, checker):
    drop(desk, lines(line("A", paid_cents="10,00")))
    load = checker()
    just_after_midnight = dt.datetime(2026, 11, 27, 23, 30, tzinfo=dt.UTC)
    Load.objects.update(uploaded_at=just_after_midnight)

    assert "samedi 28 novembre 2026 à 0 h 30" in page_of(desk, load)
    answer = desk.get(reverse("imports:load_refusals", args=[load.id]))
    assert b"".join(answer.streaming_content)
    assert "rejets-2026-11-28-" in answer["Content-Disposition"]
