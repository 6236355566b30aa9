"""One database with the whole scene in it, laid out once for all the classes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections, transaction

from tests.access.cast import NOON
from tests.classes.asking import Asker
from tests.committed import _point_to, copy_database, drop_database, empty_name
from tests.interference import scene as scenes
from tests.interference.listening import walking
from tests.roles import role


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.interference.scene import Scene


@pytest.fixture(scope="session")
def _scene_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, Scene]]:
    """Lay the scene out in a database of its own: every test begins with it and leaves it so."""
    shared = connections["owner"].settings_dict["NAME"]
    name = f"{shared}_{secrets.token_hex(4)}"
    with django_db_blocker.unblock():
        connections.close_all()
        copy_database(empty_name(shared), name)
        _point_to(name)
        with transaction.atomic(), role("dmp_owner"):
            scene = scenes.build()
        connections.close_all()
        _point_to(shared)
    yield name, scene
    with django_db_blocker.unblock():
        connections.close_all()
        drop_database(name)
        connections.close_all()


@pytest.fixture(autouse=True)
def _with_the_scene(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Before anything connects, name the database that has the scene in it."""
    if "scene" not in request.fixturenames:
        yield
        return
    name, _scene = request.getfixturevalue("_scene_database")
    shared = connections["owner"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        connections.close_all()
    _point_to(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    _point_to(shared)


@pytest.fixture
def scene(_with_the_scene: None, db: None, _scene_database: tuple[str, Scene]) -> Iterator[Scene]:
    """The scene of the walk, at noon, clock and chance held; what a test changes is undone."""
    with walking():
        yield _scene_database[1]


@pytest.fixture
def patch(scene: Scene) -> Iterator[pytest.MonkeyPatch]:
    """Change the product for one test: put back before the walk puts back what it listens to."""
    with pytest.MonkeyPatch.context() as patched:
        yield patched


@pytest.fixture
def asker(scene: Scene) -> Callable[[str], Asker]:
    """Give somebody of the scene who asks."""
    return lambda who: Asker(scene, who)


__all__ = ["NOON"]
