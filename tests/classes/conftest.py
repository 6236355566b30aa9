"""The scene of the walk, for all the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.access.cast import NOON
from tests.classes.asking import Asker
from tests.interference.listening import walking
from tests.laid_once import laid_out


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.interference.scene import Scene


@pytest.fixture
def scene(laid_out: Scene) -> Iterator[Scene]:
    """The scene of the walk, at noon, clock and chance held; what a test changes is undone."""
    with walking():
        yield laid_out


@pytest.fixture
def patch(scene: Scene) -> Iterator[pytest.MonkeyPatch]:
    """Change the product for one test: put back before the walk puts back what it listens to."""
    with pytest.MonkeyPatch.context() as patched:
        yield patched


@pytest.fixture
def asker(scene: Scene) -> Callable[[str], Asker]:
    """Give somebody of the scene who asks."""
    return lambda who: Asker(scene, who)


__all__ = ["NOON", "laid_out"]
