"""A text is shown as it was meant: paragraphs flow, tables made of spaces keep them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from records.contents import passages
from records.contents.columns import columns_of


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


RESULTS = """
                              Résultat     Référence
Hémoglobine                   12,9 g/dL    11,5 à 16,0
Débit de filtration (CKD-EPI) 63 mL/min    > 60
  dont corrigé                             > 50

Sodium                        140 mmol/L"""


def test_what_is_missing_never_slides_under_another_name():
    found = columns_of(RESULTS)

    assert found.heads == ("", "Résultat", "Référence")
    assert found.rows == (
        ("Hémoglobine", "12,9 g/dL", "11,5 à 16,0"),
        ("Débit de filtration (CKD-EPI)", "63 mL/min", "> 60"),
        ("dont corrigé", "", "> 50"),
        ("Sodium", "140 mmol/L", ""),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Sodium      140\nPotassium   4,3\nChlore     1000",  # set at the end of their column
        "Sodium     140   136\nUn libellé qui déborde   4,3   3,5",
        "Dr Roux        Rennes",
        "Une ligne\nUne autre",
    ],
)
def test_where_a_place_is_doubtful_there_is_no_table(text):
    assert columns_of(text) is None


def without_empty_columns(rows):
    return [column for column in zip(*rows, strict=True) if any(column)]


@given(
    st.lists(st.tuples(*[st.sampled_from(["", "12", "a b", "< 3"])] * 3), min_size=2, max_size=6),
    st.integers(min_value=5, max_value=9),
)
def test_a_cell_is_read_in_its_column_or_not_at_all(rows, width):
    given = [("nom", *row) for row in rows]
    lines = ["".join(cell.ljust(width) for cell in row).rstrip() for row in given]
    found = columns_of("\n".join(lines))

    if found:
        read = [row for row in (found.heads, *found.rows) if row]
        assert without_empty_columns(read) == without_empty_columns(given)
