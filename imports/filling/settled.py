"""Records whose lines are the ones they had, but for numbers: written by the database, as one set.

Most of what a load touches is sent again with another amount or quantity. What such a record's
lines mean, and which care they are of, rests on what didn't change: neither is worked out again.
Lines more are told, and not written. Anything else (a line less, cancelled, reversed, sent twice,
about something else, of which nothing was given) is for the rules of netting and of care. Must
not know them.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from dmp.keys import listed
from imports.filling.mapping import person_of
from imports.filling.netting import StoreLine
from imports.filling.rules import rules_digest
from imports.filling.store import COLUMNS, SENT, asked, by_hash
from imports.filling.writing import CANCELLED, OF_THESE, PRICE, SOURCES, TABLE
from records.dossier.facts import ILLNESS_SECTION
from records.models import ElementKind
from records.reference import class_of_medicine


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence

    from imports.filling.store import Subject

# Line of the store: line of the record. What it says of the care, and its numbers.
_SAYS: Final = {
    "care_start": "occurred_on", "care_end": "care_end", "section": "section",
    "code_system": "code_system", "code": "code", "label": "label", "unpacked": "unpacked",
    "prescribed_on": "prescribed_on", "prescription_ref": "prescription_ref",
    "prescriber_name": "prescriber_name", "prescriber_specialty": "prescriber_specialty",
    "prescriber_finess": "prescriber_finess", "performer_kind": "performer_kind",
    "performer_name": "performer_name", "performer_specialty": "performer_specialty",
    "performer_finess": "performer_finess", "atc": "atc",
}  # fmt: skip
_NUMBERS: Final = (
    "quantity", "paid_cents", "base_cents", "reimbursed_cents", "rate_pct", "flow_date", "digest",
)  # fmt: skip
_COUNTED: Final = "coalesce(sent.quantity, 1)"


def _sent(name: str) -> str:
    return _COUNTED if name == "quantity" else f"sent.{name}"


# A class left out or cut short may be the one the tables gave: which, ``_are_these`` tells.
_CLASS: Final = "starts_with(held.atc, sent.atc)"
_ALIKE: Final = " AND ".join(
    _CLASS if ours == "atc" else f"sent.{theirs} IS NOT DISTINCT FROM held.{ours}"
    for theirs, ours in _SAYS.items()
)


def _changed(*names: str) -> str:
    return " OR ".join(f"line.{name} IS DISTINCT FROM paired.{name}" for name in names)


# What is taken back, or given none of, is no line more.
_GIVES: Final = (
    "NOT sent.cancelled AND sent.reverses_line_id = '' AND sent.quantity IS DISTINCT FROM 0"
)
_DIFFERS: Final = " OR ".join(f"{_sent(name)} IS DISTINCT FROM held.{name}" for name in _NUMBERS)
# Kept for a synthesis that rests on it, whatever comes: nothing of today's is compared with it.
# A value, and no EXISTS: the sources of every record might be read for it.
_CITED: Final = f"""coalesce((
    SELECT true FROM {SOURCES} AS source
     WHERE source.record_id = line.record_id AND source.element_id = line.id
       AND source.kind = '{ElementKind.LINE}' LIMIT 1), false)"""
_SETTLE: Final = f"""
WITH paired AS MATERIALIZED (
    SELECT coalesce(held.record_id, sent.record_id) AS record_id, held.id,
           {", ".join(f"{_sent(name)} AS {name}" for name in _NUMBERS)},
           sent.performer_rpps, sent.prescriber_rpps, {_DIFFERS} AS differs,
           CASE WHEN sent.atc <> held.atc
                THEN ARRAY[sent.code_system, sent.code, sent.atc, held.atc] END AS class,
           sent.whose IS NULL AND held.id IS NULL AS aside,
           sent.line_id IS NOT NULL AND held.id IS NOT NULL AND held.withdrawn_at IS NULL
               AND {_GIVES} AND (sent.digest = held.digest OR {_ALIKE}) AS fits,
           CASE WHEN sent.whose IS NOT NULL AND held.id IS NULL AND {_GIVES}
                THEN jsonb_build_array({", ".join(f"sent.{name}" for name in COLUMNS)})
                END AS come
      FROM (SELECT asked.record_id, {", ".join(f"sent.{name}" for name in COLUMNS)},
                   CASE WHEN sent.birth_date IS NULL OR sent.birth_date = asked.born_on
                        THEN asked.record_id END AS whose
              FROM {SENT}) AS sent
      FULL JOIN (
            SELECT record_id, id, scheme, line_key, withdrawn_at,
                   {", ".join((*_SAYS.values(), *_NUMBERS))}
              FROM {TABLE} AS line WHERE {OF_THESE} AND section <> '{ILLNESS_SECTION}'
               AND (withdrawn_reason <> '{CANCELLED}' OR occurred_on < %s)
               AND (occurred_on >= %s OR NOT {_CITED})
           ) AS held
        ON held.record_id = sent.whose AND held.scheme = sent.scheme
           AND held.line_key = sent.line_id
), settled AS MATERIALIZED (
    SELECT record_id, count(*) FILTER (WHERE NOT aside) AS lines,
           count(*) FILTER (WHERE aside) AS aside,
           bool_and(fits OR aside OR come IS NOT NULL) AND count(id) = count(DISTINCT id) AS same,
           jsonb_agg(come) FILTER (WHERE come IS NOT NULL) AS come
      FROM paired GROUP BY record_id
), changed AS (
    UPDATE {TABLE} AS line
       SET {", ".join(f"{name} = paired.{name}" for name in _NUMBERS)},
           corrected_at = CASE WHEN {_changed("quantity")} THEN %s ELSE corrected_at END,
           price_corrected_at = CASE WHEN {_changed(*PRICE)} THEN %s ELSE price_corrected_at END
      FROM paired JOIN settled USING (record_id)
     WHERE settled.same AND paired.differs AND paired.id IS NOT NULL AND line.{OF_THESE}
       AND line.record_id = paired.record_id AND line.id = paired.id
    RETURNING line.record_id, paired.performer_rpps, line.performer_id,
              paired.prescriber_rpps, line.prescriber_id, paired.class
), people AS (
    SELECT record_id, count(*) AS lines,
           ARRAY[performer_rpps, coalesce(performer_id::text, ''),
                 prescriber_rpps, coalesce(prescriber_id::text, '')]
               || coalesce(class, ARRAY['', '', '', '']) AS named
      FROM changed
     GROUP BY record_id, performer_rpps, performer_id, prescriber_rpps, prescriber_id, class
), told AS MATERIALIZED (
    SELECT record_id, sum(lines) AS touched, array_agg(named) AS people
      FROM people GROUP BY record_id
)
SELECT record_id, lines, coalesce(told.touched, 0)::int, told.people, aside, come::text
  FROM settled LEFT JOIN told USING (record_id) WHERE same
