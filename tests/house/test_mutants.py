"""The mutation tool makes what it says, of every module of the gate and the masks."""

from __future__ import annotations

import ast
import importlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants.__main__ import GATE, GATE_TESTS, MASKS, RESULTS, TESTS, reasons
from tests.mutants.making import Mutant, mutants
from tests.mutants.running import Lane, Plugin, UnimportableError, become


ROOT = Path(__file__).resolve().parents[2]
SOURCE = '''
LIVE = "select 1 from t where a <= now() and b is null"

def shown(rows, at):
    """The words of a docstring are left alone."""
    if at > 3 and rows:
        check(rows)
        return rows.filter(since__lte=at) | _("words")
    return None
'''


def test_a_mutant_is_one_change():
    made = {mutant.name for mutant in mutants("x.py", SOURCE)}

    for one in (
        "shown: at > 3 -> at >= 3",
        "shown: at > 3 and rows -> at > 3 or rows",
        "shown: at > 3 and rows -> rows",
        "shown: 3 -> 4",
        "shown: check(rows) -> pass",
        "shown: rows.filter(since__lte=at) -> rows.exclude(since__lte=at)",
        "shown: rows.filter(since__lte=at) -> rows.filter(since__lt=at)",
        "shown: rows.filter(since__lte=at) -> rows.filter()",
        "shown: if at > 3 and rows -> if not (at > 3 and rows)",
    ):
        assert one in made, sorted(made)
    assert any("a < now()" in name for name in made)
    assert any("b is not null" in name for name in made)
    assert not any("docstring" in name or "XXwords" in name for name in made)


def test_every_module_of_the_gate_and_the_masks_is_changed():
    masks = {path.name for path in (ROOT / "access" / "masks").glob("*.py")} - {"__init__.py"}
    assert {Path(name).name for name in MASKS} == masks
    for name in (*GATE, *MASKS):
        assert any(mutants(name, (ROOT / name).read_text())), name


def test_every_test_that_is_to_fail_is_there():
    assert [name for name in TESTS if not (ROOT / name).exists()] == []
    assert set(GATE_TESTS) < set(TESTS)


@pytest.mark.parametrize("module", [*GATE, *MASKS])
def test_every_mutant_was_tried_and_what_lives_is_explained(module):
    kept = json.loads(RESULTS.read_text())[module]
    alive = {f"{module}: {one['mutant']}": one["why"] for one in kept["alive"]}

    assert kept["tried"] == kept["made"] == kept["killed"] + len(alive)
    assert alive == {name: why for name, why in reasons().items() if name.startswith(module)}


@pytest.mark.parametrize("modules", [GATE, MASKS], ids=["gate", "masks"])
def test_of_a_hundred_mutants_ninety_five_are_killed(modules):
    kept = [json.loads(RESULTS.read_text())[module] for module in modules]
    assert sum(each["killed"] for each in kept) >= 0.95 * sum(each["made"] for each in kept)


TOP = Mutant("access/ladder.py", "", (1, 1), "1", "0", ast.parse("1 / 0"))


def test_a_module_that_python_refuses_is_told_from_a_mutant_that_has_no_place():
    importlib.import_module("access.ladder")  # whatever ran before this test
    with pytest.raises(UnimportableError):
        become(TOP)
    with pytest.raises(UnimportableError):
        become(replace(TOP, tree=ast.parse("return")))
    with pytest.raises(LookupError):
        become(replace(TOP, function="nowhere"))


def test_what_is_made_of_a_changed_function_or_constant_is_made_anew(monkeypatch, tmp_path):
    sources = {
        "changed": 'def _live(name):\n    return name + " is live"\n\nLIVE = _live("a")\n',
        "other": "from access.changed import LIVE\n\nSQL = f'select {LIVE}'\nREAD = {LIVE: 1}\n",
    }
    for name, source in sources.items():
        module = ModuleType(f"access.{name}")
        module.__file__ = str(tmp_path / name)
        (tmp_path / name).write_text(source)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(compile(source, module.__file__, "exec"), vars(module))  # noqa: S102 - ours
    tree = ast.parse(sources["changed"].replace("is live", "was live"))

    become(replace(TOP, module="access/changed.py", function="_live", tree=tree))

    changed, other = sys.modules["access.changed"], sys.modules["access.other"]
    assert changed._live("b") == "b was live"
    assert changed.LIVE == other.LIVE == "a was live"
    assert other.SQL == "select a was live"
    assert other.READ == {"a is live": 1}  # what a module keeps isn't taken from it


@pytest.mark.parametrize(("said", "killed"), [("import", 1), ("0", 1), ("KeyError: 'x'", 0)])
def test_what_breaks_the_tool_kills_no_mutant(said, killed):
    reader, writer = os.pipe()
    os.write(writer, said.encode())
    os.close(writer)
    plugin = Plugin([], 1)
    test = type("Item", (), {"nodeid": "a test"})

    plugin._end(Lane("", pid=1, pipe=reader, mutant=TOP, tests=[test]), 0)

    assert sum(bool(one.killed_by) for one in plugin.outcomes) == killed
    assert len(plugin.broken) == 1 - killed
