"""The walk can fail: a leak planted in each channel that is easily forgotten is seen by it.

By the rows it is made of: no question is asked in the second world that was given the same ones.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext

import pytest

from tests.interference import comparing, leaks
from tests.interference.comparing import walk_twice
from tests.interference.leaks import LEAKS
from tests.interference.leaks_to_a_family import LEAKS_TO_A_FAMILY


PLANTED = LEAKS | LEAKS_TO_A_FAMILY
#: Most leaks show at the first questions of their door: the others are asked where they don't.
FIRST = 6


@pytest.fixture(autouse=True)
def _by_rows_alone(monkeypatch):
    monkeypatch.setattr(comparing, "ONE_IN", sys.maxsize)


def where_it_is_seen(leak, scene, as_owner, most=None):
    walked = walk_twice(scene, leak.who, as_owner, frozenset({leak.door}), most)
    assert walked.asked
    return {line.split("\n    ")[1].partition(":")[0].split()[-1] for line in walked.differences}


@pytest.mark.parametrize("channel", sorted(PLANTED))
def test_a_planted_leak_is_seen(channel, laid_out, as_owner, monkeypatch):
    leak = PLANTED[channel]
    leak.plant(monkeypatch)
    if leak.shows_in not in where_it_is_seen(leak, laid_out, as_owner, FIRST):
        assert leak.shows_in in where_it_is_seen(leak, laid_out, as_owner)


def test_row_security_stops_a_leak_that_asks_as_the_web(laid_out, as_owner, monkeypatch):
    monkeypatch.setattr(leaks, "past_the_policies", nullcontext)
    leak = LEAKS["count"]
    leak.plant(monkeypatch)
    assert where_it_is_seen(leak, laid_out, as_owner) == set()
