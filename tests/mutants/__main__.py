"""Change the gate and the masks one thing at a time: `python -m tests.mutants [MODULE…]`.

What was found is kept in benchmarks/mutants.json, module by module; a mutant that no test tells
from the product must have its reason in explained.toml.
"""

# ruff: noqa: T201 - a program that tells
from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from benchmarks.results import commit_of
from tests.mutants.running import Outcome, Plugin


ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "mutants.json"
EXPLAINED = Path(__file__).with_name("explained.toml")
# The gate and the masks.
GATE = tuple(
    f"access/{name}.py"
    for name in ("policy", "conditions", "ladder", "matrix", "elements", "standing")
)
MASKS = tuple(
    f"access/masks/{name}.py"
    for name in (
        "aims", "alike", "bundling", "difference", "doubled", "following", "hiding", "offering",
        "receipts", "rules", "ruling", "showing", "staying", "subjects", "weighing",
    )
)  # fmt: skip
# What tells the gate's own mutants from the product within an hour, all of them; those that live
# are tried again with all the tests (`--alive --tests …`).
GATE_TESTS = tuple(
    f"tests/access/test_{name}.py"
    for name in ("gate", "policy_corners", "standing", "compiled", "matrix", "elements")
)
# The tests that are to fail: the policy's rows and random worlds for the gate, what is done with
# masks on every page for them.
TESTS = (
    *(
        f"tests/access/test_{name}.py"
        for name in (
            "policy_cases", "policy_worlds", "compiled", "masks", "seeing", "see_as", "pages",
            "circle", "blocks", "worklist", "give_and_take_back", "journal_read", "gate", "shares",
            "rules", "delegates", "representatives", "emergency", "emergency_of_a_minor", "offers",
            "aims", "bundling", "masks_that_follow", "masks_written", "masks_read_back",
            "masks_and_what_comes", "masks_shown_again", "difference", "ended_alone", "weighing",
            "matrix", "policy_corners", "elements", "standing",
        )
    ),
    *(
        f"tests/records/test_{name}.py"
        for name in (
            "deposited_files", "deposits_changed", "entries", "every_viewer", "hidden_words",
            "what_changed",
        )
    ),
    "tests/records/synthesis",
    "tests/imports/test_masks_follow_claims.py",
    "tests/classes",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Try the mutants, keep what was found, and say what is left alive."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", default=[*GATE, *MASKS])
    parser.add_argument("--only", default="", help="only mutants whose name holds this")
    parser.add_argument("--alive", action="store_true", help="only those found alive before")
    parser.add_argument("--every", type=int, default=1, help="every so many, the others left")
    parser.add_argument("--lanes", type=int, default=2, help="how many are tried at once")
    parser.add_argument("--tests", nargs="*", help="instead of all, or of the gate's own")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file to keep")
    asked = parser.parse_args(arguments)
    os.nice(10)
    chosen, kept = None, keep
    if asked.alive:
        chosen, kept = alive(asked.results), keep_again
    plugin = Plugin(asked.modules, asked.lanes, every=asked.every, only=asked.only, chosen=chosen)
    if not asked.only:
        plugin.kept = lambda ended: kept(summary(ended), asked.results, plugin.made)
    quiet = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    tests = asked.tests or (GATE_TESTS if set(asked.modules) <= set(GATE) else TESTS)
    pytest.main([*quiet, "-m", "not browser", *tests], plugins=[plugin])
    if plugin.failed or not plugin.outcomes:
        failed = [*plugin.failed, *plugin.broken]
        print("Nothing was tried: these fail as things are:", *failed, sep="\n  ")
        return 1
    found = summary(plugin.outcomes)
    for name, each in found.items():
        print(f"{name}: {each['killed']} of {each['tried']} killed")
    unexplained = [
        f"{name}: {one['mutant']}"
        for name, each in found.items()
        for one in each["alive"]
        if not one["why"]
    ]
    print(*(["Alive, and nobody says why:", *unexplained] if unexplained else []), sep="\n  ")
    if plugin.broken:
        print("These could not be tried, and count for nothing:", *plugin.broken, sep="\n  ")
    return int(bool(unexplained or plugin.broken))


def reasons() -> dict[str, str]:
    """Why a mutant may live, by its module and name."""
    if not EXPLAINED.exists():
        return {}
    told = tomllib.loads(EXPLAINED.read_text())
    return {
        f"{module}: {name}": why
        for module, mutants in told.items()
        for name, why in mutants.items()
    }


def summary(outcomes: list[Outcome]) -> dict[str, dict[str, Any]]:
    """What became of each module's mutants."""
    why, found = reasons(), dict[str, dict[str, Any]]()
    for one in outcomes:
        name = one.mutant.module
        each = found.setdefault(name, {"tried": 0, "killed": 0, "alive": []})
        each["tried"] += 1
        each["killed"] += bool(one.killed_by)
        if not one.killed_by:
            said = one.mutant.name
            each["alive"].append({"mutant": said, "why": why.get(f"{name}: {said}", "")})
    return found


def keep(found: dict[str, dict[str, Any]], path: Path, made: dict[str, int]) -> None:
    """Write what was found of these modules over what was known of them."""
    known = json.loads(path.read_text()) if path.exists() else {}
    for name, each in found.items():
        known[name] = {"commit": commit_of(ROOT), "made": made[name], **each}
    path.write_text(json.dumps(dict(sorted(known.items())), indent=1, ensure_ascii=False) + "\n")


def alive(path: Path) -> set[tuple[str, str]]:
    """Return the module and name of each mutant that was found alive."""
    known = json.loads(path.read_text())
    return {(name, one["mutant"]) for name, each in known.items() for one in each["alive"]}


def keep_again(found: dict[str, dict[str, Any]], path: Path, made: dict[str, int]) -> None:
    """Write what became of those that were alive; the others are as they were found."""
    known = json.loads(path.read_text())
    for name, each in found.items():
        before = known[name]
        each["killed"] += before["killed"]
        each["tried"] = before["tried"]
    keep(found, path, made)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
