"""Who has looked: writes acts, append-only and chained per record. Decides nothing.

Events have no foreign keys, so that removing live data can never alter or block the trace
(CSP R1111-43). Titles are sealed with the record's key and shown through the gate only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import uuid
from collections import defaultdict
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Subquery

from access.acts import Act, Action
from access.models import JournalEvent, JournalHead
from dmp.keys import listed, listed_bytes
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from access.viewer import Moment


__all__ = [
    "GENESIS",
    "PAYLOAD",
    "RULE",
    "SYSTEM",
    "Act",
    "Action",
    "chain_is_whole",
    "chain_length",
    "chains",
    "is_tombstone",
    "link",
    "payload_digest",
    "write",
]

SYSTEM = uuid.UUID(int=0)
RULE = "rule"  # the kind of a mask that aims at more than one element: the reason says at what
GENESIS = b"\0" * 32
# Texts without bounds: a cast to varchar(n) cuts what is too long, where a column refuses.
_KINDS = {
    field.attname: "text" if isinstance(field, CharField) else field.db_type(connection)
    for field in JournalEvent._meta.concrete_fields  # noqa: SLF001  # Django's own way
    if field.column
}


def _row(act: Act, moment: Moment) -> Any:
    """Return an event by the names of its columns: a model takes ten times as long to make."""
    practice = act.by.practice
    return SimpleNamespace(
        id=uuid7(),
        record_id=act.record_id,
        at=moment.at,
        act=act.action.value,
        actor_user_id=act.by.user_id,
        actor_person_id=act.by.person_id,
        actor_professional_id=practice.professional_id if practice else None,
        actor_role=act.by.role.value,
        actor_name=act.by.name,
        actor_profession=practice.profession if practice else "",
        actor_structure_id=practice.structure_id if practice else None,
        actor_structure_name=practice.structure_name if practice else "",
        on_behalf_of=act.on_behalf_of,
        door=act.door,
        reason=act.reason,
        element_kind=act.element_kind,
        element_id=act.element_id,
        shown=act.shown,
        rests_on_secret=act.rests_on_secret,
        title_sealed=act.title_sealed,
        salt=os.urandom(16),
    )


PAYLOAD = (
    "id", "record_id", "seq", "at", "act", "actor_user_id", "actor_person_id",
    "actor_professional_id", "actor_role", "actor_name", "actor_profession",
    "actor_structure_id", "actor_structure_name", "on_behalf_of", "door", "reason",
    "element_kind", "element_id", "shown", "rests_on_secret",
)  # fmt: skip


_SAYING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def payload_digest(event: Any) -> bytes:
    """Return the salted digest of what an event says: a purge can leave it as a tombstone."""
    values = []
    for name in PAYLOAD:
        value = getattr(event, name)
        if name == "at":
            value = value.astimezone(dt.UTC).isoformat(timespec="microseconds")
        values.append(value if value is None or isinstance(value, int) else str(value))
    title = bytes(event.title_sealed).hex() if event.title_sealed is not None else None
    text = _SAYING.encode([*values, title])
    return hashlib.sha256(bytes(event.salt) + text.encode()).digest()


def link(previous: bytes, event: Any) -> bytes:
    """Return the digest that ties an event to the one before it."""
    return hashlib.sha256(bytes(previous) + bytes(event.payload_digest)).digest()


def write(acts: Iterable[Act], moment: Moment) -> None:
    """Append acts to their records' chains. Called last, before commit: heads are locked briefly.

    Records are taken in the order of their keys, so that two writers never wait on each other.
    """
    by_record: dict[uuid.UUID, list[Act]] = defaultdict(list)
    for act in acts:
        by_record[act.record_id].append(act)
    heads = _lock_heads(sorted(by_record)) if by_record else {}
    rows: list[Any] = []
    for record_id, (seq, last) in heads.items():
        previous = last
        for number, act in enumerate(by_record[record_id], start=seq + 1):
            event = _row(act, moment)
            event.seq, event.previous = number, previous
            event.payload_digest = payload_digest(event)
            event.digest = previous = link(previous, event)
            rows.append(event)
            heads[record_id] = (number, previous)
    if rows:
        _move_heads(heads)
        _append(rows)


def _lock_heads(record_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[int, bytes]]:
    """Lock the heads of records given in order; return what each says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into access_journalhead (record_id, seq, digest)"
            " select record_id, 0, %s from unnest(%s::uuid[]) as record_id"
            " on conflict (record_id) do nothing",
            [GENESIS, listed(record_ids)],
        )
        cursor.execute(
            "select record_id, seq, digest from access_journalhead"
            " where record_id = any(%s::uuid[]) order by record_id for update",
            [listed(record_ids)],
        )
        return {record_id: (seq, bytes(digest)) for record_id, seq, digest in cursor.fetchall()}


