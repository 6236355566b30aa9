"""Who somebody is to a record is said in words that fit a woman as well as a man."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from access import naming


CATALOGUE = settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"
# Said to a reader, or of somebody who is named beside: never of a man only.
OF_A_MAN = re.compile(
    r"\bvous (?:êtes|serez|en êtes|étiez) (?:\w+ )?(?:prévenu|connecté|déconnecté|resté|inscrit)\b"
    r"|^aidant(?:$|,| :)|^représentant légal(?:$|,)|^tuteur(?:$|,| :)|^Professionnel de santé$",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (naming.helps(you=True), "vous aide"),
        (naming.helps(you=False), "aide à suivre ce dossier"),
        (naming.represents(you=True), "vous représente"),
        (naming.represents(you=False), "représente cette personne"),
        (naming.represents(you=True, guardian=True), "exerce la tutelle"),
    ],
)
def test_a_tie_is_said_by_what_somebody_does(said, words):
    assert said == words


def test_no_sentence_speaks_to_a_man_only():
    with CATALOGUE.open("rb") as file:
        said = [
            one.id if isinstance(one.id, str) else one.id[0]
            for one in read_po(file)
            if any("/models/" not in path for path, _line in one.locations)
        ]

    assert [words for words in said if OF_A_MAN.search(words)] == []
