"""What we serve from others: pinned, licensed, unchanged, and asking nothing of another host."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
OURS = ROOT / "static" / "dmp"
STYLESHEETS = sorted([*VENDOR.rglob("*.css"), *OURS.rglob("*.css")])
_ADDRESS = re.compile(r"url\(\s*[\"']?([^\"')]+)")


def _manifest() -> list[dict[str, str]]:
    return json.loads((VENDOR / "MANIFEST.json").read_text())["files"]


def test_every_vendored_file_is_the_one_the_manifest_names():
    for entry in _manifest():
        digest = hashlib.sha384((VENDOR / entry["path"]).read_bytes()).digest()
        assert entry["integrity"] == "sha384-" + base64.b64encode(digest).decode(), entry["path"]


def test_no_vendored_file_is_missing_from_the_manifest():
    served = {
        str(path.relative_to(VENDOR))
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "MANIFEST.json"
    }
    assert served == {entry["path"] for entry in _manifest()}


def test_what_is_served_is_the_version_that_the_plan_pins():
    plan = tomllib.loads((ROOT / "scripts" / "vendor.toml").read_text())["packages"]
    served = {entry["name"]: (entry["version"], entry["licence"]) for entry in _manifest()}
    assert served == {name: (p["version"], p["licence"]) for name, p in plan.items()}


def test_every_package_comes_with_its_licence():
    folders = {entry["path"].split("/")[0] for entry in _manifest()}
    for folder in folders:
        text = (VENDOR / folder / "LICENCE.txt").read_text()
        assert re.search(r"copyright", text, re.IGNORECASE), folder


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_a_stylesheet_asks_nothing_of_another_host(path):
    css = path.read_text()
    assert "@import" not in css
    for address in _ADDRESS.findall(css):
        assert not re.match(r"[a-z]+:|//", address, re.IGNORECASE), address
        assert (path.parent / address.split("#")[0]).is_file(), address


def test_the_marks_of_govuk_are_not_served():
    css = (VENDOR / "govuk-frontend" / "govuk.css").read_text().lower()
    for mark in ("gds transport", "crown", "crest"):
        assert mark not in css


def test_no_script_of_ours_asks_for_an_inline_script_or_another_host():
    for path in OURS.rglob("*.js"):
        source = path.read_text()
        assert not re.search(r"https?://|\beval\(|new Function|innerHTML|\.style\b", source), path
