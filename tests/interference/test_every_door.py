"""Nobody can tell a world from the same one without what is hidden from them, at any door.

And the journal has one event for each clinical answer of that walk, none for the others.
"""

from __future__ import annotations

import pytest

from tests.interference import scene as scenes
from tests.interference.comparing import unlike_missing, walk_twice
from tests.interference.reconciling import unreconciled


pytestmark = pytest.mark.slow
SHOWN = 30


@pytest.mark.parametrize("who", sorted(scenes.OWN_RECORD))
def test_what_is_hidden_is_as_if_it_were_not_there(who, laid_out, as_owner, record_property):
    walked = walk_twice(laid_out, who, as_owner)
    record_property("asked", walked.asked)
    record_property("compared", walked.compared)
    assert not walked.differences, "\n".join(walked.differences[:SHOWN])
    hidden = unlike_missing(laid_out, who, walked.answers)
    assert not hidden, "\n".join(hidden[:SHOWN])
    told = unreconciled(laid_out, walked.answers)
    assert not told, "\n".join(told[:SHOWN])
    # Each is to be added to its door in declared.py, with its kind of value.
    assert not walked.undeclared, repr(walked.undeclared)
