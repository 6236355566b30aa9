"""Class 12: what is hidden shows in what is counted, suggested, corrected, sorted or announced.

paperless-ngx counted tags and correspondents over documents one may not see (#6019, #6670,
#3199, #3359), and spelled words out of them (#13188); HAPI's totals did likewise (#2012).
"""

from __future__ import annotations

import pytest

from tests.classes.asking import every_address, some
from tests.classes.hidden import WAYS, WORD, add_hidden
from tests.interference.values import Keys


CASES = [(way, who) for way, viewers in WAYS.items() for who in viewers if who != "delegate"]


def everything_read(scene, who, keys):
    """Every door that is read, open to somebody, with what it needs."""
    return [
        ask
        for address in every_address()
        if not address.declared.before and not address.of_account and address.open_to(scene, who)
        for ask in address.asks(keys, **address.filled(keys, scene.record_of(who).id))
        if ask.method == "GET"
    ]


@pytest.mark.parametrize(("way", "who"), some(*reversed(CASES), first=2))
def test_more_that_is_hidden_changes_no_page_by_a_byte(way, who, scene, asker, as_owner):
    """Every kind of element is added, hidden in one way: counts, lists, badges stay."""
    keys, one = Keys(scene, who), asker(who)
    asked = everything_read(scene, who, keys)
    before = [one.answer(ask) for ask in asked]
    with as_owner():
        added = add_hidden(scene, way)
    assert sum(answer.shown for answer in before) > 10
    for ask, without in zip(asked, before, strict=True):
        answer = one.answer(ask)
        difference = [] if _told_on_purpose(way, ask) else answer.unlike(without)
        assert not difference, f"{ask}\n{difference}"
        assert not answer.holds(WORD, *(each.id for each in added.values())), str(ask)


def _told_on_purpose(way, ask):
    """The holder reads who came and when, even about what waits; never what it was (section 6)."""
    return way == "unannounced" and ask.door == "access:who_looked"


@pytest.mark.parametrize("who", ["petit"])
def test_the_same_pages_tell_it_to_whom_it_is_shown(who, scene, asker, as_owner):
    keys, one = Keys(scene, who), asker(who)
    with as_owner():
        added = add_hidden(scene)
    told = {
        ask.door for ask in everything_read(scene, who, keys)
        if one.answer(ask).holds(WORD, *(each.id for each in added.values()))
    }  # fmt: skip
    assert len(told) >= 5, told