def _move_heads(heads: Mapping[uuid.UUID, tuple[int, bytes]]) -> None:
    numbers, digests = zip(*heads.values(), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "update access_journalhead as head set seq = moved.seq, digest = moved.digest"
            " from unnest(%s::uuid[], %s::bigint[], %s::bytea[])"
            " as moved (record_id, seq, digest) where head.record_id = moved.record_id",
            [listed(heads), list(numbers), listed_bytes(digests)],
        )


def _append(rows: Sequence[Any]) -> None:
    """Add events: a set of fillings has hundreds. What is the same of all is said once."""
    columns = {name: [getattr(row, name) for row in rows] for name in _KINDS}
    lists, alike = [], []
    for name, column in columns.items():
        if name == "id" or any(value != column[0] for value in column):
            lists.append(name)
        else:
            alike.append(name)
    given = [json.dumps(columns[name], default=_plain, ensure_ascii=False) for name in lists]
    with connection.cursor() as cursor:
        cursor.execute(
            _insert(tuple(alike), tuple(lists)), [*(columns[name][0] for name in alike), *given]
        )


def _plain(value: uuid.UUID | dt.datetime | bytes) -> str:
    """Return a value JSON doesn't know as PostgreSQL reads it."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else "\\x" + bytes(value).hex()


@cache
def _insert(alike: tuple[str, ...], lists: tuple[str, ...]) -> str:
    values = [f"%s::{_KINDS[name]}" for name in alike]
    values += [f"given.{name}::{_KINDS[name]}" for name in lists]
    rows = ", ".join("json_array_elements_text(%s)" for _ in lists)
    return (
        f"insert into access_journalevent ({', '.join((*alike, *lists))})"  # noqa: S608  # our own names
        f" select {', '.join(values)} from rows from ({rows}) as given ({', '.join(lists)})"
    )


def is_tombstone(event: JournalEvent) -> bool:
    """Tell whether an event says nothing any more: its place, its instant and its digests stay."""
    return not event.act and not bytes(event.salt)


def chain_is_whole(record_id: uuid.UUID) -> bool:
    """Tell whether a record's chain has no removed, added or altered event.

    Tombstones hold their place in it, and are believed only before the event of a destruction.
    """
    previous = GENESIS
    expected = 0
    buried = False
    # The head comes with the events, in one statement: others go on writing meanwhile.
    head = JournalHead.objects.filter(record_id=OuterRef("record_id"))
    events = JournalEvent.objects.filter(record_id=record_id).order_by("seq")
    events = events.annotate(
        head_seq=Subquery(head.values("seq")), head_digest=Subquery(head.values("digest"))
    )
    event: Any = None
    for event in events.iterator():
        expected += 1
        intact = (
            event.seq == expected
            and bytes(event.previous) == previous
            and (is_tombstone(event) or payload_digest(event) == bytes(event.payload_digest))
            and link(previous, event) == bytes(event.digest)
        )
        if not intact:
            return False
        previous = bytes(event.digest)
        buried = is_tombstone(event) or (buried and event.act != Action.DESTROYED)
    if buried:
        return False
    if event is None:
        return not JournalHead.objects.filter(record_id=record_id).exists()
    return event.head_seq == expected and bytes(event.head_digest or b"") == previous


def chain_length(record_id: uuid.UUID) -> int:
    """Return how many events a record's head counts: what checking its chain costs."""
    return (
        JournalHead.objects.filter(record_id=record_id).values_list("seq", flat=True).first() or 0
    )


def chains() -> Iterator[uuid.UUID]:
    """Give out the key of every chain: those of the heads, and of events whose head is gone."""
    yield from (
        JournalHead.objects.order_by("record_id").values_list("record_id", flat=True).iterator()
    )
    lost = JournalEvent.objects.exclude(
        Exists(JournalHead.objects.filter(record_id=OuterRef("record_id")))
    )
    yield from lost.order_by("record_id").values_list("record_id", flat=True).distinct().iterator()
