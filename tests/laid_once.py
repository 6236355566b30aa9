"""Worlds laid out once a process, each in a database of its own, for every test that asks for one.

What a test changes in it is undone with its transaction; what it did to the files, by the next.
"""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction

from access.binding import frozen_clock
from records.models import Record
from tests import jeanne as adult
from tests.access.cast import NOON
from tests.committed import (
    LAID_OUT,
    copy_database,
    drop_database,
    empty_name,
    named_now,
    shared_name,
    turn_to,
)
from tests.interference import scene as scenes
from tests.roles import role


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.interference.scene import Scene


MORNING = NOON - dt.timedelta(hours=3)


@dataclass(frozen=True)
class Once:
    """A world as it was laid out: its rows are in a database, its objects and files in here."""

    name: str
    objects: bytes
    files: dict[str, bytes]

    @property
    def database(self) -> str:
        """Where its rows are."""
        return f"{shared_name()}_{self.name}"

    def again(self) -> Any:
        """Put the files back as they were, and give the objects as if they had just been made."""
        folder = Path(settings.DMP_FILES_DIR) / "records"
        kept = _files(folder, {name.partition("/")[0] for name in self.files})
        for name in kept.keys() - self.files.keys():
            (folder / name).unlink()
        for name, content in self.files.items():
            if kept.get(name) != content:
                (folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                (folder / name).write_bytes(content)
        return pickle.loads(self.objects)  # noqa: S301 - our own, of this process


def _files(folder: Path, records: set[str]) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for record in records
        for path in (folder / record).rglob("*")
        if path.is_file()
    }


def _lay_out(name: str, build: Callable[[], Any], blocker: Any) -> Iterator[Once]:
    once = Once(name, b"", {})
    with blocker.unblock():
        drop_database(once.database)
        copy_database(empty_name(), once.database)
        turn_to(once.database)
        with transaction.atomic(), role("dmp_owner"):
            objects = pickle.dumps(build())
            records = {record.id.hex for record in Record.objects.all()}
        turn_to(shared_name())
    LAID_OUT.append(name)
    yield Once(name, objects, _files(Path(settings.DMP_FILES_DIR) / "records", records))
    with blocker.unblock():
        turn_to(shared_name())
        drop_database(once.database)
    LAID_OUT.remove(name)


@pytest.fixture(scope="session")
def _jeanne_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Once]:
    # In the morning: by their keys too they come before whatever a test makes at noon.
    yield from _lay_out("jeanne", time_machine.travel(MORNING)(adult.build), django_db_blocker)


@pytest.fixture(scope="session")
def _scene_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Once]:
    yield from _lay_out("scene", scenes.build, django_db_blocker)


@pytest.fixture
def jeanne(as_owner: Any, _jeanne_once: Once) -> Iterator[Any]:
    """Jeanne's world, at noon on 15 June 2026 for every door opened in the test."""
    if named_now() == _jeanne_once.database:
        world = _jeanne_once.again()
    else:  # a test that commits, in a database of its own
        with as_owner():
            world = adult.build()
    with frozen_clock(NOON):
        yield world


@pytest.fixture
def laid_out(db: None, _scene_once: Once) -> Scene:
    """Give the scene of the walk: clock and chance are the test's to hold."""
    scene: Scene = _scene_once.again()
    return scene
