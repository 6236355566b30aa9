"""The e-mail at the end: what has ended, and nothing of the file's rows or name."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.core import mail
from django.urls import reverse

from imports.models import Load
from tests.imports.at_the_desk import drop
from tests.imports.loads import line, lines


GOOD, UNREADABLE = lines(line("A")), b"%PDF-1.7"


@pytest.mark.parametrize(
    "told",
    [
        ("fr", GOOD, "Votre fichier est vérifié : à vous de décider", "Rien n'est chargé avant"),
        (
            "en",
            GOOD,
            "Your file has been checked: now you decide",
            "Nothing is loaded until you say so",
        ),
        ("fr", UNREADABLE, "Votre fichier est refusé", "Fichier refusé. Ouvrez la page"),
    ],
    ids=["checked", "checked, in English", "refused"],
)
def test_who_brought_a_file_is_told_in_their_language_what_has_ended(
    desk, checker, django_capture_on_commit_callbacks, settings, told
):
    language, content, subject, said = told
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    drop(desk, content, "DUPONT-Jeanne.csv")
    Load.objects.update(uploaded_at=dt.datetime(2026, 11, 17, 17, 10, tzinfo=dt.UTC))
    with django_capture_on_commit_callbacks(execute=True):
        checker()

    (message,) = mail.outbox
    when = {"fr": "mardi 17 novembre 2026 à 18 h 10", "en": "Tuesday 17 November 2026 at 18:10"}
    assert f" {when[language]}" in message.body.replace("\N{NO-BREAK SPACE}", " ")
    assert message.to == ["desk@exemple.test"]
    assert message.subject == subject
    assert said in message.body
    assert "DUPONT" not in message.subject + message.body


def test_a_file_is_said_to_be_loaded_once_it_is(desk, loader, django_capture_on_commit_callbacks):
    drop(desk, GOOD)
    with django_capture_on_commit_callbacks(execute=True):
        loader()

    assert [message.subject for message in mail.outbox] == [
        "Votre fichier est vérifié : à vous de décider",
        "Votre chargement est terminé",
    ]


REFUSED = {
    "fr": [
        "2 lignes sur 3 sont refusées : la page « Chargements » dit pourquoi",
        "Rien de votre fichier n'est chargé",
        "1 ligne sur 1 est refusée",
    ],
    "en": [
        "2 lines out of 3 are refused: the “File loads” page says why",
        "Nothing of your file is loaded",
        "1 line out of 1 is refused",
    ],
}


@pytest.mark.parametrize("language", REFUSED)
def test_who_brought_a_file_is_told_how_many_rows_are_refused_and_where_to_look(
    desk, loader, django_capture_on_commit_callbacks, settings, language
):
    some, subject, one = REFUSED[language]
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with django_capture_on_commit_callbacks(execute=True):
        drop(desk, lines(line("A"), line("B", paid_cents="12,50"), line("C", care_start="")))
        loader()
    with django_capture_on_commit_callbacks(execute=True):
        drop(desk, lines(line("D", paid_cents="12,50")))
        loader()

    first, *_, last = mail.outbox
    assert some in first.body
    assert "12,50" not in first.body
    assert last.subject == subject
    assert one in last.body


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Rien n'est chargé"), ("en", "Nothing loaded")]
)
def test_a_load_of_refused_rows_only_is_not_said_to_be_loaded(
    desk, loader, settings, language, said
):
    drop(desk, lines(line("D", paid_cents="12,50")))
    load = loader()
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    listed = html.unescape(desk.get(reverse("imports:loads")).content.decode())
    shown = html.unescape(desk.get(reverse("imports:load", args=[load.id])).content.decode())
    assert said in listed
    assert said in shown
    assert not re.search(r">\s*(Chargé|Loaded)\s*<", listed + shown)
