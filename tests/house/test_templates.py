"""Every template is used, and no page holds words that our readers do not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps


ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
APPS = ("dmp", "access", "records", "imports")
# Django asks for these by name.
ERRORS = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
# Pages choose one of these by name at run time.
CHOSEN = ("help/_", "records/connecting/", "records/counter/")
# Our words, never these, on a screen.
FORBIDDEN = {
    "DMP": r"\bDMP\b",
    "occulter": r"\boccult(?:er|e|é|ée|és|ées|ation)\b",
    "habilitation": r"\bhabilitations?\b",
    "bris de glace": r"\bbris de glace\b",
    "journal d'audit": r"\bjournal d['’]audit\b",
    "VSM": r"\bVSM\b",
}


@cache
def templates():
    return {path.relative_to(TEMPLATES).as_posix(): path for path in TEMPLATES.rglob("*.*")}


def test_every_template_is_used():
    code = "".join(
        path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py")
    ) + "".join(path.read_text() for path in templates().values())
    packages = [Path(config.path) / "templates" for config in apps.get_app_configs()]
    idle = [
        name
        for name in templates()
        if f'"{name}"' not in code
        and f"'{name}'" not in code
        and name not in ERRORS
        # In the place of a package's own.
        and not any((folder / name).exists() for folder in packages)
        and not name.startswith("django/forms/")
    ]
    assert [prefix for prefix in CHOSEN if f'f"{prefix}{{' not in code] == []
    assert [name for name in idle if not name.startswith(CHOSEN)] == []


def screen_text():
    """Each template without its tags, and each string marked for translation in the code."""
    for name, path in templates().items():
        text = re.sub(
            r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", "", path.read_text(), flags=re.DOTALL
        )
        # An address or a style's name is not read by anyone.
        yield name, re.sub(r'\b(?:href|src|class|id|name|action|content)="[^"]*"', "", text)
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            marked = re.findall(
                r"\b(?:_|gettext\w*|ngettext\w*)\(\s*((?:f?[\"'].*?[\"']\s*)+)",
                path.read_text(),
                re.DOTALL,
            )
            yield path.relative_to(ROOT).as_posix(), "\n".join(marked)


@pytest.mark.parametrize("word", sorted(FORBIDDEN))
def test_no_screen_says(word):
    pattern = re.compile(FORBIDDEN[word], re.IGNORECASE if word.islower() else 0)
    found = {
        name: hit.group()
        for name, text in screen_text()
        if (
            hit := pattern.search(
                re.sub(
                    r"\{%.*?%\}|\{\{.*?\}\}",
                    lambda m: m.group() if "trans" in m.group() else "",
                    text,
                )
            )
        )
    }
    assert found == {}


def test_every_class_that_our_styles_name_is_worn():
    worn = "".join(path.read_text() for path in templates().values()) + "".join(
        path.read_text()
        for folder, kind in (
            (ROOT / "static" / "dmp", "*.js"),
            *((ROOT / app, "*.py") for app in APPS),
        )
        for path in folder.rglob(kind)
    )
    styles = "".join(path.read_text() for path in (ROOT / "static" / "dmp").glob("*.css"))
    bare = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", styles, flags=re.DOTALL)
    named = set(re.findall(r"\.((?:dmp|govuk)-[\w-]+)", bare))
    # A page writes the end of some of them when it is asked: dmp-chip--{{ state }}.
    written = tuple(re.findall(r"((?:dmp|govuk)-[\w-]*-)\{[{%]", worn))
    assert len(named) > 200
    assert {"dmp-chip--"} <= set(written)
    idle = [
        name
        for name in named
        if not re.search(rf"(?<![\w-]){name}(?![\w-])", worn) and not name.startswith(written)
    ]
    assert idle == []


# What is placed inside another page is told about there: what a file became, the terms of a mask.
TOLD_IN = {
    "imports/_result.html": ("imports/load.html",),
    "access/_hide_terms.html": ("access/hide.html", "access/hide_rule.html"),
}


def test_a_page_that_places_the_fields_alone_says_what_is_wrong_with_them():
    pages = templates()
    placed, silent = 0, []
    for name, path in pages.items():
        page = path.read_text()
        forms = set(re.findall(r'form/_fields\.html" with form=(\w+)', page))
        forms |= set(re.findall(r"\{\{ (\w+)\.\w+\.as_field_group \}\}", page)) - {"field"}
        for form in sorted(forms):
            placed += 1
            told = rf'(?:_error_summary\.html" with |_head\.html" with [^%]*)\bform={form}\b'
            silent += [
                f"{where}: {form}"
                for where in TOLD_IN.get(name, (name,))
                if not re.search(told, pages[where].read_text())
            ]
    assert placed > len(TOLD_IN)
    assert silent == []
