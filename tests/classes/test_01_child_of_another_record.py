"""Class 1: a child is fetched by its own key, and nobody looks whose record it belongs to.

OpenEMR's portal and interface gave appointments, messages and prescriptions of any patient to
whoever changed a number in the address (CVE-2026-27943, -25930, -33931, -25745, -34055).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.classes.asking import NOWHERE, every_address
from tests.interference.traces import give_door
from tests.interference.values import Keys


KINDS_OF_KEYS = {"element", "mask", "gesture"}
# A person of the directory, a structure, a subject of help: nobody's children.
OF_NO_RECORD = {"professional_id", "structure_id", "topic", "kind", "rest", "load_id",
                "passkey_id", "uidb36", "key"}  # fmt: skip


def inside_a_record():
    """Every address of something within a record."""
    found = [
        one for one in every_address()
        if "record_id" in one.words and set(one.inner) - OF_NO_RECORD
    ]  # fmt: skip
    assert len(found) > 15
    return found


def foreign(keys, word, address):
    """The other record's keys for a word of a path."""
    if word == "line_id" and address.name == "records:synthesis_line":
        word = "synthesis_line_id"
    if word == "file_id":
        return [file for document, file in keys.files if document in keys.of["document_id"][1]]
    return keys.of[word][1] if word in keys.of else []


@pytest.mark.parametrize("who", ["martin", "jeanne", "petit"])
def test_a_child_of_another_record_is_nobodys_child_here(who, scene, asker, as_owner):
    """Even for somebody who may open it at its own address."""
    with as_owner():
        if who != "jeanne":
            give_door(scene.records["foreign"], scene.world.professionals[who])
        keys = Keys(scene, who)
    one, own, at_home = asker(who), scene.record_of(who).id, set()
    for address in inside_a_record():
        for word in address.inner:
            found = foreign(keys, word, address)[:2]
            words = address.filled(keys, own)
            nowhere = [
                one.answer(ask) for ask in address.asks(keys, **words | {word: NOWHERE}) if found
            ]
            for key in found:
                here = words | {word: key}
                home = here | {"record_id": scene.records["foreign"].id}
                asked = zip(
                    address.asks(keys, **here), nowhere, address.asks(keys, **home), strict=True
                )
                for ask, missing, theirs in asked:
                    answer = one.answer(ask)
                    assert not answer.unlike(missing, **{key: NOWHERE}), str(ask)
                    assert answer.wrote == missing.wrote, str(ask)
                    if ask.method == "GET" and one.answer(theirs).shown:
                        at_home.add(address.name)
    # The keys are right ones: at home they open.
    assert at_home or who == "jeanne"


@pytest.mark.parametrize("who", ["jeanne", "mother"])
def test_a_key_sent_with_a_question_is_of_this_record_or_nobodys(who, scene, asker):
    keys = Keys(scene, who)
    elements = ("document_id", "line_id", "entry_id", "synthesis_line_id")
    others = {
        "element": [key for name in elements for key in keys.of[name][1][:1]],
        "mask": keys.of["mask_id"][1][:1],
        "gesture": keys.gestures[-1:],
    }
    one, own, asked = asker(who), scene.record_of(who).id, set()
    for address in every_address():
        sent = {**address.declared.query, **address.declared.form}
        for word, kind in sent.items():
            if kind not in KINDS_OF_KEYS or not address.open_to(scene, who):
                continue
            asked.add(kind)
            for ask in address.asks(keys, **address.filled(keys, own)):
                missing = one.answer(_saying(ask, word, NOWHERE))
                for key in others[kind]:
                    answer = one.answer(_saying(ask, word, key))
                    assert not answer.unlike(missing, **{key: NOWHERE}), f"{ask} {word}={key}"
                    assert answer.wrote == missing.wrote, f"{ask} {word}={key}"
    assert asked == KINDS_OF_KEYS


def _saying(ask, word, value):
    """The same question with one name saying something else, where it is said."""

    def said(pairs):
        return tuple((name, value if name == word else old) for name, old in pairs)

    if word not in dict(ask.query) and word not in dict(ask.form):
        return replace(ask, query=(*ask.query, (word, value)))
    return replace(ask, query=said(ask.query), form=said(ask.form))
