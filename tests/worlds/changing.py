"""What happens in a world, one thing after another, as facts and as rows; time passes too.

A story is a scene and its changes. Facts are changed here, rows where `Rows` lays them out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from access.models import Authorisation, Block, Mask, Opening
from records.models import Record
from tests.oracle import PARIS
from tests.worlds import drawing
from tests.worlds.building import MODELS
from tests.worlds.drawing import BYTES, DAY, HOUR, SECOND, Drawing, Scene, cast_of, said


if TYPE_CHECKING:
    from tests import oracle
    from tests.worlds.building import Rows


TABLES = {"doors": Authorisation, "masks": Mask, "openings": Opening, "blocks": Block}
WHATS = ["add"] * 8 + ["end"] * 5 + ["time"] * 3 + ["withdraw", "release", "reveal", "status"]
WHATS += ["refuse"]


@dataclass(frozen=True)
class Change:
    """One thing that happened at an instant, and the world after it."""

    what: str
    at: dt.datetime
    after: oracle.World
    where: str = ""  # a table of rules, or nothing
    before: object = None  # the fact that changed, if it was there
    fact: object = None  # what it is now

    def __repr__(self) -> str:
        return f"{self.what} at {self.at}: {said(self.fact)}"


@dataclass(frozen=True)
class Story:
    scene: Scene
    changes: tuple[Change, ...]

    def _repr_pretty_(self, printer, _cycle) -> None:
        printer.text("\n".join(map(repr, (self.scene, *self.changes))))


def stories():
    """Scenes and three to six things that happen in each."""
    return BYTES.map(lambda given: _story(Drawing(given)))


def _story(d):
    scene = drawing.scene(d)
    world, changes = scene.world, []
    cast = cast_of([viewer for viewer, _ in scene.viewers])
    for _ in range(d.one([4, 3, 5, 6])):
        changes.append(_change(d, world, cast))
        d, world = d.later(changes[-1].at), changes[-1].after
    return Story(scene, tuple(changes))


def _change(d, world, cast):
    what = d.one(WHATS)
    if what == "add":
        return _add(d, world, cast)
    if what == "end":
        return _end(d, world)
    if what in {"withdraw", "release", "reveal"}:
        old = d.one(world.elements)
        facts = {"withdraw": {"withdrawn": True}, "release": {"released": d.at},
                 "reveal": {"secret": False}}[what]  # fmt: skip
        new = replace(old, **facts)
        return Change(what, d.at, exchanged(world, "elements", old, new), "elements", old, new)
    if what == "status":
        state = d.one(["open", "suspended", "closed", "open"])
        return Change(what, d.at, replace(world, status=state), fact=state)
    if what == "refuse":
        refused = d.one([True, False])
        after = replace(world, emergency_refused=refused, regulation_refused=refused)
        return Change(what, d.at, after, fact=refused)
    midnight = dt.datetime.combine(d.today + DAY, dt.time(), tzinfo=PARIS).astimezone(dt.UTC)
    later = d.one([d.at + SECOND, midnight, midnight + DAY, d.at + HOUR, d.at + DAY * 31])
    return Change("time", later, world)


def _add(d, world, cast):
    keys = [one.key for one in world.elements]
    where = d.one(["doors"] * 3 + ["masks"] * 3 + ["blocks", "openings", "masks"])
    now = {"since": d.at, "ended": None}
    if where == "doors":
        fact = replace(
            drawing.door(d, cast, keys), given=d.at, confirmed=d.at, removed=False, **now
        )
        if drawing.one_treating_gp((*world.doors, fact))[-1:] != (fact,):
            return Change("time", d.at + SECOND, world)  # there is one, and one at most
    elif where == "masks":
        fact = replace(drawing.mask(d, cast, keys), **now)
    elif where == "blocks":
        fact = replace(drawing.block(d, cast), **now)
    else:
        fact = replace(drawing.opening(d, cast), until=d.at + HOUR * 8, **now)
    rules = getattr(world, where)
    if fact in rules:
        return Change("time", d.at + SECOND, world)
    return Change("add", d.at, replace(world, **{where: (*rules, fact)}), where, fact=fact)


def _end(d, world):
    lasting = [(where, one) for where in TABLES for one in getattr(world, where) if not one.ended]
    if not lasting:
        return Change("time", d.at + SECOND, world)
    where, old = d.one(lasting)
    removed = {"removed": d.one([True, False])} if where == "doors" else {}
    new = replace(old, ended=d.at, **removed)
    return Change("end", d.at, exchanged(world, where, old, new), where, old, new)


def exchanged(world, where, old, new):
    """Return the world with one of its facts in the place of another."""
    facts = (new if one == old else one for one in getattr(world, where))
    return replace(world, **{where: tuple(facts)})


def apply(change: Change, rows: Rows) -> None:
    """Change the rows as the facts were changed."""
    fact = change.fact
    if change.what == "add":
        getattr(rows, f"add_{change.where}")((fact,))
    elif change.what == "end":
        changed = {"ended_at": change.at}
        if change.where == "doors":
            changed["removed_by_holder"] = fact.removed
        row = TABLES[change.where].objects.filter(id=rows.key(change.before))
        assert row.update(**changed) == 1
        rows.same_row(change.before, fact)
    elif change.where == "elements":
        rows_of_kind = MODELS[fact.kind].objects.filter(id=rows.key(fact.key))
        assert rows_of_kind.update(
            withdrawn_at=change.at if fact.withdrawn else None,
            released_at=fact.released,
            secret=fact.secret,
        )
    elif change.what in {"status", "refuse"}:
        after = change.after
        Record.objects.filter(id=rows.record_id).update(
            status=after.status, emergency_refused=after.emergency_refused,
            regulation_refused=after.regulation_refused,
        )  # fmt: skip
