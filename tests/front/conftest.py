"""The gallery, served on a free port, for the run's one Chromium (tests/committed.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def gallery():
    command = [sys.executable, "-m", "tests.front.gallery", "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield server.stdout.readline().strip().rstrip("/")
    server.terminate()
    server.wait()
    server.stdout.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr")
    yield context.new_page()
    context.close()


@pytest.fixture
def plain_page(browser):
    """A browser without JavaScript."""
    context = browser.new_context(java_script_enabled=False, locale="fr")
    yield context.new_page()
    context.close()
