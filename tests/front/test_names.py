"""What templates name exists: icons of the sprite, classes of the stylesheets."""

from __future__ import annotations

import re
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted(
    path for app in ("dmp", "access", "records", "imports") for path in (ROOT / app).rglob("*.py")
)
_SPRITE = (ROOT / "static" / "vendor" / "lucide" / "sprite.svg").read_text()
_CLASSES = re.compile(r"class=\"([^\"]*)\"")
_VALUES = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_TAGS = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)


def _icons_drawn() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', _SPRITE))


def test_every_icon_a_template_names_is_in_the_sprite():
    named = {
        (path.name, icon)
        for path in TEMPLATES
        for icon in re.findall(r'(?:\{% icon |\bicon=)"([^"]+)"', path.read_text())
    }
    assert len(named) > 20, "the test no longer finds the icons"
    assert [(where, icon) for where, icon in sorted(named) if icon not in _icons_drawn()] == []


def test_every_class_of_ours_a_template_writes_has_a_style():
    css = "".join(path.read_text() for path in (ROOT / "static" / "dmp").glob("*.css"))
    styled = set(re.findall(r"\.(dmp-[\w-]+)", css))
    written = {
        (path.name, name)
        for path in TEMPLATES
        for names in _CLASSES.findall(_TAGS.sub(" ", _VALUES.sub("", path.read_text())))
        for name in names.split()
        if name.startswith("dmp-") and not name.endswith("--")
    }
    assert len(written) > 40, "the test no longer finds the classes"
    assert [(where, name) for where, name in sorted(written) if name not in styled] == []


def test_no_page_has_a_style_or_a_script_of_its_own():
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|href=\"javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path


def test_no_page_asks_another_host_for_anything():
    for path in TEMPLATES:
        found = re.search(r"(?:src|action|srcset)=\"(?:https?:)?//", path.read_text())
        assert not found, path
