"""Every screen exists in English too, and what is compiled is what was written."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.house.test_processes import environment


ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def key(message):
    """The sentence, or its two forms, with the context that tells it from its like."""
    said = message.id if isinstance(message.id, str) else tuple(message.id)
    context = message.context
    # As the compiled file gives it.
    return said, context.decode() if isinstance(context, bytes) else context


def strings(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_sentence_is_said_in_english(catalogue):
    assert len(catalogue) > 100
    silent = [
        message.id
        for message in catalogue
        if message.id and (not all(strings(message)) or message.fuzzy)
    ]
    assert silent == []


def test_every_sentence_keeps_its_places(catalogue):
    changed = []
    for message in catalogue:
        if not message.id:
            continue
        said = message.id if isinstance(message.id, str) else message.id[-1]
        places = set(PLACE.findall(said))
        changed += [said for string in strings(message) if set(PLACE.findall(string)) - places]
        changed += [
            said for string in strings(message)[-1:] if places - set(PLACE.findall(string))
        ]
    assert changed == []


def test_what_is_compiled_is_what_is_written(catalogue):
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    written = {key(m): strings(m) for m in catalogue if m.id and all(strings(m)) and not m.fuzzy}
    assert {key(m): strings(m) for m in compiled if m.id} == written


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")
def test_every_marked_sentence_is_in_the_catalogue(catalogue, tmp_path):
    for name in ("dmp", "access", "records", "imports", "templates", "static"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "locale").mkdir()
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "en", "--verbosity", "0"],
        cwd=tmp_path,
        env=environment("web"),
        check=True,
    )
    with (tmp_path / CATALOGUE.relative_to(ROOT)).open("rb") as file:
        collected = {key(m) for m in read_po(file) if m.id}
    written = {key(m) for m in catalogue if m.id}
    assert collected - written == set(), "run `make messages`"
    assert written - collected == set(), "run `make messages`"
