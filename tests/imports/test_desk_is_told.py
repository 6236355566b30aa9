"""The e-mail at the end: what has ended, and nothing of the file's rows or name."""

from __future__ import annotations

import pytest
from django.core import mail

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
    with django_capture_on_commit_callbacks(execute=True):
        checker()

    (message,) = mail.outbox
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
