"""The gate in every form, row security and the oracle: they agree, or how they differ is said.

The gate's own body is asked as the tables' owner, whom row security doesn't hold; row security is
asked as the web's role, in SQL that says nothing but the table; then both at once, as in life.
"""

from __future__ import annotations

from collections import Counter

from django.db import connection

from access import policy
from access.binding import binding
from access.policy import NotVisible, Purpose, Reading
from tests import oracle
from tests.roles import role
from tests.worlds.building import MODELS, Rows
from tests.worlds.drawing import said


READINGS = {kind: Reading(model, ("id",), ("id",)) for kind, model in MODELS.items()}


class Tally(Counter):
    """What was compared, and how often each line decided."""

    def sentence(self) -> str:
        """Say how much was compared, and how often each line said yes (+) or no (-)."""
        lines = sorted(key for key in self if isinstance(key, tuple))
        parts = (f"{line}{'+' if yes else '-'} {self[line, yes]}" for line, yes in lines)
        counts = (f"{self[name]} {name}" for name in ("worlds", "answers", "comparisons"))
        return f"{', '.join(counts)} (by line: {', '.join(parts)})"


def compare(world, viewers, rows: Rows, at, tally: Tally, *, briefly: bool = False) -> None:
    """Ask the gate for every viewer and element: as a list, one by one, and with the line.

    Briefly: each body apart, and no element alone.
    """
    for (viewer, purpose), row in zip(viewers, rows.viewers, strict=True):
        expected = {
            rows.key(one.key): oracle.decide(world, viewer, one, at, purpose)
            for one in world.elements
        }
        with binding(row, at=at):
            with role("dmp_owner"):
                found = _ask(world, rows, Purpose(purpose), tally)
                alone = not briefly and purpose == "read"
                singles = _ask_one_by_one(world, rows, tally) if alone else {}
            together = (
                found if briefly
                else _ask(world, rows, Purpose(purpose), tally, hidden_too=False)
            )  # fmt: skip
            by_rows = _shown_by_row_security(world, rows, Purpose(purpose), tally)
        said = {key: (a.sees, a.line, a.marks) for key, a in expected.items()}
        assert found.decisions == said, differing(world, rows, viewer, said, found.decisions)
        shown = {key: a.marks for key, a in expected.items() if a.sees}
        assert found.lists == shown, differing(world, rows, viewer, shown, found.lists)
        assert found.pages == shown, differing(world, rows, viewer, shown, found.pages)
        assert by_rows == set(shown), differing(
            world, rows, viewer, dict.fromkeys(shown, True), dict.fromkeys(by_rows, True)
        )
        assert together.lists == shown, differing(world, rows, viewer, shown, together.lists)
        assert together.pages == shown, differing(world, rows, viewer, shown, together.pages)
        single = {key: expected[key].sees for key in singles}
        assert singles == single, differing(world, rows, viewer, single, singles)
        for answer in expected.values():
            tally[answer.line, answer.sees] += 1
            tally.update(answer.marks)
        tally["answers"] += len(expected)


class _Found:
    def __init__(self) -> None:
        self.lists: dict = {}
        self.pages: dict = {}
        self.decisions: dict = {}


def _shown_by_row_security(world, rows, purpose, tally) -> set:
    """Read whole tables as the web's role: what comes back is what the policies show."""
    policy.visible(MODELS["document"], policy.standing_on(rows.record_id), purpose=purpose)
    found = set()
    with connection.cursor() as cursor:
        for model in MODELS.values():
            cursor.execute(f"SELECT id FROM {model._meta.db_table}")  # noqa: S608 - our own name
            found |= {key for (key,) in cursor.fetchall()}
    tally["comparisons"] += len(world.elements)
    return found


def _ask(world, rows, purpose, tally, *, hidden_too=True) -> _Found:
    found = _Found()
    standing = policy.standing_on(rows.record_id)
    for kind in sorted({one.kind for one in world.elements}):
        model = MODELS[kind]
        for row in policy.visible(model, standing, purpose=purpose):
            found.lists[row.id] = frozenset(policy.marks_of(row))
        for row in policy.listed(READINGS[kind], standing, purpose=purpose):
            found.pages[row.id] = frozenset(policy.marks_of(row))
        for one in policy.decisions(model, standing, purpose=purpose) if hidden_too else ():
            found.decisions[one.element_id] = (one.sees, one.rule, frozenset(one.marks))
    tally["comparisons"] += (2 + hidden_too) * len(world.elements)
    return found


def _ask_one_by_one(world, rows, tally) -> dict:
    """Ask for each element alone, in one of the two forms in turn."""
    standing = policy.standing_on(rows.record_id)
    found = {}
    for number, one in enumerate(world.elements):
        model, key = MODELS[one.kind], rows.key(one.key)
        if number % 2:
            found[key] = policy.can_see(model, standing, key)
        else:
            try:
                found[key] = policy.get_visible(model, standing, key).id == key
            except NotVisible:
                found[key] = False
        tally["comparisons"] += 1
    return found


def differing(world, rows, viewer, expected, found) -> str:
    """Say for whom and where the two differ."""
    lines = [said(viewer)]
    for one in world.elements:
        key = rows.key(one.key)
        if expected.get(key) != found.get(key):
            lines.append(
                f"{said(one)}\n   oracle: {expected.get(key)}\n   gate:   {found.get(key)}"
            )
    return "\n".join(lines)
