"""What the documents say to type exists, and what they point to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def names(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", DOCUMENTS, ids=names)
def test_every_make_command_in(path):
    typed = set(re.findall(r"(?:^|`)make ([a-z]+)", path.read_text(), re.MULTILINE))
    assert typed - TARGETS == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=names)
def test_every_link_in(path):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
    missing = [
        link
        for link in links
        if not link.startswith(("http:", "https:", "mailto:"))
        and not (path.parent / link).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=names)
def test_every_management_command_in(path):
    typed = set(re.findall(r"manage\.py ([a-z_]+)", path.read_text()))
    ours = {found.stem for found in ROOT.glob("*/management/commands/*.py")}
    django = {"migrate", "check", "shell", "makemigrations", "collectstatic", "test"}
    assert typed - ours - django == set()


def test_the_readme_says_the_two_commands():
    typed = re.findall(r"^make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert typed == ["run", "test"]


def test_every_target_has_one_line_of_help():
    silent = [
        target
        for target in TARGETS
        if not re.search(rf"^{target}: # [A-Z].{{10,}}$", MAKEFILE, re.MULTILINE)
        and target != "help"
    ]
    assert silent == []


def test_every_setting_in_the_readme_is_in_the_example():
    table = (ROOT / "README.md").read_text()
    named = set(re.findall(r"`((?:DMP_|DATABASE_|REDIS_)[A-Z_]+|PORT|DATA_DIR)`", table))
    written = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(named) > 8
    assert named - written == set()
