"""The desk of Jeanne's synthesis, worked as Dr Petit does: by its pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils.html import escape

from access import policy
from access.binding import binding, frozen_clock
from records.synthesis.desk import open_desk
from tests.access.cast import NOON
from tests.laid_once import jeanne


if TYPE_CHECKING:
    import uuid

    from records.models import SynthesisLine
    from tests.jeanne import World


__all__ = ["jeanne"]


@dataclass
class AtDesk:
    """Dr Petit's browser on the desk of Jeanne's synthesis."""

    world: World
    who: str = "petit"
    at: dt.datetime = NOON

    def address(self, name: str, *keys: uuid.UUID) -> str:
        return reverse(f"records:{name}", args=[self.world.record.id, *keys])

    def get(self, name: str, *keys: uuid.UUID, who: str = "") -> Any:
        with frozen_clock(self.at):
            return self.world.browser(who or self.who).get(self.address(name, *keys))

    def post(self, name: str, *keys: uuid.UUID, who: str = "", **body: Any) -> Any:
        with frozen_clock(self.at):
            return self.world.browser(who or self.who).post(self.address(name, *keys), body)

    def desk(self) -> Any:
        viewer = self.world.viewers[self.who]
        with binding(viewer, at=self.at):
            return open_desk(by=viewer, record_id=self.world.record.id)

    def line(self, text: str) -> Any:
        """The line to decide on that says this; None where none does."""
        return next((one for one in self.desk().lines if one.text == text), None)

    def save(self, *, drop: tuple[str, ...] = (), keep: tuple[str, ...] = (), **typed: Any) -> Any:
        """Send the draft as its page shows it, but for what is said here, by texts."""
        desk = self.desk()
        ticked = [
            one.key
            for one in desk.lines
            if (one.kept or one.text in keep) and one.text not in drop
        ]
        body = {
            "shown": [one.key for one in desk.lines],
            "keep": ticked,
            "allergies": desk.allergies or "none",
            "added": desk.choices.added,
            "attention": desk.choices.attention,
            "allergy_text": desk.choices.allergy_text,
            "despite": "on",  # Jeanne wrote an allergy herself
        }
        return self.post("synthesis_draft", **(body | typed))

    def sign(self) -> Any:
        return self.post("synthesis_review", seen=self.desk().seen)

    def write(self, **said: Any) -> None:
        """Save and sign, which must both go well."""
        assert self.save(**said).status_code == 302
        assert self.sign().status_code == 302
        self.at += dt.timedelta(days=1)

    def read(self, who: str) -> list[str]:
        """The lines of the newest version that somebody reads."""
        page = self.get("synthesis", who=who)
        assert page.status_code == 200
        version = page.context["page"].version
        sections = version.sections if version else ()
        return [line.text for section in sections for line in section.lines]

    def says(self, who: str, text: str) -> bool:
        """Tell whether any page of the synthesis or the first page shows a text to somebody."""
        return any(
            escape(text) in self.get(name, who=who).content.decode()
            for name in ("synthesis", "home")
        )

    def signed(self, text: str) -> SynthesisLine:
        """The newest line that says this, as the GP is given it."""
        viewer = self.world.viewers[self.who]
        with binding(viewer, at=self.at):
            lines = policy.visible_synthesis_lines(policy.standing_on(self.world.record.id))
            return lines.filter(text=text).order_by("-synthesis__number").first()


@pytest.fixture
def desk(jeanne):
    return AtDesk(jeanne)
