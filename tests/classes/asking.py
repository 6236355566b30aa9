"""Somebody of the scene who asks a door, and all that came of it: answers, rows, statements."""

from __future__ import annotations

import re
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.urls import reverse
from django.urls.resolvers import RegexPattern

from access.viewer import ANONYMOUS
from tests.interference.declared import DOORS
from tests.interference.questions import NEEDED, WHOLE, addresses, door_of
from tests.interference.values import MISSING, Keys
from tests.interference.walking import Ask, Walker


if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.urls import URLPattern

    from tests.interference.declared import Declared
    from tests.interference.scene import Scene
    from tests.interference.walking import Heard


#: Rows that come and go with somebody's browser, and say nothing of a record.
OF_THE_BROWSER: Final = {"django_session"}
#: What leaves a part of a list out.
FILTERS: Final = {"q", "class", "kind", "type", "date"}
_PART: Final = re.compile(r"_p\d+$")
_KEY: Final = re.compile(r"\b[0-9a-f]{32}\b")
_WRITES: Final = re.compile(r"\s*(?:insert|update|delete)\b", re.IGNORECASE)
_COUNTED: Final = """
select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables
where n_tup_ins + n_tup_upd + n_tup_del > 0
"""


def some(*each: Any, first: int = 1) -> tuple[Any, ...]:
    """The first of these; all of them in the whole walk (DMP_WHOLE_WALK=1), ten times as long."""
    return each if WHOLE else each[:first]


