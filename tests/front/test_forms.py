"""A form is drawn so that every question has its words, and every problem its sentence."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django import forms
from django.utils import translation

from dmp.forms import DayField, Explained, OneTimeCodeField, conditional


class Question(forms.Form):
    name = forms.CharField(
        label="Nom",
        help_text="Comme sur la carte.",
        error_messages={"required": "Indiquez le nom."},
    )
    piece = forms.ChoiceField(
        label="Pièce",
        widget=forms.RadioSelect,
        choices=[("cni", Explained("Carte", "en cours de validité")), ("non", "Aucune")],
    )
    mobile = forms.CharField(label="Portable", required=False)
    number = conditional(forms.CharField(label="Avec une carte : son numéro"))
    mutual = forms.CharField(label="Si vous en avez une, votre mutuelle", required=False)
    agreed = forms.BooleanField(label="D'accord", help_text="On peut changer d'avis.")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def _tag(html: str, pattern: str) -> str:
    found = re.search(pattern, html, re.DOTALL)
    assert found, f"no {pattern} in {html}"
    return found.group()


def test_a_field_is_tied_to_its_words_and_its_hint():
    html = str(Question())
    assert 'for="id_name"' in _tag(html, r"<label[^>]*>\s*Nom")
    assert 'aria-describedby="id_name_helptext"' in _tag(html, r'<input[^>]*name="name"[^>]*>')
    assert "Comme sur la carte." in _tag(html, r'<div[^>]*id="id_name_helptext".*?</div>')


def test_problems_are_told_by_the_page_and_not_by_the_browser():
    assert not re.search(r"\srequired\b", str(Question()))


def test_a_question_that_may_stay_empty_says_so():
    html = str(Question())
    assert "(facultatif)" in _tag(html, r"<label[^>]*>\s*Portable.*?</label>")
    assert "(facultatif)" not in _tag(html, r"<label[^>]*>\s*Nom.*?</label>")


def test_a_question_that_other_answers_ask_says_nothing_whatever_its_first_word():
    html = str(Question({}))
    assert "facultatif" not in _tag(html, r"<label[^>]*>\s*Avec une carte.*?</label>")
    assert "(facultatif)" in _tag(html, r"<label[^>]*>\s*Si vous en avez.*?</label>")
    assert "number" not in Question({}).errors


def test_a_wrong_answer_is_marked_and_described():
    html = str(Question({"name": ""}))
    control = _tag(html, r'<input[^>]*name="name"[^>]*>')
    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="id_name_helptext id_name_error"' in control
    assert "Indiquez le nom." in _tag(html, r'<p[^>]*id="id_name_error".*?</p>')


def test_the_summary_links_every_problem_to_where_it_is_answered():
    html = str(Question({"name": ""}))
    summary = _tag(html, r'<div class="govuk-error-summary".*?</ul>')
    assert re.search(r'<a href="#id_name">Indiquez le nom\.</a>', summary)
    for target in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{target}"' in html
    assert 'href="#id_piece_0"' in summary


def test_a_problem_always_names_its_question():
    html = str(Question({"name": "Morel", "agreed": "on"}))
    assert "Ce champ est obligatoire" not in html
    assert "Répondez à : Pièce" in html


def test_a_form_without_a_problem_has_no_summary():
    assert "govuk-error-summary" not in str(Question())
    assert "govuk-error-summary" not in str(
        Question({"name": "Morel", "piece": "cni", "agreed": "on"})
    )


def test_a_problem_of_the_whole_form_is_never_lost():
    form = Question({"name": "Morel", "piece": "cni", "agreed": "on"})
    form.add_error(None, "Les deux noms diffèrent.")
    form.add_error("token", "La page a vieilli.")
    html = str(form)
    assert "Les deux noms diffèrent." in html
    assert "La page a vieilli." in html


def test_a_choice_carries_its_reason_inside_its_own_words():
    label = _tag(str(Question()), r'<label[^>]*for="id_piece_0".*?</label>')
    assert "Carte" in label
    assert "en cours de validité" in label


def test_choices_are_one_group_with_one_question():
    html = str(Question({"name": "x"}))
    group = _tag(html, r"<fieldset.*?</fieldset>")
    assert 'aria-describedby="id_piece_error"' in group
    assert "Pièce" in _tag(group, r"<legend.*?</legend>")
    assert group.count('type="radio"') == 2


def test_what_was_typed_is_shown_again_and_never_run():
    html = str(Question({"name": '"><script>alert(1)</script>'}))
    assert "<script" not in html
    assert 'value="&quot;&gt;&lt;script&gt;' in html


class Day(forms.Form):
    born = DayField(label="Naissance")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "typed", ["03/11/1955", "3/11/1955", "3-11-1955", "03.11.1955", "03111955", "1955-11-03"]
)
def test_a_day_is_read_day_first_in_both_languages(typed, language):
    with translation.override(language):
        form = Day({"born": typed})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["born"] == dt.date(1955, 11, 3)


@pytest.mark.parametrize("typed", ["31/02/1955", "11/13/1955", "hier", "1955"])
def test_a_day_that_does_not_exist_is_refused_with_an_example(typed):
    form = Day({"born": typed})
    assert not form.is_valid()
    assert "27/03/1955" in form.errors["born"][0]
    assert f'value="{typed}"' in str(form)


def test_a_known_day_is_shown_day_first():
    assert 'value="03/11/1955"' in str(Day(initial={"born": dt.date(1955, 11, 3)}))


class Code(forms.Form):
    code = OneTimeCodeField(label="Code")


@pytest.mark.parametrize("typed", ["123456", "123 456", " 1 2 3 4 5 6 "])
def test_a_code_may_be_pasted_with_spaces(typed):
    form = Code({"code": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["code"] == "123456"


@pytest.mark.parametrize("typed", ["12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_a_code_of_another_shape_is_refused_with_what_was_expected(typed):
    form = Code({"code": typed})
    assert not form.is_valid()
    assert "6 chiffres" in form.errors["code"][0]


def test_a_phone_may_offer_the_code_it_received():
    assert 'autocomplete="one-time-code"' in str(Code())
