"""Class 24: the log of who looked leaves somebody out, and nobody notices.

Denmark's page of who had looked missed readings from the summer of 2015 to March 2017; care's log
is off until somebody turns it on.
"""

from __future__ import annotations

import pytest

from access import journal
from access.models import JournalEvent
from tests.classes.asking import every_address, some
from tests.interference.facts import KINDS
from tests.interference.values import Keys


#: Some of each sort: the walk reconciles all the others (tests/interference).
VIEWERS = ("nurse", "delegate", "petit", "shared", "jeanne", "stranger", "blocked", "agent")
CANARY = "Zqx"


@pytest.fixture
def marked(scene, as_owner):
    """Put a word into every title, label and text of care: an answer that holds it is clinical."""
    columns = {"document": ["title"], "claim": ["label", "code"], "synthesis": ["text"]}
    with as_owner():
        for kind, names in columns.items():
            for row in KINDS[kind].objects.all():
                # Each its own word: lines that go by one name are told together.
                KINDS[kind].objects.filter(id=row.id).update(
                    **dict.fromkeys(names, f"{CANARY}{row.id.hex[-8:]}")
                )
    return scene


@pytest.mark.parametrize("who", some(*VIEWERS, first=2))
def test_every_answer_with_care_in_it_is_one_line_of_the_journal(who, marked, asker):
    """The journal reconciled with the answers, at every door: one line each, and not two."""
    scene = marked
    keys, one, told = Keys(scene, who), asker(who), 0
    for address in every_address():
        if not address.open_to(scene, who) or address.declared.before or address.of_account:
            continue
        for ask in address.asks(keys, **address.filled(keys, scene.record_of(who).id)):
            if ask.method != "GET":
                continue
            answer = one.answer(ask)
            acts = [act for act in answer.acts if act[0] == scene.records["jeanne"].id]
            file = address.name in {"records:document_file", "records:document_preview",
                                    "fhir:binary"}  # fmt: skip
            shown = any(status < 300 for status, _headers, _body in answer.heard.hops)
            if shown and (answer.holds(CANARY) or file):
                told += 1
                assert len(acts) == 1, f"{who} {ask}: {acts}"
                assert "access_journalevent" in answer.wrote, f"{who} {ask}"
            elif not shown:
                assert not acts, f"{who} {ask}: {acts}"
    seers = set(VIEWERS) - {"agent", "administrator", "nobody", "stranger", "blocked"}
    assert bool(told) is (who in seers)


@pytest.mark.parametrize("who", ["nurse"])
def test_care_that_cannot_be_journalled_is_not_shown(who, marked, asker, patch, as_owner):
    """The journal fails: the answer is an error, with nothing of the record in it."""
    scene, one = marked, asker(who)
    one.client.raise_request_exception = False
    keys, tried = Keys(scene, who), 0
    with as_owner():
        before = JournalEvent.objects.count()

    def fails(acts, moment):
        if list(acts):
            raise RuntimeError("the journal's disk is full")

    patch.setattr(journal, "write", fails)
    for address in every_address():
        about = "record_id" in address.words or address.name.startswith("fhir:")
        if not about or not address.open_to(scene, who) or address.declared.before:
            continue
        for ask in address.asks(keys, **address.filled(keys, scene.records["jeanne"].id)):
            if ask.method == "GET":
                answer = one.answer(ask)
                tried += answer.status == 500
                assert not answer.holds(CANARY), f"{who} {ask}"
    assert tried > 3
    with as_owner():
        assert JournalEvent.objects.count() == before
