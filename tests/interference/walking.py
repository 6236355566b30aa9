"""One walker: asks, and keeps of each answer all that somebody could tell two worlds apart by.

Each ask is rolled back before the next one, and begins with the same dice and the same clock.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import zipfile
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TestCase
from django.urls import Resolver404, resolve

import tests.settings
from access.models import Notice
from access.viewer import Role
from records.models import Record
from tests.access.cast import NOON
from tests.interference import unread
from tests.interference.absence import THOUGHT_OF
from tests.interference.listening import asked_door, chance, spied
from tests.interference.repeating import Statements
from tests.interference.screens import BEFORE
from tests.interference.values import attempt_of


if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.interference.scene import Scene


#: What two answers to the same question always differ in, and nothing else.
IGNORED: Final = frozenset({"date", "set-cookie", "x-request-id"})
_TOKEN: Final = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
_MOST_HOPS: Final = 3
#: Acts whose length must say nothing: not how long, which a loaded machine blurs, but how much.
TIMED: Final = frozenset({"access:ask"})
# What was prepared, and the database's own functions, name no table when they are called.
_TABLES: Final = re.compile(
    "|".join([*sorted(THOUGHT_OF), "records_record", r"\bexecute ", r"\bdmp_\w+\("])
)


@dataclass(frozen=True)
class Ask:
    """One question: the door, the address, what is sent, and the screens before it."""

    door: str
    path: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, Any], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    before: str = ""

    @property
    def address(self) -> str:
        """The path with its parameters."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def __str__(self) -> str:
        sent = " ".join(f"{name}={value}" for name, value in (*self.form, *self.headers))
        return f"{self.method} {self.address} {sent}".strip()


@dataclass
class Heard:
    """Everything that came of one question."""

    hops: list[tuple[Any, ...]] = field(default_factory=list)
    # Whether anything was read that may be taken away: else the other world answers the same.
    looked: bool = True
    # What was asked of the database, where it was kept for the other world to be asked the same.
    statements: Statements | None = None
    effects: dict[str, Any] = field(default_factory=dict)
    # Of each answer: its door, how it was asked, and what the journal says of it.
    journalled: list[tuple[str, str, list[Any]]] = field(default_factory=list)

    def saying(self, instead: Mapping[str, str]) -> Heard:
        """The same with other keys in the place of those that were asked about."""

        def said(value: Any) -> Any:
            text = value if isinstance(value, bytes) else repr(value).encode()
            for one, other in instead.items():
                text = text.replace(one.encode(), other.encode())
            return text

        hops = [(status, said(headers), said(body)) for status, headers, body in self.hops]
        return Heard(hops, {name: said(value) for name, value in self.effects.items()})

    def differences(self, other: Heard) -> list[str]:
        """Say in what two answers to one question differ."""
        found = []
        for number, (mine, theirs) in enumerate(zip(self.hops, other.hops, strict=False)):
            for name, one, two in zip(("status", "headers", "body"), mine, theirs, strict=True):
                if one != two:
                    found.append(f"hop {number} {name}: {_first_difference(one, two)}")
        if len(self.hops) != len(other.hops):
            found.append(f"{len(self.hops)} answers, {len(other.hops)}")
        for name, one in self.effects.items():
            if one != other.effects[name]:
                found.append(f"{name}: {_first_difference(one, other.effects[name])}")
        return found


def _first_difference(one: Any, other: Any) -> str:
    if not isinstance(one, bytes) or not isinstance(other, bytes):
        one, other = repr(one).encode(), repr(other).encode()
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
              min(len(one), len(other)))  # fmt: skip
    around = slice(max(0, at - 60), at + 100)
    return " <> ".join(repr(text[around].decode(errors="replace")) for text in (one, other))


class Reading:
    """Tells whether a statement names a table whose rows differ between the worlds, and counts."""

    def __init__(self, *, keeps: bool) -> None:
        self.looked, self.asked, self.keeps, self.statements = False, 0, keeps, Statements()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        self.looked = self.looked or bool(_TABLES.search(sql))
        self.asked += 1
        try:
            found = execute(sql, params, many, context)
        except BaseException:
            self.statements.spoil()
            raise
        if many:
            self.statements.spoil()
        elif self.keeps:
            self.statements.keep(context["cursor"].cursor)
        return found


_WAKING: Final = "access.send_notice"
_WALKS: Final = itertools.count()


