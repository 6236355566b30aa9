"""Two walks of one viewer, the second without what is hidden from them, and how they differ.

In the second, what a question asked of the database is asked again first. Where every statement
is given the same rows the answer is the same: it is made anew for one question in ten, which holds
this to be true, other ones every day, and for all of them in the whole walk.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tests.interference.absence import (
    NAMING_A_DOCTOR,
    RECORD,
    SILENT_TO_THE_BLOCKED,
    TELL_EXISTENCE,
    TELL_THE_HOLDER,
    take_away,
    worlds_without,
)
from tests.interference.declared import DOORS, NOTHING
from tests.interference.facts import KINDS, seen_by
from tests.interference.listening import names_read, walking
from tests.interference.questions import WHOLE, questions
from tests.interference.values import MISSING
from tests.interference.walking import Walker


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.interference.scene import Scene
    from tests.interference.walking import Ask, Heard


#: Of the questions that are given the same rows, how many are asked to the end all the same.
ONE_IN = 1 if WHOLE else 10
#: Which ones: in ten days each was asked to the end.
TODAY = dt.datetime.now(tz=dt.UTC).toordinal()


@dataclass(frozen=True)
class Walked:
    """How much was asked, what differed, and every answer of the first world."""

    asked: int
    compared: int
    differences: list[str]
    answers: list[tuple[Ask, Heard]]
    undeclared: dict[str, set[str]]


@contextmanager
def undone() -> Iterator[None]:
    """What is changed inside is as if it had never been."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def walk_twice(
    scene: Scene,
    who: str,
    as_owner: Callable[[], Any],
    only: frozenset[str] | None = None,
    most: int | None = None,
) -> Walked:
    """Ask everything in the whole world, then without what is hidden; compare each answer."""
    found: list[str] = []
    names_read.clear()
    with walking():
        asked = questions(scene, who, only)[:most]
        # One session for both worlds: its row is the same in them.
        session = scene.browser(who).cookies
        with undone():
            walker = Walker(scene, who, session, keeps=True)
            first = [walker.ask(ask) for ask in asked]
        for what in worlds_without(who):
            with undone():
                walker = Walker(scene, who, session)
                with as_owner():
                    take_away(scene, who, what)
                for number, (ask, heard) in enumerate(zip(asked, first, strict=True)):
                    if not _is_compared(who, what, ask, heard):
                        continue
                    if (number + TODAY) % ONE_IN == 0 or not _has_the_same_rows(heard):
                        differences = heard.differences(walker.ask(ask))
                        if _tells_others(who, what, ask):
                            differences = [one for one in differences if one.startswith("hop")]
                        found += [f"{ask}\n    {difference}" for difference in differences]
    return Walked(
        asked=len(asked),
        compared=sum(heard.looked for heard in first),
        differences=found,
        answers=list(zip(asked, first, strict=True)),
        undeclared=_undeclared(),
    )


def _has_the_same_rows(heard: Heard) -> bool:
    with undone():
        return heard.statements is not None and heard.statements.same_again()


def _tells_others(who: str, what: str, ask: Ask) -> bool:
    """Whether what is written differs by right: it is told to others than the viewer."""
    if what == RECORD and ask.door in TELL_THE_HOLDER:
        return True
    return ask.door in NAMING_A_DOCTOR or (who == "blocked" and ask.door in SILENT_TO_THE_BLOCKED)


def _is_compared(who: str, what: str, ask: Ask, heard: Heard) -> bool:
    if who == "stranger" and what == RECORD and ask.door in TELL_EXISTENCE:
        return False
    return heard.looked  # else nothing that differs was read


def _undeclared() -> dict[str, set[str]]:
    """The names that doors read and don't declare."""
    found = {}
    for door, names in names_read.items():
        declared = DOORS.get(door, NOTHING)
        known = {*declared.query, *declared.form, "csrfmiddlewaretoken"}
        # A name that ends with a key is declared by how it begins.
        extra = {name for name in names - known if f"{name.partition(':')[0]}:" not in known}
        if extra:
            found[door] = extra
    return found


def unlike_missing(scene: Scene, who: str, answers: list[tuple[Ask, Heard]]) -> list[str]:
    """Where what is hidden and what never was are answered otherwise, their keys aside."""
    viewer = scene.viewers.get(who)
    seen = {str(key) for key in seen_by(viewer, scene.record_of(who))} if viewer else set()
    known = {(*_shape(ask, ask.path),): heard for ask, heard in answers}
    unseen = _keys(scene, who) - seen
    found = []
    for ask, heard in answers:
        hidden = [key for key in unseen if key in ask.path]
        missing = ask.path
        for key in hidden:
            missing = missing.replace(key, str(MISSING))
        nowhere = known.get((*_shape(ask, missing),)) if hidden else None
        if nowhere is not None:
            instead = dict.fromkeys(hidden, str(MISSING))
            differences = heard.saying(instead).differences(nowhere.saying(instead))
            found += [f"{ask}\n    {each}" for each in differences]
    return found


def _shape(ask: Ask, path: str) -> tuple[Any, ...]:
    return ask.door, path, ask.method, ask.query, ask.headers, tuple(map(str, ask.form))


def _keys(scene: Scene, who: str) -> set[str]:
    record = scene.record_of(who)
    return {
        str(key)
        for model in KINDS.values()
        for key in model.objects.filter(record_id=record.id).values_list("id", flat=True)
    }  # fmt: skip
