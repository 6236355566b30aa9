"""Every refusal has its sentence: where, what was expected, what was found, what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import imports.parsing
from imports.parsing import MESSAGES, Notice, Refusal, sentence
from tests.imports.parsing.files import LINE, csv, read


SOURCE = "\n".join(
    path.read_text()
    for path in Path(imports.parsing.__file__).parents[1].rglob("*.py")
    if path.parent.name != "messages"
)
PARAMETERS = {
    "limit": 7, "low": 1, "high": 9, "latest": "2026-11-02", "start": "2026-10-05",
    "choices": "A, B", "count": 32, "found_count": 31, "encoding": "utf-8", "format": "PDF",
    "number": 4, "name": "care_start", "likely": "care_strat", "kind": "lines", "reached": 12,
    "other": 7,
}  # fmt: skip


def test_a_wrong_date_reads_as_a_person_would_say_it():
    (refusals,) = read(csv({**LINE, "care_start": "31/02/2026"}))

    assert sentence(refusals[0]) == (
        "Ligne 2, colonne care_start : attendu une date AAAA-MM-JJ, par exemple 2026-11-05, "
        "lu « 31/02/2026 ». Ce jour n'est pas au calendrier : reprenez la date à la source."
    )


def test_a_correction_closes_the_sentence():
    (refusals,) = read(csv({**LINE, "paid_cents": "12,50"}))

    assert sentence(refusals[0]) == (
        "Ligne 2, colonne paid_cents : attendu un montant en centimes, sans virgule "
        "(12,50 € s'écrit 1250), lu « 12,50 ». Convertissez le montant en centimes. Si la "
        "colonne est en euros, convertissez-la toute : un montant rond, écrit sans virgule, y est "
        "lu comme des centimes. "
        "Correction proposée : 1250."
    )


def test_a_missing_value_and_a_whole_row_have_sentences_of_their_own():
    (missing, wide) = read(csv({**LINE, "line_id": ""}, {**LINE, "rate_pct": "6;5"}))

    assert sentence(missing[0]) == (
        "Ligne 2, colonne line_id : attendu une valeur, rien trouvé. "
        "Complétez la colonne : sans elle, la ligne ne peut être rattachée."
    )
    assert sentence(wide[0]) == (
        "Ligne 3 : attendu 32 colonnes comme dans l'en-tête, lu 33. "
        "Une valeur qui contient le séparateur doit être entre guillemets. Un séparateur de trop "
        "à la fin de la ligne est à retirer. Dans les lignes rendues, « ? » est ce qui manquait ; "
        "videz rejet_code quand la ligne est juste."
    )


def test_a_value_with_a_per_cent_sign_breaks_no_sentence():
    (refusals,) = read(csv({**LINE, "rate_pct": "65 %d", "section": "%(line)s %s"}))

    assert "lu « 65 %d »" in sentence(refusals[1])
    assert "lu « %(line)s %s »" in sentence(refusals[0])
    assert "sans signe %, lu" in sentence(refusals[1])


def test_sentences_are_translated_piece_by_piece():
    def english(text):
        return {
            MESSAGES["nul_byte"].expected: "text",
            MESSAGES["nul_byte"].advice: "Export again.",
            "Ligne %(line)s : attendu %(expected)s.": "Line %(line)s: expected %(expected)s.",
        }[text]

    assert sentence(Refusal(3, "", "nul_byte"), english) == "Line 3: expected text. Export again."


@pytest.mark.parametrize("code", MESSAGES)
@pytest.mark.parametrize("found", ["", "lu"], ids=["nothing found", "found"])
def test_every_code_has_a_whole_sentence_and_needs_no_unknown_parameter(code, found):
    for about in (
        Refusal(3, "care_start", code, found, "2026-10-05", PARAMETERS),
        Notice(code, {**PARAMETERS, "found": found, "line": 3, "column": "", "expected": ""}),
    ):
        told = sentence(about)

        assert "%(" not in told
        assert told.endswith(".")


@pytest.mark.parametrize("code", MESSAGES)
def test_every_code_is_used_and_fits_the_table_of_refused_rows(code):
    assert f'"{code}"' in SOURCE
    assert len(code) <= 40


def test_every_code_used_has_a_message():
    used = re.findall(r'(?:Fault|Notice)\(\s*"(\w+)"', SOURCE)
    used += re.findall(r'Refusal\(\s*[^,]+,\s*[^,]+,\s*"(\w+)"', SOURCE)

    assert len(set(used)) > 50
    assert set(used) <= set(MESSAGES)


def test_messages_avoid_the_words_that_are_never_shown():
    told = " ".join(f"{m.title} {m.expected} {m.advice}" for m in MESSAGES.values())

    assert not re.search(r"\b(DMP|occult\w+|habilitation\w*|bris de glace|VSM)\b", told)
