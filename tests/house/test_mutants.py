"""The mutation tool makes what it says, of every module of the gate and the masks."""

from __future__ import annotations

from pathlib import Path

from tests.mutants.__main__ import GATE, MASKS
from tests.mutants.making import mutants


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