class Walker:
    """Somebody in a browser, in one of the worlds."""

    def __init__(
        self, scene: Scene, who: str, cookies: SimpleCookie | None = None, *, keeps: bool = False
    ) -> None:
        # Whether statements are kept, for another world to be asked the same.
        self.keeps = keeps
        self.client = Client()
        self.client.cookies = SimpleCookie(
            {name: one.value for name, one in (cookies or scene.browser(who).cookies).items()}
        )
        viewer = scene.viewers.get(who)
        self.represents = viewer is not None and viewer.role is Role.REPRESENTATIVE
        self.who, self._asked = who, 0
        # Chance is held: it would give the counters of another walk.
        self._prefix = f"{os.getpid()}-{next(_WALKS)}"
        self._cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        # A first connection to the cache draws from chance: not in the middle of a question.
        cache.get("walk")

    def ask(self, ask: Ask) -> Heard:
        """Ask once; what it changes is undone."""
        point = transaction.savepoint()
        chance.again()
        spied.clear()
        unread.looked_at.clear()
        mail.outbox.clear()
        reading = Reading(keeps=self.keeps)
        # No counter is left from the question before.
        self._asked += 1
        tests.settings.cache_prefix = f"{self._prefix}-{self._asked}"
        try:
            with connection.execute_wrapper(reading):
                page = self._screens_before(ask)
                spied.clear()
                heard = self._heard(ask, page)
            heard.looked = reading.looked
            if self.keeps and reading.looked:  # else it isn't asked again
                heard.statements = reading.statements
                heard.statements.unread = not unread.looked_at
            if ask.door in TIMED and ask.method == "POST":
                heard.effects["statements"] = reading.asked
            if self.represents:  # what rests on a secret is no line of theirs to read
                heard.effects["journal"] = [a for a in heard.effects["journal"] if not a[7]]
            return heard
        finally:
            chance.rest()
            transaction.savepoint_rollback(point)
            self.client.cookies.clear()
            for name, value in self._cookies.items():
                self.client.cookies[name] = value

    def _screens_before(self, ask: Ask) -> str:
        page = ""
        for path, form in BEFORE.get(ask.before, ()):
            answer = self._send("POST", path, _filled(form, page), {})
            while answer.status_code in {301, 302}:
                answer = self._send("GET", answer["Location"], None, {})
            page = answer.content.decode()
        asks = any(word == "attempt" for word, _value in ask.form)
        if ask.method == "POST" and page and asks and not attempt_of(page):
            # The screen before leads to the form, which carries whose it is.
            page = self._send("GET", ask.path, None, {}).content.decode()
        return page

    def _heard(self, ask: Ask, page: str) -> Heard:
        heard = Heard()
        form = _filled(ask.form, page) if ask.method == "POST" else None
        response = self._send(ask.method, ask.address, form, dict(ask.headers))
        heard.hops.append(_told(response))
        heard.journalled.append((ask.door, ask.method, list(spied.acts)))
        while response.status_code in {301, 302} and len(heard.hops) < _MOST_HOPS:
            to = response["Location"]
            if urlsplit(to).netloc:
                break
            before = len(spied.acts)
            response = self._send("GET", to, None, {})
            heard.hops.append(_told(response))
            heard.journalled.append((_door_at(to), "GET", spied.acts[before:]))
        heard.effects = _effects(written=ask.method == "POST")
        return heard

    def _send(self, method: str, path: str, form: Any, headers: Mapping[str, str]) -> Any:
        token = asked_door.set(_door_at(path))
        try:
            with TestCase.captureOnCommitCallbacks(execute=True):
                return (
                    self.client.generic(method, path, secure=False, headers=dict(headers))
                    if form is None
                    else self.client.post(path, form, headers=dict(headers))
                )
        finally:
            asked_door.reset(token)


def _door_at(path: str) -> str:
    try:
        return str(resolve(urlsplit(path).path).view_name)
    except Resolver404:
        return ""


def _filled(form: Any, page: str) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for name, given in form:
        value = given(page) if callable(given) else given
        if hasattr(value, "seek"):
            value.seek(0)
        filled.setdefault(name, []).append(value)
    return filled


def _told(response: Any) -> tuple[Any, ...]:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    body = _TOKEN.sub(rb"\1", raw)
    headers = {
        name.lower(): value for name, value in response.headers.items()
        if name.lower() not in IGNORED
    }  # fmt: skip
    headers["content-length"] = str(len(body))
    if headers.get("content-type") == "application/zip":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            body = repr([
                (one.filename, one.file_size, one.date_time, archive.read(one))
                for one in archive.infolist()
            ]).encode()  # fmt: skip
    return response.status_code, headers, body


def _effects(*, written: bool) -> dict[str, Any]:
    # The holders': who else is told is one of the things that are taken away.
    holders = Record.objects.values("holder_id")
    told = Notice.objects.filter(made_at=NOON, person_id__in=holders).order_by("id")
    rows = list(told) if written else []
    found: dict[str, Any] = {
        "journal": list(spied.acts), "tasks": _tasks(rows), "log": list(spied.log),
        "mail": [(m.to, m.subject, m.body) for m in mail.outbox],
    }  # fmt: skip
    if written:
        found["notices"] = [
            (one.person_id, one.kind, one.channel, one.state, one.body, one.due_at) for one in rows
        ]
    found["counted"] = sorted(spied.counted)
    return found


def _tasks(told: list[Notice]) -> list[Any]:
    """What the worker is woken for; a notice by whom it tells, its key being drawn by chance."""
    people = {str(one.id): one.person_id for one in told}
    return [
        (name, people[task[1]["args"][0]]) if name == _WAKING else (name, *task)
        for name, *task in spied.tasks
        if name != _WAKING or task[1]["args"][0] in people
    ]
