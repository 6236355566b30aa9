"""My patients: the list and the door agree, whatever the door; names only; one statement."""

from __future__ import annotations

from pathlib import Path

import pytest

from access import circle, policy
from access.auditing.rows import read_cases
from access.auditing.worlds import NOON, build_world
from access.binding import binding
from access.policy import NotVisible
from access.worklist import read_worklist
from records.dossier.entrance import door_of
from tests.access import cast


FACTS = ("role", "also", "representation", "gp", "circle", "blocked", "record", "account")

with (Path(__file__).parent / "cases.csv").open(encoding="utf-8") as stream:
    CASES = {
        tuple(case[name] for name in FACTS): case
        for case in read_cases(stream)
        if case["role"] in {"professional", "treating_gp"}
    }


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_a_record_is_in_the_list_when_its_door_is_open(case, as_owner):
    with as_owner():
        world = build_world(case)
    with binding(world.viewer, at=NOON):
        door = door_of(policy.standing_on(world.record.id))
        if not world.viewer.admitted:
            with pytest.raises(NotVisible):
                read_worklist(by=world.viewer)
            return
        rows = read_worklist(by=world.viewer).rows
    listed = [row.record_id for row in rows]
    assert listed == ([world.record.id] if door in {"treating_gp", "circle"} else [])
    assert [row.treating_gp for row in rows] == [door == "treating_gp" for _row in rows]


def test_the_list_is_one_statement_however_long(world, as_owner, django_assert_num_queries):

    for name in ("Ahmed", "Zoé", "Line"):
        with as_owner():
            record = cast.record(cast.person(name))
            viewer = cast.family_viewer(record.holder)
        with binding(viewer, at=cast.NOON):
            circle.authorise(by=viewer, record_id=record.id, professional_id=world.martin.id)
    # The list; the shares; the deposits.
    with binding(world.martin.viewer, at=cast.NOON), django_assert_num_queries(3):
        view = read_worklist(by=world.martin.viewer)
    assert view.total == 3
