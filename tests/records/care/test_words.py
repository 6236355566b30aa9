"""The sentences: every phrase the rules can say has its template, and fills it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given

from records.care import words
from records.care.bundle import BundleReason, GuessReason, bundle_of, still_guessable
from records.care.drafts import draft_synthesis
from records.care.events import care_events
from records.care.kinds import EventKind, VisitForm
from records.care.questions import QUESTIONS
from records.care.sections import Column
from records.care.treatments import Status
from records.care.words import Plural, phrase, say
from tests.records.care.making import NAMES
from tests.records.care.worlds import DOCUMENTS, HISTORIES


FORBIDDEN = re.compile(
    r"\b(DMP|occult\w*|habilitation\w*|bris de glace|VSM|dispensation)", re.IGNORECASE
)


def in_french(said):
    return say(
        said,
        one=lambda text: text,
        many=lambda one, many, count: one if count < 2 else many,
        show=lambda value: value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value),
    )


def texts():
    for template in words.TEMPLATES.values():
        yield from template if isinstance(template, Plural) else (template,)
    yield from (*words.SECTIONS.values(), *words.COLUMNS.values())
    yield from (words.NOTICE, words.EMPTY_SECTION, words.NOT_GIVEN)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            phrase("event.consultation_with", count=1, name="Dr Petit"),
            "Consultation – Dr Petit",
        ),
        (
            phrase("event.pharmacy_with", count=2, name="Pharmacie du Port"),
            "2 médicaments – Pharmacie du Port",
        ),
        (
            phrase("event.then_pharmacy", count=1),
            "puis 1 médicament",
        ),
        (
            phrase(
                "draft.declared_illness",
                since=date(2019, 3, 1),
                code="E11",
                name="Diabète de type 2",
            ),
            "Maladie prise en charge à 100 % (ALD) depuis le 01/03/2019 : E11 Diabète de type 2",
        ),
        (
            phrase("draft.evidence_treatment", name="ramipril", count=1, last=date(2026, 11, 12)),
            "ramipril : délivré en pharmacie 1 fois en 12 mois, le 12/11/2026",
        ),
        (
            phrase("draft.evidence_treatment", name="ramipril", count=11, last=date(2026, 11, 12)),
            "ramipril : délivré en pharmacie 11 fois en 12 mois, la dernière le 12/11/2026",
        ),
        (
            phrase("bundle.dispensing_by", on=date(2026, 10, 9), name="Dr Garnier"),
            "Délivré en pharmacie le 09/10/2026, prescrit par Dr Garnier",
        ),
    ],
)
def test_a_phrase_reads_as_a_sentence(said, sentence):
    assert in_french(said) == sentence


@given(HISTORIES, DOCUMENTS)
def test_whatever_the_rules_say_can_be_said(lines, documents):
    said = [event.headline.title for event in care_events(lines)]
    if lines:
        said += [item.phrase for item in bundle_of(lines[0].id, lines, documents)]
        said += [guess.phrase for guess in still_guessable({lines[0].id}, lines, documents)]
    draft = draft_synthesis(
        lines=lines,
        illnesses=[],
        documents=documents,
        names=NAMES,
        on=date(2026, 2, 20),
        lang="fr",
    )
    said += [line.phrase for line in draft.lines]
    said += [found.phrase for line in draft.lines for found in line.evidence]

    for one in said:
        assert "%(" not in in_french(one)


@pytest.mark.parametrize("suffix", ["", "_with"])
@pytest.mark.parametrize(
    "form",
    [*(kind.value for kind in EventKind if kind is not EventKind.VISIT),
     *(form.value for form in VisitForm), "day_stay", "sessions",
     "emergency_visit", "emergency_visits"],
)  # fmt: skip
def test_every_event_has_a_title_with_and_without_a_name(form, suffix):
    assert f"event.{form}{suffix}" in words.TEMPLATES


def test_every_name_the_rules_use_has_its_words():
    assert {reason.value for reason in (*BundleReason, *GuessReason)} <= words.BUNDLE.keys()
    assert {status.value for status in Status} <= words.TREATMENTS.keys()
    assert {column.value for column in Column} == words.COLUMNS.keys()
    assert {question.key for question in QUESTIONS} == words.PROBLEMS.keys()
    assert words.PROBLEMS.keys() == words.QUESTIONS.keys()


def test_a_plural_has_the_same_places_in_both_forms():
    for template in words.TEMPLATES.values():
        if isinstance(template, Plural):
            places = {form: set(re.findall(r"%\((\w+)\)s", form)) for form in template}
            assert places[template.one] == places[template.many]
            assert "count" in places[template.one]


@pytest.mark.parametrize("text", sorted(set(texts())))
def test_a_text_uses_the_words_of_the_glossary(text):
    assert not FORBIDDEN.search(text)
    assert text.strip() == text
