"""The lines of records made what they should be, as one set: added, changed, removed.

Must not know why a line is there.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection

from dmp.keys import listed
from imports.filling.mapping import CLAIMS_TYPE
from imports.filling.record_line import Rest, State
from records.dossier.facts import ILLNESS_SECTION
from records.models import ElementKind, ReimbursementLine, SynthesisSource


if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from imports.filling.record_line import RecordLine

CANCELLED: Final = "cancelled"
"""Why a line is withdrawn: the fund took it back."""

TABLE: Final = ReimbursementLine._meta.db_table  # noqa: SLF001 - Django's own way
SOURCES: Final = SynthesisSource._meta.db_table  # noqa: SLF001 - the same
# Made a list inside the sub-select: a written list of hundreds is weighed once for each partition
# and index, which takes longer than reading the lines.
OF_THESE: Final = "record_id = ANY((SELECT %s::uuid[])::uuid[])"
"""The lines of some records."""
_KINDS: Final = {
    "record_id": "uuid", "id": "uuid", "performer_id": "uuid", "prescriber_id": "uuid",
    "episodes": "uuid[]", "occurred_on": "date", "care_end": "date", "prescribed_on": "date",
    "flow_date": "date", "unpacked": "boolean", "digest": "bytea", "quantity": "integer",
    "categories": "integer", "paid_cents": "integer", "base_cents": "integer",
    "reimbursed_cents": "integer", "rate_pct": "smallint",
}  # fmt: skip
_GIVEN: Final = ("record_id", "id", *Rest._fields, *State._fields)
"""What is written of a line, in this order; of any other kind than a text, its kind is said."""
_SENT: Final = ("digest", "flow_date", "quantity", "paid_cents", "base_cents", "reimbursed_cents")
# What a reader may find corrected: of the care; of its price, which the family alone reads.
PRICE: Final = ("paid_cents", "base_cents", "reimbursed_cents", "rate_pct")
_OTHER: Final = frozenset({
    *PRICE, "record_id", "id", "categories", "episodes", "pays_for", "performer_id",
    "prescriber_id", "digest", "flow_date", "atc", "section",
})  # fmt: skip
_CARE: Final = tuple(name for name in _GIVEN if name not in _OTHER)

# A record and a line of it.
_Named = tuple["uuid.UUID", "uuid.UUID"]


class Held(NamedTuple):
    """A line as the record holds it now."""

    occurred_on: dt.date
    section: str
    withdrawn: bool
    withdrawn_reason: str
    state: State


@dataclass(frozen=True, slots=True)
class Work:
    """One record, what its lines should be and what they are now."""

    record_id: uuid.UUID
    wanted: Sequence[RecordLine]
    held: Mapping[uuid.UUID, Held]


def held_lines(
    record_ids: Sequence[uuid.UUID], *, section: str = ""
) -> defaultdict[uuid.UUID, dict[uuid.UUID, Held]]:
    """Return the lines of some records, withdrawn ones included; of one section if it is given."""
    found: defaultdict[uuid.UUID, dict[uuid.UUID, Held]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id::text, id, occurred_on, section, withdrawn_at IS NOT NULL,"
            f" withdrawn_reason, {', '.join(State._fields)} FROM {TABLE}"
            f" WHERE {OF_THESE}" + (" AND section = %s" if section else ""),
            [listed(record_ids), *([section] if section else [])],
        )
        # As text: a key is made of it once, not for each line.
        keys = {str(record_id): record_id for record_id in record_ids}
        for record_id, key, *values in cursor.fetchall():
            found[keys[record_id]][key] = _held(values)
    return found


def _held(row: Sequence[Any]) -> Held:
    occurred_on, section, withdrawn, reason, digest, *state, episodes = row
    now = State._make((bytes(digest), *state, tuple(episodes)))
    return Held(occurred_on, section, withdrawn, reason, now)


def write(
    works: Sequence[Work], *, since: dt.date, over: Collection[_Named], at: dt.datetime
) -> dict[uuid.UUID, int]:
    """Make records hold exactly the wanted lines. Returns how many the fund touched of each.

    What is worked out of them (episodes, categories, the care a taxi goes with) changes when a
    letter comes, or the tables of codes: that is no news from the fund.

    A line the fund took back is withdrawn: who saw it is told so. One that grew older than the
    window goes, unless a synthesis rests on it; so do the illnesses that are `over`.
    """
    changed: list[tuple[uuid.UUID, RecordLine]] = []
    gone: dict[_Named, Held] = {}
    touched: dict[uuid.UUID, int] = {}
    for work in works:
        record_id, held = work.record_id, work.held
        new, missing = _changed(work.wanted, held)
        changed += [(record_id, line) for line in new]
        touched[record_id] = sum(not _is_known(line, held.get(line.id)) for line in new)
        gone.update(((record_id, key), held[key]) for key in missing)
    _put(changed, at)
    for record_id, _ in _remove(gone, since=since, over=over, at=at) if gone else ():
        touched[record_id] += 1
    return touched


def differs(wanted: Sequence[RecordLine], held: Mapping[uuid.UUID, Held]) -> bool:
    """Tell whether lines are not exactly what they should be."""
    return any(_changed(wanted, held))


def _changed(
    wanted: Sequence[RecordLine], held: Mapping[uuid.UUID, Held]
) -> tuple[list[RecordLine], list[uuid.UUID]]:
    """Return the lines to be written, and those that should not be there."""
    now = [held.get(line.id) for line in wanted]
    new = [line for line, there in zip(wanted, now, strict=True) if not _is_there(line, there)]
    if len(held) == len(now) - now.count(None):
        return new, []
    names = {line.id for line in wanted}
    return new, [key for key in held if key not in names]


def _is_there(line: RecordLine, held: Held | None) -> bool:
    return held is not None and held.state == line.state and not _is_taken_back(held)


def _is_known(line: RecordLine, held: Held | None) -> bool:
    """Tell whether the record holds what the fund says of a line."""
    if held is None or held.state[: len(_SENT)] != line.state[: len(_SENT)]:
        return False
    return not _is_taken_back(held)


def _is_taken_back(held: Held) -> bool:
    # Withdrawn for another reason, it stays so: that was a person's decision.
    return held.withdrawn and held.withdrawn_reason == CANCELLED


def _put(lines: Sequence[tuple[uuid.UUID, RecordLine]], at: dt.datetime) -> None:
    """Write lines, each column as a list: as rows, each with its names, they cost twice that."""
    if not lines:
        return
    rows = ((record_id, line.id, *line.rest(), *line.state) for record_id, line in lines)
    given = [
        json.dumps(_told(name, column), separators=(",", ":"))
        for name, column in zip(_GIVEN, zip(*rows, strict=True), strict=True)
    ]
    lists = ", ".join("json_array_elements_text(%s)" for _ in _GIVEN)
    values = ", ".join(f"given.{name}::{_KINDS.get(name, 'text')}" for name in _GIVEN)
    changes = ", ".join(f"{name} = excluded.{name}" for name in _GIVEN[2:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} AS line (type_code, secret, about_another, withdrawn_reason,"
            f" created_at, {', '.join(_GIVEN)}) SELECT %s, false, false, '', %s, {values}"
            f" FROM ROWS FROM ({lists}) AS given ({', '.join(_GIVEN)})"
            f" ON CONFLICT (record_id, id) DO UPDATE SET {changes},"
            f" corrected_at = {_instant('corrected_at', _CARE, again=True)},"
            f" price_corrected_at = {_instant('price_corrected_at', PRICE)},"
            " withdrawn_at = CASE WHEN line.withdrawn_reason = %s THEN NULL"
            " ELSE line.withdrawn_at END,"
            " withdrawn_reason = CASE WHEN line.withdrawn_reason = %s THEN ''"
            " ELSE line.withdrawn_reason END",
            [CLAIMS_TYPE, at, *given, CANCELLED, CANCELLED, CANCELLED],
        )


def enter(table: str, entered: Mapping[_Named, Sequence[uuid.UUID]]) -> None:
    """Let elements, by record and key, be of these episodes: nothing else of them changes."""
    if not entered:
        return
    episodes = _told("episodes", entered.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS element SET episodes = given.episodes::uuid[]"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS given (record_id, id, episodes)"
            f" WHERE element.{OF_THESE}"
            " AND element.record_id = given.record_id AND element.id = given.id",
            [*_named(list(entered))[1:], episodes, _named(list(entered))[0]],
        )


def _told(name: str, column: Iterable[Any]) -> list[Any]:
    """Return values as JSON knows them, and PostgreSQL reads as their kind."""
    tell = _TELLING.get(_KINDS.get(name, ""))
    return [value if value is None else tell(value) for value in column] if tell else list(column)


def _hexadecimal(key: uuid.UUID) -> str:
    return f"{key.int:032x}"  # a fifth of what its dashes take


_TELLING: Final[dict[str, Callable[[Any], str]]] = {
    "uuid": _hexadecimal,
    "uuid[]": listed,
    "date": dt.date.isoformat,
    "bytea": lambda digest: "\\x" + digest.hex(),
}


def _instant(column: str, names: Iterable[str], *, again: bool = False) -> str:
    """SQL: now if one of these columns changes (or the fund sends it again), else as it was."""
    before = ", ".join(f"line.{name}" for name in names)
    after = ", ".join(f"excluded.{name}" for name in names)
    # A class that the tables now know is no correction of the fund's, which sent nothing.
    known = "line.digest <> excluded.digest AND (line.atc, line.section)"
    known += " <> (excluded.atc, excluded.section)"
    came_back = f"line.withdrawn_reason = %s OR {known} OR " if again else ""
    return (
        f"CASE WHEN {came_back}({before}) IS DISTINCT FROM ({after})"
        f" THEN excluded.created_at ELSE line.{column} END"
    )


def _remove(
    gone: Mapping[_Named, Held], *, since: dt.date, over: Collection[_Named], at: dt.datetime
) -> list[_Named]:
    """Take lines away, or withdraw those a synthesis rests on. Returns those of which either."""
    old = {line for line in gone if line in over or _is_past(gone[line], since)}
    withdrawn = [line for line in gone if not gone[line].withdrawn and line not in old]
    cited = _cited(old)
    removed = [line for line in old if line not in cited]
    # The records by themselves too: the way to their lines, however many records there are.
    named = (
        f"{TABLE}.record_id = ANY(%s::uuid[]) AND ({TABLE}.record_id, {TABLE}.id) IN"
        " (SELECT * FROM unnest(%s::uuid[], %s::uuid[]))"
    )
    with connection.cursor() as cursor:
        if removed:
            cursor.execute(f"DELETE FROM {TABLE} WHERE {named}", _named(removed))
        if withdrawn:
            cursor.execute(
                f"UPDATE {TABLE} SET withdrawn_at = %s, withdrawn_reason = %s WHERE {named}",
                [at, CANCELLED, *_named(withdrawn)],
            )
    return [*(line for line in removed if not gone[line].withdrawn), *withdrawn]


def _is_past(line: Held, since: dt.date) -> bool:
    return line.occurred_on < since and line.section != ILLNESS_SECTION


def _cited(lines: Collection[_Named]) -> set[_Named]:
    """Return the lines that a synthesis rests on."""
    if not lines:
        return set()
    sources = SynthesisSource.objects.filter(
        record_id__in={record_id for record_id, _ in lines},
        kind=ElementKind.LINE,
        element_id__in=[key for _, key in lines],
    )
    return set(sources.values_list("record_id", "element_id"))


def _named(lines: Sequence[_Named]) -> list[str]:
    records = [record_id for record_id, _ in lines]
    return [listed(dict.fromkeys(records)), listed(records), listed(key for _, key in lines)]
