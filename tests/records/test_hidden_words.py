"""The words that give away what a patient hid: every form of them, and nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, strategies as st

from records import reference
from records.hidden_words import (
    keys_of_medicine,
    keys_of_person,
    keys_of_specialty,
    keys_of_words,
    words_written,
)


def named(text, keys):
    """The words of a text that meet keys, as they are written."""
    found = [one for line in words_written(text.splitlines()) for one in line.items()]
    return sorted({word for key, word in found if key in keys})


SERTRALINE = keys_of_medicine("3400937016605", "N06AB06")
PSYCHIATRY = keys_of_specialty("33")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Suivi psychiatrique régulier", PSYCHIATRY),
        ("vu par les PSYCHIATRES", PSYCHIATRY),
        ("psychiatrie de secteur", PSYCHIATRY),
        ("suivi psy", PSYCHIATRY),
        ("vu en psychia-\ntrie", PSYCHIATRY),
        ("vu en psychia\ntrie", PSYCHIATRY),
        ("psy\u00adchiatre", PSYCHIATRY),
        ("avis cardio", keys_of_specialty("3")),
        ("avis cardiologique", keys_of_specialty("SM04")),
        ("suivi gynéco", keys_of_specialty("7")),
        ("vue par une sage-femme", keys_of_specialty("21")),
        ("chez le chirurgien", keys_of_specialty("4")),
        ("consultation génétique", keys_of_specialty("78")),
        ("sertralines", SERTRALINE),
        ("Zoloft 50 mg", SERTRALINE),
        ("sous antidépresseur", SERTRALINE),
        ("anti-dépresseurs", SERTRALINE),
        ("inhibiteur de la recapture de la sérotonine", SERTRALINE),
        ("suivie par GARNIER", keys_of_person("Dr Alix Garnier")),
        ("suivie par Dr Roy", keys_of_person("Dr Alix Roy")),
        ("suivie par le roux", keys_of_person("LE ROUX Alix")),
        ("sérologie vih", keys_of_words("Sérologie VIH")),
        ("passage au Csapa", keys_of_words("CSAPA Les Tilleuls")),
        ("l'œdème", keys_of_words("Oedème des jambes")),
    ],
)
def test_a_word_is_found_in_every_form(text, keys):
    assert named(text, keys)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Bon état général, a arrêté le tabac", keys_of_person("Dr Alix Bon")),
        ("Le roi est nu, roy", keys_of_person("Dr Alix Roy")),
        ("Épouse : Alix", keys_of_person("Dr Alix Garnier")),
        ("Consultation de médecine générale avec l'enfant", PSYCHIATRY),
        ("Comprimé dispersible, solution buvable", SERTRALINE),
        ("une femme sage", keys_of_specialty("21")),
        ("Inhibiteurs de la pompe à protons", SERTRALINE),
        ("Lettre et compte rendu du 20 mai", keys_of_words("Lettre du psychiatre")),
    ],
)
def test_an_ordinary_word_names_nothing(text, keys):
    assert named(text, keys) == []


SPECIALTIES = [
    code for code in reference.tables.rows("specialties") if keys_of_specialty(code)
]  # fmt: skip
MEDICINES = [one for one in reference.medicines() if one.atc]


def without_accents(text):
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


WRITTEN = st.sampled_from(
    [str, str.upper, str.lower, str.title, without_accents, lambda text: text.replace(" ", "\n")]
)
AROUND = st.sampled_from(["", "Suivi : ", "le ", "depuis 2019, ", "« "])


@given(st.sampled_from(SPECIALTIES), WRITTEN, AROUND)
def test_a_specialty_is_found_however_its_name_is_written(code, written, around):
    assert named(around + written(reference.specialty_label(code)), keys_of_specialty(code))


@given(st.sampled_from(MEDICINES), st.sampled_from(MEDICINES), WRITTEN, AROUND)
def test_a_box_is_found_by_any_brand_of_its_substance(one, other, written, around):
    keys = keys_of_medicine(one.cip13, "")
    assert named(around + written(one.substance), keys)
    if other.atc == one.atc:
        assert named(written(other.name), keys)


LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿœæABEÉŒ", min_size=5)


@given(LETTERS, st.data())
def test_a_word_cut_anywhere_counts_on_both_lines(word, data):
    keys = keys_of_words(word.lower())
    at = data.draw(st.integers(1, len(word) - 1))
    first, second = words_written([f"Vu {word[:at]}-", f"{word[at:]} hier"])
    if keys:
        assert keys & first.keys()
        assert keys & second.keys()


@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_text_is_read_line_by_line_and_more_lines_name_no_less(lines):
    found = words_written(lines)
    assert len(found) == len(lines)
    alone = [words_written([line])[0] for line in lines]
    for one, with_others in zip(alone, found, strict=True):
        assert one.keys() <= with_others.keys()
