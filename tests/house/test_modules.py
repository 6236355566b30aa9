"""A module is named after the thing it holds, is short enough to read, and says what it is."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from importlinter.cli import lint_imports


ROOT = Path(__file__).resolve().parents[2]
APPS = ("dmp", "access", "records", "imports")
LONGEST = 300
LONGEST_TEST = 500
# A name for a drawer, not for a thing.
DRAWERS = {
    *("utils", "util", "helpers", "helper", "services", "service", "common", "misc"),
    *("signals", "base", "core", "lib", "tools", "constants", "mixins", "manager", "managers"),
}


@cache
def modules():
    return sorted(
        path
        for folder in (*APPS, "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )


def named(paths):
    return [path.relative_to(ROOT).as_posix() for path in paths]


def test_there_are_modules_to_look_at():
    assert len(modules()) > 100


def test_no_module_is_a_drawer():
    drawers = [
        path for path in modules() if DRAWERS & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert named(drawers) == []


def test_no_file_is_too_long_to_read():
    long = [
        path
        for path in modules()
        if len(path.read_text().splitlines())
        > (LONGEST_TEST if path.is_relative_to(ROOT / "tests") else LONGEST)
    ]
    assert named(long) == []


def test_every_module_says_what_it_holds():
    silent = [
        path
        for path in modules()
        if path.read_text().strip()
        and not re.search(
            r"[.:?!]$", (ast.get_docstring(ast.parse(path.read_text())) or ""), re.MULTILINE
        )
    ]
    assert named(silent) == []


def test_scripts_are_read_by_the_tools_that_read_modules():
    """Without .py in its name, a file is looked at only where it is named."""
    ours = sorted(
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "scripts").iterdir()
        if path.is_file() and path.read_text().startswith("#!/usr/bin/env python3\n")
    )
    assert ours
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["tool"]["ruff"]["extend-include"] == ours
    assert f"--scripts-are-modules . {' '.join(ours)} >" in (ROOT / "scripts/check").read_text()


def test_models_have_no_doors_of_their_own():
    """A model reached from Django's admin or by a reverse name is reached without the gate."""
    found = [
        path
        for path in modules()
        if path.name == "admin.py" or "django.contrib.admin" in path.read_text()
    ]
    assert [path for path in named(found) if path != "tests/house/test_modules.py"] == []


@pytest.mark.parametrize("pattern", [r"\.has_perm\(", r"get_objects_for_user\(", r"is_superuser"])
def test_nothing_decides_beside_the_gate(pattern):
    allowed = {
        "access/models/people.py",  # the column that Django's own user class brings
        "access/auditing/people.py",  # makes a superuser, to show that it opens nothing
    }
    found = [
        path
        for path in modules()
        if path.relative_to(ROOT).parts[0] in APPS and re.search(pattern, path.read_text())
    ]
    assert set(named(found)) - allowed == set()


def test_doors_reach_no_model():
    """The import contracts do not see `apps.get_model` nor a manager reached through an object."""
    doors = [
        path
        for path in modules()
        if path.relative_to(ROOT).parts[0] in APPS
        and {"pages", "fhir", "pages.py", "tasks.py"} & set(path.relative_to(ROOT).parts)
    ]
    assert len(doors) > 3
    reaching = [path for path in doors if re.search(r"\.objects\b|get_model\(", path.read_text())]
    assert named(reaching) == []


def test_the_storeys_hold(capsys):
    status = lint_imports(
        config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True
    )
    assert status == 0, capsys.readouterr().out
