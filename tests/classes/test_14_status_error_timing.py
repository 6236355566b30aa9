"""Class 14: the status, the length, the error or the time says what the words don't.

Fire Arrow answered 400, 403 or 410 by what there was (1.11); openemr wrote stack traces (#13965);
OpenEyes sent the whole page under the word "Forbidden" (CVE-2021-40375).
"""

from __future__ import annotations

import re

import pytest
from django.urls import get_resolver

from tests.classes.asking import NOWHERE, every_address, some
from tests.interference.facts import seen_by
from tests.interference.scene import FOREIGN_NIR
from tests.interference.values import Keys
from tests.interference.walking import Ask


PLACES = re.compile(r"s\d+_x\d+|'[^']*'|\d+")


def shape(statements):
    """What the database was asked, without values: the work that a missing key costs too."""
    return [PLACES.sub("?", one) for one in statements if "SAVEPOINT" not in one]


def tables(statements):
    """Which tables the database was asked about, in their order."""
    return [re.findall(r'(?:FROM|INTO|UPDATE) "?(\w+)', one)[:1] for one in shape(statements)]


@pytest.mark.parametrize("who", some("nurse", "delegate", "martin", "jeanne", "stranger", first=2))
def test_hidden_and_missing_cost_the_same_questions(who, scene, asker, as_owner):
    """Not how long, which a loaded machine blurs, but what is done: statement by statement."""
    record, one = scene.record_of(who), asker(who)
    with as_owner():
        keys = Keys(scene, who)
        seen = {str(key) for key in seen_by(scene.viewers[who], record)}
        hidden = {
            word: [key for key in keys.of[word][0] if key not in seen][:2]
            for word in ("document_id", "line_id", "entry_id")
        }
    asked = 0
    for address in every_address():
        for word, found in hidden.items():
            if word not in address.words or not address.open_to(scene, who):
                continue
            if address.name == "records:synthesis_line" or "file_id" in address.words:
                continue
            words = address.filled(keys, record.id)
            for key in found:
                for ask, other in zip(address.asks(keys, **words | {word: key}),
                                      address.asks(keys, **words | {word: NOWHERE}),
                                      strict=True):  # fmt: skip
                    one.answer(other)  # what is prepared once is prepared
                    answer, missing = one.answer(ask), one.answer(other)
                    asked += 1
                    # By its key alone, a key that is missing is asked for on no record: as often.
                    alike = shape if "record_id" in address.words else tables
                    assert alike(answer.statements) == alike(missing.statements), str(ask)
                    assert answer.status == missing.status, str(ask)
                    assert answer.headers == missing.headers, str(ask)
    assert asked


def test_a_record_that_is_not_ones_own_is_as_long_as_a_missing_one(scene, asker):
    one, keys = asker("stranger"), Keys(scene, "stranger")
    for address in every_address():
        if "record_id" not in address.words or not address.open_to(scene, "stranger"):
            continue
        for ask, other in zip(address.asks(keys, **address.filled(keys, keys.own.id)),
                              address.asks(keys, **address.filled(keys, NOWHERE)),
                              strict=True):  # fmt: skip
            one.answer(other)
            answer, missing = one.answer(ask), one.answer(other)
            assert answer.status == missing.status == 404 or not answer.shown, str(ask)
            assert len(answer.body) == len(missing.body), str(ask)


def test_an_opening_that_is_refused_takes_as_much_whatever_the_reason(scene, asker):
    """Somebody who refuses every opening, and nobody: another name under the same number."""
    one, asked = asker("stranger"), []
    for name in ("LAMBERT", "ROUX"):
        sought = {"nir": FOREIGN_NIR, "birth_name": name, "born_on": "02/01/1990", "card": ""}
        why = {"reason": "life", "text": "Trouvée inconsciente, seule."}
        ask = Ask("records:emergency", "/urgence/", "POST", (), (*(sought | why).items(),))
        one.answer(ask)  # what is prepared once is prepared
        answer = one.answer(ask)
        assert answer.status == 403
        asked.append(len(shape(answer.statements)))
    assert asked[0] == asked[1]


def test_an_error_says_nothing_of_what_was_being_read(scene, patch, as_owner):
    """Whatever breaks, and over whatever record: one page, nothing of the exception in it."""
    told = set()
    for who in ("martin", "stranger"):
        for name in ("records:home", "records:documents"):
            path = f"/dossiers/{scene.records['jeanne'].id}/"
            path += "documents/" if name.endswith("documents") else ""
            client = scene.browser(who)
            client.raise_request_exception = False
            view = _named(name)

            def broken(*_args, **_kwargs):
                raise RuntimeError("Lettre du psychiatre, Jeanne Morel")

            patch.setattr(view, "callback", _wearing(view.callback, broken))
            answer = client.get(path)
            patch.undo()
            assert answer.status_code == 500
            assert b"psychiatre" not in answer.content
            assert b"Traceback" not in answer.content
            told.add(answer.content)
    assert len(told) == 1


def _named(name):
    space, _colon, short = name.partition(":")
    for entry in get_resolver().url_patterns:
        if getattr(entry, "namespace", None) == space:
            return next(one for one in entry.url_patterns if one.name == short)
    raise LookupError(name)


def _wearing(view, broken):
    broken.door = view.door
    return broken


@pytest.mark.parametrize("who", ["martin", "jeanne"])
def test_what_is_no_key_is_answered_as_a_missing_one(who, scene, asker):
    one, keys = asker(who), Keys(scene, who)
    path = f"/dossiers/{keys.own.id}/documents/"
    answers = [one.answer(Ask("", f"{path}{word}/")) for word in
               (NOWHERE, "zzz", "1", "0x1", "..", "%00", "x" * 3000)]  # fmt: skip
    assert {answer.status for answer in answers} == {404}
    assert len({PLACES.sub("", answer.body.decode()) for answer in answers}) <= 2
