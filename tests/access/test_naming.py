"""Names inside a sentence: French joins and elides, English does neither."""

from __future__ import annotations

import pytest
from django.utils import translation

from access import naming


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Jeanne", "de Jeanne"), ("Angèle", "d'Angèle"), ("Élodie", "d'Élodie"),
        ("Émile Castaing", "d'Émile Castaing"), ("Œdipe", "d'Œdipe"), ("Yves", "d'Yves"),
        ("Yann", "de Yann"), ("Hélène", "d'Hélène"), ("Hamza", "de Hamza"), ("", "de "),
        ("Y", "de Y"),
    ],
)  # fmt: skip
def test_of_somebody_is_elided_before_a_vowel_in_french_alone(name, said):
    assert naming.of(name) == said
    with translation.override("en"):
        assert naming.of(name) == name
