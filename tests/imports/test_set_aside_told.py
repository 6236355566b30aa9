"""What is set aside is kept: a page says so, and says that it was there once it was."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.imports.at_the_desk import drop, words
from tests.imports.loads import counts, line, lines


pytestmark = pytest.mark.django_db

PSEUDONYM = {"person_system": "dcir", "person_value": "p1"}


def page_of(desk, load):
    return words(desk.get(reverse("imports:load", args=[load.id])))


def test_lines_that_wait_for_their_aliases_are_not_said_to_have_been_there(desk, loader):
    sent = lines(line("A", **PSEUDONYM), line("B", **PSEUDONYM))
    drop(desk, sent)
    first = loader()
    assert counts(first) == {"read": 2, "set_aside": 2}
    assert "0 ligne changée." not in page_of(desk, first)

    drop(desk, sent)
    again = loader()

    assert counts(again) == {"read": 2, "set_aside": 2}
    assert "0 ligne changée." in page_of(desk, again)
    # Nothing of it could be taken back, and no other file came.
    assert "Un autre fichier du même régime" not in page_of(desk, again)

    drop(desk, lines(line("C")))
    loader()
    assert "Un autre fichier du même régime" in page_of(desk, first)


def test_illnesses_that_wait_for_their_aliases_are_not_said_to_have_been_there(desk, loader):
    drop(
        desk,
        b"person_system;person_value;icd10;label;since;until;flow_date\n"
        b"dcir;p1;E11;;2020-01-01;;2026-04-05\n",
    )
    load = loader()

    assert counts(load) == {"read": 1, "set_aside": 1}
    assert "0 ligne changée." not in page_of(desk, load)
