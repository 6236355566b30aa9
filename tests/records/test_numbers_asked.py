"""A national number is asked in one sentence wherever it is typed, true for Corsica too."""

from __future__ import annotations

import pytest

from records.pages.connecting_forms import CardForm
from records.pages.decisions import DecisionForm
from records.pages.identity_forms import TypedIdentityForm
from records.pages.number_forms import NumberDepositForm
from records.pages.person_forms import NIR_SHAPE, NirField, TypedPersonForm


ASKED = [
    (CardForm, "nir"),
    (TypedIdentityForm, "nir"),
    (TypedPersonForm, "nir"),
    (NumberDepositForm, "nir"),
    (DecisionForm, "child_nir"),
    (DecisionForm, "parent_nir"),
]


@pytest.mark.parametrize(("form", "name"), ASKED)
def test_a_number_is_asked_in_the_same_words_everywhere(form, name):
    assert str(form.base_fields[name].help_text).startswith(str(NIR_SHAPE))


def test_no_sentence_about_a_number_calls_its_letters_digits():
    said = [str(NIR_SHAPE), *map(str, NirField.default_error_messages.values())]
    assert [words for words in said if "13 chiffres" in words] == []
    assert NirField().clean("2 74 08 2A 041 959 05") == "274082A04195905"