@dataclass
class Answer:
    """What came of one question."""

    heard: Heard
    wrote: set[str] = field(default_factory=set)
    statements: list[str] = field(default_factory=list)
    written: list[tuple[str, str]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The first answer's."""
        return int(self.heard.hops[0][0])

    @property
    def headers(self) -> dict[str, str]:
        return self.heard.hops[0][1]  # type: ignore[no-any-return]

    @property
    def body(self) -> bytes:
        """Every answer's, one after the other."""
        return b"".join(body for _status, _headers, body in self.heard.hops)

    @property
    def shown(self) -> bool:
        """Something was answered, and not that there is nothing."""
        return self.status < 300

    @property
    def acts(self) -> list[Any]:
        """What was written in the journal."""
        return list(self.heard.effects["journal"])

    def holds(self, *words: object) -> list[str]:
        """Which of these words an answer, a header, a message, a task or a log line holds."""
        told = [self.body, repr([hop[1] for hop in self.heard.hops]).encode()]
        told += [
            repr(value).encode()
            for name, value in self.heard.effects.items()
            if name in {"tasks", "log", "mail", "notices"}
        ]
        return [str(word) for word in words if any(str(word).encode() in part for part in told)]

    def unlike(self, other: Answer, **instead: str) -> list[str]:
        """In what it differs from another answer, its length too, one word taken for another."""
        return self.heard.saying(instead).differences(other.heard.saying(instead))


class Asker(Walker):
    """A walker who also tells which rows were written, and what the database was asked."""

    def answer(self, ask: Ask) -> Answer:
        """Ask, and undo."""
        statements: list[str] = []
        written: list[tuple[str, str]] = []

        def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
            statements.append(sql)
            if _WRITES.match(sql) and not any(f'"{name}"' in sql for name in OF_THE_BROWSER):
                written.append((sql, repr([*map(_plain, params or ())])))
            return execute(sql, params, many, context)

        before = _written_so_far()
        with connection.execute_wrapper(listen):
            heard = self.ask(ask)
        after = _written_so_far()
        wrote = {_PART.sub("", name) for name, count in after.items() if count != before.get(name)}
        return Answer(heard, wrote - OF_THE_BROWSER, statements, written)

    @contextmanager
    def sending_json(self, body: str) -> Iterator[None]:
        """Send a form's place filled with JSON."""
        send = self.client.post
        self.client.post = lambda path, _form, **named: send(  # type: ignore[method-assign]
            path, body, content_type="application/json", **named
        )
        try:
            yield
        finally:
            self.client.post = send  # type: ignore[method-assign]

    @contextmanager
    def after(self, paths: list[str]) -> Iterator[None]:
        """Open these pages in the same session, just before each question."""
        send = self._send

        def opened_first(*args: Any) -> Any:
            for path in paths:
                send("GET", path, None, {})
            self._send = send  # type: ignore[method-assign]
            try:
                return send(*args)
            finally:
                self._send = opened_first  # type: ignore[method-assign]

        self._send = opened_first  # type: ignore[method-assign]
        try:
            yield
        finally:
            self._send = send  # type: ignore[method-assign]

    def get(self, name: str, query: tuple[tuple[str, str], ...] = (), **words: Any) -> Answer:
        """Read a door by its name."""
        return self.answer(Ask(name, reverse(name, kwargs=words), "GET", query))


def _plain(value: Any) -> Any:
    """Bytes as bytes: the driver's own wrapper says where it is in memory. Keys with dashes."""
    held = getattr(value, "adapted", value)
    if isinstance(held, str):  # a list of keys is sent as one text
        return _KEY.sub(lambda found: str(uuid.UUID(found[0])), held)
    return bytes(held) if isinstance(held, (bytes, memoryview)) else held


def _written_so_far() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED)
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class Address:
    """One address of the resolver, with what its door declares and reads."""

    name: str
    pattern: URLPattern
    declared: Declared
    roles: frozenset[Any] | None
    words: tuple[str, ...]

    @property
    def inner(self) -> tuple[str, ...]:
        """The words of its path beside the record."""
        return tuple(word for word in self.words if word != "record_id")

    @property
    def of_account(self) -> bool:
        """It knows no record: sign-in and its screens."""
        return ":" not in self.name

    @property
    def methods(self) -> list[str]:
        return ["GET"] * self.declared.gets + ["POST"] * self.declared.posts

    def open_to(self, scene: Scene, who: str) -> bool:
        viewer = scene.viewers.get(who, ANONYMOUS)
        return self.roles is None or viewer.role in self.roles

    def asks(self, keys: Keys, **words: Any) -> Iterator[Ask]:
        """Each way to ask it with everything right, at the path of these words."""
        path = reverse(self.name, kwargs=words)
        declared = self.declared
        for method in self.methods:
            query, form = right(declared.query, keys), right(declared.form, keys)
            if method == "GET" and FILTERS & set(declared.query):
                # The whole list, too.
                yield Ask(self.name, path, "GET", tuple(q for q in query if q[0] in NEEDED))
            needed = tuple(pair for pair in query if pair[0] in NEEDED)
            # A gesture that was made already would be done once.
            fresh = tuple((w, NOWHERE if w == "gesture" else value) for w, value in form)
            yield Ask(
                self.name, path, method,
                query if method == "GET" or not declared.gets else needed,
                fresh if method == "POST" else (), before=declared.before,
            )  # fmt: skip

    def filled(self, keys: Keys, record_id: Any) -> dict[str, Any]:
        """Words for its path: this record's first of each, else somebody's, else nobody's."""
        found: dict[str, Any] = {}
        for word in self.words:
            if word == "record_id":
                found[word] = record_id
            elif word == "file_id":
                found[word] = keys.files[0][1]
            else:
                found[word] = keys.path(word, self.name)[0]
        return found


def right(kinds: dict[str, str], keys: Keys) -> tuple[tuple[str, Any], ...]:
    """The first value of each kind."""
    return tuple((word, keys.values(kind)[0]) for word, kind in kinds.items())


def every_address() -> list[Address]:
    """The resolver's addresses, each with what it declares."""
    found = []
    for name, pattern in addresses():
        door = door_of(pattern)
        words = tuple(
            pattern.pattern.regex.groupindex
            if isinstance(pattern.pattern, RegexPattern)
            else pattern.pattern.converters
        )
        roles = door.roles if door else None
        found.append(Address(name, pattern, DOORS[name], roles, words))
    return found


NOWHERE: Final = str(MISSING)
