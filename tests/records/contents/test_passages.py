"""A text is shown as it was meant: paragraphs flow, tables made of spaces keep them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from records.contents import passages


TABLE = "              Résultat     Référence\nSodium        140          136 à 145"
MORE = "Potassium     4,3          3,5 à 5,1"


def test_paragraphs_flow_and_tables_keep_their_spaces():
    found = passages(f"Chère Consœur,\n\nElle va bien.\nMerci.\r\n\r\n{TABLE}\n \n{MORE}\n\nFin")

    assert [(each.text, each.columns) for each in found] == [
        ("Chère Consœur,", False),
        ("Elle va bien.\nMerci.", False),
        (f"{TABLE}\n\n{MORE}", True),
        ("Fin", False),
    ]


@pytest.mark.parametrize(
    "text", ["Deux  espaces", "   Un retrait seul", "À la fin   ", "Un. Deux. Trois."]
)
def test_spaces_that_set_nothing_apart_are_no_table(text):
    assert [(each.text, each.columns) for each in passages(text)] == [(text.strip(), False)]


@given(st.text(alphabet="ab \t\n"))
def test_no_word_is_lost(text):
    assert " ".join(each.text for each in passages(text)).split() == text.split()
