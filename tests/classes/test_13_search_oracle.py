"""Class 13: a filter, a sort or a search answers about a field one may not read.

HAPI let a chained search ask for what hung on a resource one could not open (#6065, `_has`).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.classes.asking import every_address, some
from tests.classes.hidden import WAYS, WORD, add_hidden
from tests.interference.comparing import undone
from tests.interference.values import Keys


CASES = [(way, who) for way, viewers in WAYS.items() for who in viewers if who != "delegate"]
#: Names that some system gives to filters, orders and joins: none is one of ours.
OTHERS = (
    ("ordering", "-created_at"), ("order_by", "author_id"), ("sort", "title"),
    ("_sort", "-date"), ("_has:DocumentReference:subject:type", "34112-3"),
    ("_include", "*"), ("_revinclude", "Provenance:target"), ("_content", WORD),
    ("_text", WORD), ("_total", "accurate"), ("_summary", "count"), ("_elements", "content"),
    ("title__icontains", WORD), ("record__id__isnull", "False"), ("author", WORD),
    ("author.family", WORD), ("fields", "title"), ("expand", "files"), ("limit", "1000"),
    ("_lastUpdated", "ge2026-06-01"), ("identifier", WORD), ("_history", "1"),
)  # fmt: skip


def values(added, kind):
    """What the hidden elements answer to: their words, kinds, days, keys."""
    letter, line = added["letter"], added["line"]
    return {
        "search": [WORD, WORD.lower()[:5], "fevrier 2023"],
        "class_code": [letter.class_code], "class_token": [letter.class_code],
        "type_token": [letter.type_code, f"http://loinc.org|{letter.type_code}"],
        "year": ["2023"], "instant": ["2023-02", "le2023-03-01", "ge2026-06-12"],
        "party": [WORD, f"Dr {WORD}"], "care_kind": ["visit", "pharmacy"],
        "page": ["2", "3"], "count": ["1", "3"], "words": [WORD],
        "element": [str(letter.id), str(line.id)],
    }.get(kind, [])  # fmt: skip


def questions(scene, who, keys, added):
    for address in every_address():
        if address.declared.before or not address.declared.gets or address.of_account:
            continue
        if not address.open_to(scene, who):
            continue
        ask = next(address.asks(keys, **address.filled(keys, scene.record_of(who).id)))
        for name, kind in address.declared.query.items():
            for value in values(added, kind):
                query = (*(pair for pair in ask.query if pair[0] in {"patient", "status", "from"}
                           and pair[0] != name), (name, value))  # fmt: skip
                yield replace(ask, query=query)
        if "search" in address.name or {"q", "page"} & {*address.declared.query}:
            yield replace(ask, query=(*ask.query, *OTHERS))


@pytest.mark.parametrize(("way", "who"), some(*CASES))
def test_no_question_about_a_hidden_field_is_answered(way, who, scene, asker, as_owner):
    """Each with the very words, kinds and days of what is hidden: as if it were not there."""
    keys, one = Keys(scene, who), asker(who)
    with undone():
        with as_owner():
            added = add_hidden(scene, way)
        asked = list(questions(scene, who, keys, added))
        with_it = [one.answer(ask) for ask in asked]
    without = [one.answer(ask) for ask in asked]
    assert len(asked) > 20
    for ask, one_answer, other in zip(asked, with_it, without, strict=True):
        assert not one_answer.unlike(other), str(ask)


def test_the_questions_find_it_where_it_is_shown(scene, asker, as_owner):
    keys, one = Keys(scene, "petit"), asker("petit")
    with as_owner():
        added = add_hidden(scene)
    found = {
        name
        for ask in questions(scene, "petit", keys, added)
        if one.answer(ask).holds(added["letter"].id, added["line"].id)
        for name, _value in ask.query
    }
    assert {"q", "class", "type", "category"} <= found
