"""Walking through the product in a browser: presses and fields are counted."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command

from tests.committed import ROOT, addresses


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


NOT_OURS = "Failed to load resource"


class Walk:
    """One person at one browser. An interaction is a press, a field filled or a choice made."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.interactions = 0

    def press(self, selector: str, **options: Any) -> None:
        """Press the one thing found."""
        self.interactions += 1
        self.page.locator(selector).and_(self.page.locator(":visible")).first.click(**options)
        self.page.wait_for_load_state()

    def write(self, selector: str, text: str) -> None:
        """Fill a field."""
        self.interactions += 1
        self.page.fill(selector, text)

    def tick(self, selector: str) -> None:
        """Tick a box or choose a radio; its label is what is pressed."""
        self.interactions += 1
        self.page.locator(selector).check(force=True)

    def go(self, path: str) -> None:
        """Type an address: not an interaction of the journey."""
        self.page.goto(path)

    @property
    def words(self) -> str:
        """What the page says."""
        return str(self.page.inner_text("main"))

    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """Count the interactions made inside."""
        before = self.interactions
        made: list[int] = []
        yield made
        made.append(self.interactions - before)

    def be(self, name: str) -> None:
        """Sign in from the demonstration's list."""
        self.go("/connexion/demonstration/")
        row = self.page.locator("li", has_text=name).first
        row.locator("button[name=account]").click()
        self.page.wait_for_load_state()

    def leave(self) -> None:
        """Forget the session, as closing the browser does."""
        self.page.context.clear_cookies()


@contextmanager
def walking(browser: Any, url: str, language: str) -> Iterator[Walk]:
    """A fresh browser of a telephone's width, in a language; an error in its console fails."""
    context = browser.new_context(
        base_url=url,
        locale={"fr": "fr-FR", "en": "en-GB"}[language],
        timezone_id=settings.TIME_ZONE,
        viewport={"width": 390, "height": 844},
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield Walk(page)
    finally:
        context.close()
    assert [said for said in errors if NOT_OURS not in said] == []


def as_worker(*arguments: str) -> None:
    """Run one of our commands as the worker's role, on the running test's database."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *arguments],
        cwd=ROOT,
        env={**addresses(), "DMP_PROCESS": "worker"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def load_stories(folder: Path) -> None:
    """Put the stories' claims into the store, as the fund's administrator would."""
    # It asks nothing of the database: a process of its own would only begin.
    call_command("make_claims", people=0, stories=True, out=folder, stdout=StringIO())
    names = ("lines", "illnesses", "declared_doctors")
    as_worker("load_claims", *(str(folder / f"{name}.csv") for name in names))


def open_for_angele(me: Walk, language: str) -> None:
    """Open Angèle's record from her card, where a counter is signed in."""
    me.press("button[name=card]:has-text('Paoletti')")
    if "/personne/" in me.page.url:
        me.press("button[name=person]")
    me.tick("input[name=document][value=cni]")
    me.write("input[name=born_on]", "27/08/1974")
    me.press("button[name=traits][value=same]")
    me.tick("input[name=consent]")
    me.write("input[name=mobile]", "06 12 34 56 78")
    me.tick(f"input[name=language][value={language}]")
    me.press("main form button[type=submit]:not([name])")


def code_of_the_leaflet(me: Walk) -> str:
    """Return the code of the leaflet of the record just opened."""
    me.go("/ouvrir/feuille/")
    return "".join(me.page.locator(".dmp-code").first.inner_text().split())


def activate(me: Walk) -> None:
    """Make Angèle's account where her code is typed already."""
    me.write("input[name=born_on]", "1974-08-27")
    me.press("main form button[type=submit]")
    me.write("input[name=email]", "angele@example.org")
    me.write("input[name=password]", "le chat dort au soleil")
    me.press("main form button[type=submit]")
    me.write("input[name=code]", me.page.inner_text("[data-code]"))
    me.press("main form button[type=submit]")
