"""The scene laid out once, in a database of its own, for all the tests of a folder that ask it.

To be imported by a ``conftest``. What a test changes is undone with its transaction.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections, transaction

from tests.committed import _point_to, copy_database, drop_database, empty_name
from tests.interference import scene as scenes
from tests.roles import role


if TYPE_CHECKING:
    from collections.abc import Iterator

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
    if "laid_out" not in request.fixturenames:
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
def laid_out(_with_the_scene: None, db: None, _scene_database: tuple[str, Scene]) -> Scene:
    """Give the scene of the walk: clock and chance are the test's to hold."""
    return _scene_database[1]
