"""The few questions and acts that pass row security, each by one function of the database.

Each says one narrow thing, and no element's content but to whom the function says. It must not
know who may see what: the functions are in the migrations, beside the policies they pass.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Func, UUIDField, Value


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence


# No record's key, nor any element's.
_NOBODY = uuid.UUID(int=0)


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _named(sql: str, *values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class SecretCare(Func):
    """SQL: the episodes of a record's secret care, read once per question and not once per row."""

    template = "(SELECT dmp_secret_care(%(expressions)s))"
    output_field = ArrayField(UUIDField())

    def __init__(self, record_id: uuid.UUID) -> None:
        super().__init__(Value(record_id, output_field=UUIDField()))


def is_secret_care(record_id: uuid.UUID, episodes: Collection[uuid.UUID]) -> bool:
    """Tell whether one of these episodes of a record is secret care: it is the minor's alone."""
    if not episodes:
        return False
    asked = "SELECT dmp_secret_care(%s) && %s::uuid[]"
    [(found,)] = _rows(asked, record_id, list(episodes))
    return bool(found)


def secret_cares(
    asked: Collection[tuple[uuid.UUID, uuid.UUID]],
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return which of these episodes, each of its record, are secret care: one statement."""
    if not asked:
        return set()
    records, episodes = zip(*asked, strict=True)
    of_these = (
        "SELECT record_id, episode FROM unnest(%s::uuid[], %s::uuid[]) AS asked"
        " (record_id, episode) WHERE episode = ANY(dmp_secret_care(record_id))"
    )
    return {
        (record_id, episode) for record_id, episode in _rows(of_these, [*records], [*episodes])
    }


@dataclass(frozen=True, slots=True)
class Deposit:
    """A document that isn't withdrawn: its key, on which record, since when; not what it says."""

    record_id: uuid.UUID
    document_id: uuid.UUID
    created_at: dt.datetime


def deposited_by_me(most: int) -> list[Deposit]:
    """Return what the bound professional deposited and didn't withdraw, the last first."""
    asked = "SELECT record_id, id, created_at FROM dmp_deposited_by_me(%s)"
    return [Deposit(*row) for row in _rows(asked, most)]


def not_announced(among: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these elements of the bound record wait to be announced."""
    [(found,)] = _rows("SELECT dmp_not_announced(%s::uuid[])", list(among))
    return set(found)


@dataclass(frozen=True, slots=True)
class UnannouncedDeposit:
    """That something waits to be announced on a record, since when and until when; not what."""

    record_id: uuid.UUID
    created_at: dt.datetime
    unannounced_until: dt.date
    secret: bool
    about_another: bool


def unannounced_deposits(
    *,
    until_after: dt.date,
    last_day: dt.date | None = None,
    deposited_before: dt.datetime | None = None,
) -> list[UnannouncedDeposit]:
    """Return the deposits nobody released that wait until after a day: for the worker's clock.

    Until ``last_day`` at most, and those from before an instant, where one is given.
    """
    asked = "SELECT * FROM dmp_unannounced_deposits(%s, %s, %s)"
    rows = _rows(asked, until_after, last_day, deposited_before)
    return [UnannouncedDeposit(*row) for row in rows]


def record_of_document(document_id: uuid.UUID) -> uuid.UUID:
    """Return on which record the gate is to be asked about a document.

    No record's where there is no such document: it is asked all the same, so that what is missing
    costs what is hidden costs.
    """
    [(found,)] = _rows("SELECT dmp_record_of_document(%s)", document_id)
    return found or _NOBODY


def document_of_file(file_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Return the record and the document that the gate is to be asked about for a file.

    As ``record_of_document`` where there is no such file.
    """
    rows = _rows("SELECT record_id, document_id FROM dmp_document_of_file(%s)", file_id)
    return (rows[0][0], rows[0][1]) if rows else (_NOBODY, _NOBODY)


def withdraw_document(document_id: uuid.UUID, reason: str) -> bool:
    """Withdraw a document of the bound viewer's own: nobody sees the new row, nor they."""
    [(done,)] = _rows("SELECT dmp_withdraw_document(%s, %s)", document_id, reason)
    return bool(done)


def withdraw_entries(entries: Collection[uuid.UUID], reason: str) -> int:
    """Withdraw entries of the bound record that the family sees. Returns how many."""
    [(done,)] = _rows("SELECT dmp_withdraw_entries(%s::uuid[], %s)", list(entries), reason)
    return int(done)


# --- A letter joins its care ---


def lines_near(day: dt.date, days: int, *, stay: str, but_section: str) -> list[dict[str, Any]]:
    """Return what the rules of care read of the bound record's lines near a day, and of stays.

    Hidden ones too, and no text: it is for ``records.deposits.joining``, which shows nobody.
    """
    return _named("SELECT * FROM dmp_lines_near(%s, %s, %s, %s)", day, days, stay, but_section)


def documents_near(day: dt.date, days: int) -> list[dict[str, Any]]:
    """Return what the rules of care read of the bound record's documents near a day, as above."""
    return _named("SELECT * FROM dmp_documents_near(%s, %s)", day, days)


def enter_episodes(grown: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> int:
    """Let elements of the bound record, hidden or not, enter episodes; none leaves one."""
    given = [{"id": str(key), "episodes": [*map(str, found)]} for key, found in grown.items()]
    [(done,)] = _rows("SELECT dmp_enter_episodes(%s)", json.dumps(given))
    return int(done)


# --- What the fund took back ---


def lines_taken_back(
    after: dt.datetime,
    columns: Collection[str],
    marks: Sequence[tuple[str, list[Any]]],
    shown: Sequence[tuple[str, list[Any]]],
) -> list[tuple[Any, ...]]:
    """Return what lines taken back since said, of those that the gate's words on ``line`` show.

    Its words for their marks are answered after the columns.
    """
    asked = ", ".join([*columns, *(sql for sql, _ in marks)])
    conditions = " AND ".join(sql for sql, _ in shown)
    return _rows(
        f"SELECT {asked} FROM dmp_lines_taken_back(%s) AS line"  # noqa: S608 - ours
        f" WHERE {conditions} ORDER BY occurred_on DESC, id",
        *(value for _, values in marks for value in values),
        after,
        *(value for _, values in shown for value in values),
    )


# --- The synthesis ---


def under_a_mask(among: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which elements a live mask covers, withdrawn ones too: to the treating GP alone."""
    [(found,)] = _rows("SELECT dmp_under_a_mask(%s::uuid[])", list(among))
    return set(found)


def synthesis_lines_said() -> list[tuple[uuid.UUID, str]]:
    """Return every line of the bound record's syntheses and what it says: to its holder alone."""
    return [(key, text) for key, text in _rows("SELECT id, said FROM dmp_lines_said()")]


def version_is_gone(version_id: uuid.UUID, reason: str) -> bool:
    """Tell the treating GP whether they took this version of theirs back."""
    [(gone,)] = _rows("SELECT dmp_version_is_gone(%s, %s)", version_id, reason)
    return bool(gone)


def withdraw_version(version_id: uuid.UUID, reason: str) -> int:
    """Withdraw the lines of a version of the bound treating GP's own. Returns how many."""
    [(done,)] = _rows("SELECT dmp_withdraw_version(%s, %s)", version_id, reason)
    return int(done)
