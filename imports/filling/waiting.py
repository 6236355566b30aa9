"""Records that wait to be filled: asked for, taken, given back. The row is the truth.

A row is worked on exactly while it is locked: the end of a process, however sudden, ends its
locks, and the row waits again. Must not know what filling does.
"""

from __future__ import annotations

import datetime as dt
import uuid  # noqa: TC003 - a named tuple reads its annotations
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from dmp.keys import listed, listed_bytes
from records.care.window import WINDOW_MONTHS
from records.identifiers import INS_DEMO, INS_NIA, INS_NIR, INS_TEST, NIR_RANK
from records.models import Filling, FillingState
from records.opening.opening import REOPENING
from records.uuid7 import first_uuid7


if TYPE_CHECKING:
    from collections.abc import Sequence

SYSTEMS: Final = (INS_NIR, INS_NIA, INS_TEST, INS_DEMO, NIR_RANK)
MOST_ATTEMPTS: Final = 30
"""Ends of the worker that one record may cause before it is put aside until the night."""
_OPENING: Final = dt.timedelta(minutes=1)
UNDER_WAY: Final = (FillingState.WAITING, FillingState.RUNNING)

# A filling that has already read the store must be asked for again: the update waits for it.
_ASK: Final = """
    INSERT INTO records_filling
        (id, record_id, state, requested_at, attempts, lines, set_aside, older_lines)
    SELECT gen_random_uuid(), wanted.record_id, 'waiting', %s, 0, 0, 0, 0
      FROM (SELECT DISTINCT record_id FROM ({records}) AS found) AS wanted
      JOIN records_record r ON r.id = wanted.record_id
     WHERE r.status = 'open' AND r.merged_into_id IS NULL
     ORDER BY wanted.record_id
    ON CONFLICT (record_id) WHERE state IN ('waiting', 'running')
    DO UPDATE SET requested_at = records_filling.requested_at
"""


def ask_again(keys: Sequence[bytes]) -> int:
    """Ask for the records of the persons of a load to be filled, as a set. Returns how many.

    Whoever has no record is passed over, and nothing tells the fund's desk which.
    """
    return _ask(
        "SELECT record_id FROM records_recordidentifier WHERE system = ANY(%s) AND theirs"
        " AND digest = ANY(%s::bytea[] || ARRAY("
        "SELECT person_key FROM imports_personalias WHERE pseudonym_key = ANY(%s::bytea[])))",
        [list(SYSTEMS), list(keys), list(keys)],
    )


def ask_known_since(moment: dt.datetime) -> int:
    """Ask for the records opened, reopened, or known by one more number, since a moment.

    One that was opened while somebody merged its lines, and filled before they were committed, was
    not there when they asked for it. How long opening one may take is counted in.
    """
    since = first_uuid7(moment - _OPENING)
    return _ask(
        "SELECT record_id FROM records_recordidentifier WHERE id >= %s AND theirs UNION ALL"
        " SELECT record_id FROM access_receipt WHERE id >= %s AND kind = %s",
        [since, since, REOPENING],
    )


def ask_past_window(since: dt.date, illness_section: str) -> int:
    """Ask for the records that hold a line from before a day, or whose filling failed.

    An illness over since before then counts where it wasn't yet on the last filling's day.
    """
    return _ask(_PAST_WINDOW, [since, illness_section, since, WINDOW_MONTHS])


_PAST_WINDOW: Final = """
    -- Across records: the worker reads the lines of none but the one it fills.
    SELECT record_id FROM dmp_records_past(%s, %s)
     UNION ALL
    SELECT f.record_id FROM records_filling f WHERE f.state = 'failed' AND NOT EXISTS (
           SELECT FROM records_filling newer
            WHERE newer.record_id = f.record_id AND newer.requested_at > f.requested_at)
     UNION ALL
    SELECT identifier.record_id
      FROM imports_claimillness illness
      LEFT JOIN imports_personalias alias ON alias.pseudonym_key = illness.person_key
      JOIN records_recordidentifier identifier
        ON identifier.digest = coalesce(alias.person_key, illness.person_key)
       AND identifier.theirs
     WHERE illness.until < %s AND NOT EXISTS (
           SELECT FROM records_filling done
            WHERE done.record_id = identifier.record_id AND done.state = 'done'
              AND illness.until < (done.finished_at AT TIME ZONE 'Europe/Paris')::date
                                  - make_interval(months => %s))
"""


