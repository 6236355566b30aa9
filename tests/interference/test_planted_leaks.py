"""The walk can fail: a leak planted in each channel that is easily forgotten is seen by it."""

from __future__ import annotations

import pytest

from tests.interference import scene as scenes
from tests.interference.comparing import walk_twice
from tests.interference.leaks import LEAKS


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("channel", sorted(LEAKS))
def test_a_planted_leak_is_seen(channel, as_owner, monkeypatch):
    leak = LEAKS[channel]
    with as_owner():
        scene = scenes.build()
    leak.plant(monkeypatch)
    walked = walk_twice(scene, leak.who, as_owner, frozenset({leak.door}))
    seen = {line.split("\n    ")[1].partition(":")[0].split()[-1] for line in walked.differences}
    assert leak.shows_in in seen, walked.asked