"""
_DAYS: Final = tuple(
    COLUMNS.index(name)
    for name in ("care_start", "care_end", "birth_date", "prescribed_on", "flow_date")
)
_DIGEST: Final = COLUMNS.index("digest")
# Documents are read once for the set: asked record by record, the database would weigh the list of
# those it may show once for each.
_BASES: Final = f"""
SELECT asked.record_id, last.worked_from,
       sha256(%s || convert_to(coalesce(letters.told, ''), 'UTF8'))
  FROM unnest(%s::uuid[]) AS asked (record_id)
  LEFT JOIN (
       SELECT record_id, string_agg(concat_ws(' ', id, type_code, occurred_on, author_id,
                                              author_kind, author_name, categories), '|'
                                    ORDER BY id) AS told
         FROM records_document WHERE {OF_THESE} GROUP BY record_id
       ) AS letters USING (record_id)
  LEFT JOIN LATERAL (
       SELECT coalesce(done.worked_from, '') AS worked_from FROM records_filling done
        WHERE done.record_id = asked.record_id AND done.state = 'done'
        ORDER BY done.requested_at DESC LIMIT 1) AS last ON true
"""


@dataclass(frozen=True, slots=True)
class Basis:
    """What the episodes and kinds of a record's lines rest on beside them: last time, and now.

    ``last`` is None before the first filling.
    """

    last: bytes | None
    now: bytes


def bases(record_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Basis]:
    """Return what the lines of some records rest on.

    Asked before documents are read: one that changes meanwhile is worked out next time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BASES, [rules_digest(), *[listed(record_ids)] * 2])
        return {
            record_id: Basis(None if last is None else bytes(last), bytes(now))
            for record_id, last, now in cursor.fetchall()
        }


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a record whose numbers alone were written, as counts of lines.

    ``come`` are the lines that it doesn't hold: with none, it is done.
    """

    lines: int
    touched: int
    set_aside: int
    come: Sequence[StoreLine]


def settle(
    subjects: Sequence[Subject], *, since: dt.date, at: dt.datetime
) -> dict[uuid.UUID, Settled]:
    """Write the numbers of the records that hold the same lines or less; return those records.

    Nothing of the other records is written.
    """
    while subjects:
        try:
            with transaction.atomic():
                return _settle(subjects, since, at)
        except _OthersKept as others:
            subjects = [each for each in subjects if each.record_id not in others.record_ids]
    return {}


class _OthersKept(Exception):
    """Lines say who, or of which class, by what isn't what they are kept with."""

    def __init__(self, record_ids: Collection[uuid.UUID]) -> None:
        super().__init__()
        self.record_ids = record_ids


def _settle(
    subjects: Sequence[Subject], since: dt.date, at: dt.datetime
) -> dict[uuid.UUID, Settled]:
    record_ids = listed(each.record_id for each in subjects)
    with connection.cursor() as cursor, by_hash(cursor):
        cursor.execute(
            _SETTLE, [*asked(subjects), since, record_ids, since, since, at, at, record_ids]
        )
        rows = cursor.fetchall()
    others = {record_id for record_id, *_, people, _, _ in rows if not _are_these(people or ())}
    if others:
        raise _OthersKept(others)
    return {
        record_id: Settled(lines, touched, set_aside, _lines(come))
        for record_id, lines, touched, _, set_aside, come in rows
    }


def _lines(told: str | None) -> list[StoreLine]:
    return [_line(said) for said in json.loads(told)] if told else []


def _line(said: list[Any]) -> StoreLine:
    """Return a line of the store that was told as JSON."""
    for place in _DAYS:
        if said[place] is not None:
            said[place] = dt.date.fromisoformat(said[place])
    said[_DIGEST] = bytes.fromhex(said[_DIGEST].removeprefix("\\x"))
    return StoreLine._make(said)


def _are_these(people: Sequence[Any]) -> bool:
    """Tell whether numbers of professionals, and classes, are those that lines are kept with."""
    return all(
        str(person_of(number) or "") == key
        for performer, performer_key, prescriber, prescriber_key, *_class in people
        for number, key in ((performer, performer_key), (prescriber, prescriber_key))
    ) and all(
        class_of_medicine(system, code, said) == kept
        for *_people, system, code, said, kept in people
    )
