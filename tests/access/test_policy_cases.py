"""The policy as a table: every row asked of the gate in every form, and of row security alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from access import policy
from access.auditing.moments import NOON
from access.auditing.rows import read_cases
from access.auditing.worlds import build_world
from access.binding import binding
from access.ladder import seen, with_marks
from access.policy import Purpose, Reading


with (Path(__file__).parent / "cases.csv").open(encoding="utf-8") as stream:
    CASES = list(read_cases(stream))


def test_the_table_is_whole():
    assert len(CASES) == 326


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_gate_answers_as_the_policy_says(case, row_security, as_owner):
    with as_owner():
        world = build_world(case)
    purpose = Purpose(case["purpose"])
    model = type(world.element)
    with binding(world.viewer, at=NOON):
        standing = policy.standing_on(world.record.id)
        listed = policy.visible(model, standing, purpose=purpose).filter(id=world.element.id)
        found = list(listed)
        reading = Reading(model, columns=("id", "type_code"), order=("-occurred_on", "id"))
        rows = policy.listed(reading, standing, purpose=purpose)
        as_compiled = {row.id: policy.marks_of(row) for row in rows}
        by_policies = {row.id for row in model.objects.all()}
        with as_owner():  # whom row security doesn't hold: the gate's own answer
            plain = with_marks(seen(standing, model, purpose), standing)
            assert as_compiled == {row.id: policy.marks_of(row) for row in plain}
            whole = policy.visible(model, standing, purpose=purpose)
            assert as_compiled == {row.id: policy.marks_of(row) for row in whole}
            [decision] = policy.decisions(
                model, standing, purpose=purpose, element_id=world.element.id
            )
        if purpose is Purpose.READ:
            assert policy.can_see(model, standing, world.element.id) is case.sees
            if case.sees:
                assert policy.get_visible(model, standing, world.element.id) == world.element
            else:
                with pytest.raises(policy.NotVisible):
                    policy.get_visible(model, standing, world.element.id)
    assert bool(found) is case.sees
    assert (world.element.id in by_policies) is case.sees
    assert by_policies == as_compiled.keys()
    assert (decision.sees, decision.rule) == (case.sees, case.rule)
    if case.sees:
        assert set(policy.marks_of(found[0])) == case.marks
        assert set(decision.marks) == case.marks