def forget_old(before: dt.datetime) -> int:
    """Remove what ended before a moment, but each record's last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM records_filling f WHERE f.state IN ('done', 'failed')"
            " AND f.finished_at < %s AND EXISTS (SELECT FROM records_filling newer"
            " WHERE newer.record_id = f.record_id AND newer.requested_at > f.requested_at)",
            [before],
        )
        return int(cursor.rowcount)


def _ask(records: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ASK.format(records=records), [timezone.now(), *params])
        return int(cursor.rowcount)


def take(record_id: uuid.UUID) -> uuid.UUID | None:
    """Take the filling of a record that waits or that a dead worker left; None if there is none.

    The attempt is committed before any work, so that a record that ends the worker every time
    is put aside at last.
    """
    with transaction.atomic():
        filling = (
            Filling.objects.select_for_update(skip_locked=True)
            .filter(record_id=record_id, state__in=UNDER_WAY)
            .first()
        )
        if filling is None:
            return None
        filling.attempts += 1
        filling.heartbeat = timezone.now()
        if filling.attempts > MOST_ATTEMPTS:
            filling.state = FillingState.FAILED
            filling.finished_at = filling.heartbeat
        else:
            filling.state = FillingState.RUNNING
        filling.save(update_fields=["attempts", "heartbeat", "state", "finished_at"])
    return filling.id if filling.state == FillingState.RUNNING else None


def take_set(most_records: int, most_lines: int) -> list[uuid.UUID]:
    """Take some fillings that nobody tried yet, the oldest requests first; none if there are none.

    So many lines in all at most, by what the records hold since last time. Taken a second time,
    whatever became of the first, a record is filled by itself: what ends a worker ends it alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_SET, [most_records, timezone.now(), most_lines])
        return [filling_id for (filling_id,) in cursor.fetchall()]


_TAKE_SET: Final = """
    WITH free AS MATERIALIZED (
        SELECT id, record_id, requested_at FROM records_filling
         WHERE state = 'waiting' AND attempts = 0
         ORDER BY requested_at LIMIT %s FOR UPDATE SKIP LOCKED
    ), sized AS (
        SELECT free.id, sum(coalesce(last.lines, 0)) OVER before AS lines,
               row_number() OVER before AS place
          FROM free LEFT JOIN LATERAL (
               SELECT done.lines FROM records_filling done
                WHERE done.record_id = free.record_id AND done.state = 'done'
                ORDER BY done.requested_at DESC LIMIT 1) AS last ON true
        WINDOW before AS (ORDER BY free.requested_at, free.id)
    )
    UPDATE records_filling AS filling SET attempts = 1, state = 'running', heartbeat = %s
     WHERE filling.id = ANY(ARRAY(
           SELECT sized.id FROM sized WHERE sized.lines <= %s OR sized.place = 1))
    RETURNING filling.id
"""


class Taken(NamedTuple):
    """A filling that is ours, and its record."""

    id: uuid.UUID
    record_id: uuid.UUID


class Done(NamedTuple):
    """What a filling found, as it is written down."""

    id: uuid.UUID
    lines: int
    set_aside: int
    older_lines: int
    worked_from: bytes


def lock(filling_ids: Sequence[uuid.UUID]) -> list[Taken]:
    """Lock fillings that were taken until the transaction ends, but those another is doing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, record_id FROM records_filling"
            " WHERE id = ANY(%s::uuid[]) AND state = 'running'"
            " ORDER BY record_id FOR UPDATE SKIP LOCKED",
            [listed(filling_ids)],
        )
        return [Taken(*row) for row in cursor.fetchall()]


def give_back(filling_ids: Sequence[uuid.UUID]) -> None:
    """Let fillings that went wrong wait for their next turn; what is done stays done."""
    Filling.objects.filter(id__in=filling_ids, state=FillingState.RUNNING).update(
        state=FillingState.WAITING, heartbeat=None
    )


def finish(done: Sequence[Done], *, at: dt.datetime) -> None:
    """Write down that fillings are done, with what they found."""
    ids, *counts, worked_from = zip(*done, strict=True)
    counted = ["{" + ",".join(map(str, column)) + "}" for column in counts]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_filling AS filling SET state = 'done', heartbeat = %s,"
            " finished_at = %s, lines = done.lines, set_aside = done.set_aside,"
            " older_lines = done.older_lines, worked_from = done.worked_from"
            " FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::int[], %s::bytea[])"
            " AS done (id, lines, set_aside, older_lines, worked_from)"
            " WHERE filling.id = ANY(%s::uuid[]) AND filling.id = done.id",
            [at, at, listed(ids), *counted, listed_bytes(worked_from), listed(ids)],
        )


def next_records(limit: int) -> list[uuid.UUID]:
    """Return the records that wait and are nobody's now, those tried least first."""
    with transaction.atomic():
        rows = (
            Filling.objects.select_for_update(skip_locked=True)
            .filter(state__in=UNDER_WAY)
            .order_by(F("attempts").asc(), "requested_at", "id")
        )
        return list(rows.values_list("record_id", flat=True)[:limit])
