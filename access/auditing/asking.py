"""One row's world put to the gate and to the pages, and where they differ from the row."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse

from access import people, policy
from access.auditing.moments import NOON
from access.binding import binding, frozen_clock
from access.policy import Purpose
from access.viewer import Role
from records.models import Document, Entry, ReimbursementLine, SynthesisLine


if TYPE_CHECKING:
    from access.auditing.rows import Case
    from access.auditing.worlds import World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an answer isn't the row's: which way of asking, what was expected, what was found."""

    asked: str
    expected: str
    found: str


def _said(sees: bool, marks: frozenset[str], rule: str = "") -> str:  # noqa: FBT001
    answer = "sees" if sees else "nothing"
    shown = "+".join(sorted(marks)) if sees and marks else "-"
    return f"{answer} {shown} {rule}".strip()


def ask_gate(case: Case, world: World) -> list[Difference]:
    """Ask the gate for the list, the single object and the line."""
    purpose = Purpose(case["purpose"])
    model: Any = type(world.element)
    element = world.element.id
    with binding(world.viewer, at=NOON):
        standing = policy.standing_on(world.record.id)
        listed = policy.visible(model, standing, purpose=purpose).filter(id=element).first()
        [decided] = policy.decisions(
            model, standing, purpose=purpose, element_id=element, database=world.database
        )
        single = case.sees
        if purpose is Purpose.READ:
            single = policy.can_see(model, standing, element)
    marks = frozenset(policy.marks_of(listed)) if listed is not None else frozenset()
    expected = _said(case.sees, case.marks)
    answers = {
        "list": (expected, _said(listed is not None, marks)),
        "single": (_said(case.sees, frozenset()), _said(single, frozenset())),
        "line": (
            _said(case.sees, case.marks, case.rule),
            _said(decided.sees, frozenset(decided.marks), decided.rule),
        ),
    }
    return [Difference(name, *pair) for name, pair in answers.items() if pair[0] != pair[1]]


def ask_pages(case: Case, world: World) -> list[Difference]:
    """Ask the real pages as that viewer: the list that shows the element, and its own page."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    with frozen_clock(NOON):
        _sign_in(client, case, world)
        if case["purpose"] == Purpose.TAKE_AWAY:
            found = {"archive": _in_archive(client, world)}
            expected = _said(case.sees, frozenset())
        else:
            pages = _addresses(world)
            found = {name: _on_page(client, url, world) for name, url in pages.items()}
            expected = _said(case.sees, case.marks)
    return [Difference(name, expected, said) for name, said in found.items() if said != expected]


def _sign_in(client: Client, case: Case, world: World) -> None:
    if world.user is None:
        return
    active = world.user.is_active
    client.force_login(world.user, backend=BACKEND)
    session = client.session
    session[people.SESSION_SECOND_FACTOR] = "totp" if case["second_factor"] == "yes" else ""
    viewer = world.viewer
    about: Any = viewer.practice.id if viewer.practice else world.record.id
    if viewer.role is not Role.NOBODY:
        session[people.SESSION_CAPACITY] = f"{viewer.role.value}:{about}"
    session.save()
    world.user.is_active = active


def _addresses(world: World) -> dict[str, str]:
    names: dict[type, tuple[str, str]] = {
        Document: ("documents", "document"),
        ReimbursementLine: ("care", "care_event"),
        Entry: ("entries", "entry"),
        SynthesisLine: ("synthesis", "synthesis_line"),
    }
    listing, single = names[type(world.element)]
    record = world.record.id
    element = world.element.id
    return {
        f"page {listing}": reverse(f"records:{listing}", args=[record]),
        f"page {single}": reverse(f"records:{single}", args=[record, element]),
    }


def _on_page(client: Client, url: str, world: World) -> str:
    response = client.get(url)
    element = world.element.id
    tag = re.search(rf'<[^>]*data-element="[^"]*{element}[^"]*"[^>]*>', response.content.decode())
    if response.status_code != HTTPStatus.OK or tag is None:
        return _said(sees=False, marks=frozenset())
    marks = re.search(r'data-marks="([^"]*)"', tag.group())
    found = frozenset(marks.group(1).split("+")) - {""} if marks else frozenset()
    return _said(sees=True, marks=found)


def _in_archive(client: Client, world: World) -> str:
    response: Any = client.post(reverse("records:take_away", args=[world.record.id]))
    element = str(world.element.id)
    held = False
    if response.status_code == HTTPStatus.OK and response["Content-Type"] == "application/zip":
        parts = response.streaming_content if response.streaming else [response.content]
        with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as archive:
            names = [name for name in archive.namelist() if name.endswith(".json")]
            held = any(element in archive.read(name).decode() for name in names)
    return _said(held, frozenset())
