"""Records that hold all but some new lines: these are linked with what is around them alone.

Where that isn't enough (`records.care.growing` says where), all lines are worked out. Must not
know how new lines are told from others.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection

from access import masks
from dmp.keys import listed
from imports.filling import writing
from imports.filling.documents import DOCUMENTS, document_facts
from imports.filling.mapping import care_lines, record_lines
from imports.filling.store import by_hash
from records.care.growing import asked_for, assign_new
from records.care.lines import STAY, TRANSPORT
from records.dossier.facts import ILLNESS_SECTION, LINE_FIELDS, care_line


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Mapping, Sequence

    from imports.filling.netting import StoreLine
    from records.care.documents import DocumentFact
    from records.care.lines import CareLine

    _Episodes = tuple[uuid.UUID, ...]


class _Had(NamedTuple):
    """The lines of a record that are asked for; the keys of those taken back, or from before."""

    lines: list[CareLine]
    gone: set[uuid.UUID]


# Of none of today's care: one that comes again is for the rules, with all that it was of.
_NO_MORE: Final = "(withdrawn_at IS NOT NULL OR occurred_on < %s)"
# What `records.care.growing` asks for, and what says the same: of days the first and the last.
_HAD: Final = f"""
WITH asked AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s) AS asked (
           record_id uuid, first date, last date, said text[], told date[], opened uuid[],
           come uuid[])
), near AS MATERIALIZED (
    SELECT record_id, least(min(occurred_on), min(prescribed_on)) AS first,
           greatest(max(occurred_on), max(prescribed_on)) AS last,
           array_agg(DISTINCT prescription_ref) FILTER (WHERE prescription_ref <> '') AS said
      FROM asked JOIN {writing.TABLE} AS line USING (record_id)
     WHERE line.{writing.OF_THESE} AND section NOT IN ('{ILLNESS_SECTION}', '{STAY}')
       AND withdrawn_at IS NULL AND occurred_on >= %s AND (
           occurred_on BETWEEN first AND last OR prescribed_on BETWEEN first AND last
           OR prescription_ref = ANY(said))
     GROUP BY record_id
)
SELECT record_id::text, {_NO_MORE}, {", ".join(LINE_FIELDS)}
  FROM asked JOIN {writing.TABLE} AS line USING (record_id) LEFT JOIN near USING (record_id)
 WHERE line.{writing.OF_THESE} AND section <> '{ILLNESS_SECTION}' AND CASE
       WHEN {_NO_MORE} THEN id = ANY(come)
       ELSE occurred_on BETWEEN asked.first AND asked.last
            OR prescribed_on BETWEEN asked.first AND asked.last
            OR prescription_ref = ANY(asked.said)
            OR occurred_on BETWEEN near.first AND near.last
            OR prescribed_on BETWEEN near.first AND near.last
            OR prescription_ref = ANY(near.said)
            OR occurred_on = ANY(told) OR prescribed_on = ANY(told)
            OR episodes[1] = ANY(opened) OR episodes = '{{}}'
            OR section IN ('{STAY}', '{TRANSPORT}') END
"""


def grow(
    came: Mapping[uuid.UUID, Sequence[StoreLine]], *, since: dt.date, at: dt.datetime
) -> dict[uuid.UUID, int]:
    """Add new lines to records that hold all others. Returns how many to each that is done."""
    documents = document_facts(list(came))
    new = {record_id: care_lines(record_id, lines, {}) for record_id, lines in came.items()}
    had = _had(new, documents, since)
    works = []
    entered: dict[tuple[uuid.UUID, uuid.UUID], _Episodes] = {}
    letters: dict[tuple[uuid.UUID, uuid.UUID], _Episodes] = {}
    for record_id, lines in came.items():
        cares = new[record_id]
        keys = {care.id for care in cares}
        if len(keys) < len(cares) or keys & had[record_id].gone:
            continue  # sent twice, or here before
        facts = documents[record_id]
        found = assign_new(record_id, cares, had[record_id].lines, facts)
        if found is None:
            continue
        works.append(writing.Work(record_id, record_lines(lines, cares, found), {}))
        for of, elements in ((entered, had[record_id].lines), (letters, facts)):
            for element in elements:
                now = found.get(element.id)
                if now and now.episodes != element.episodes:
                    of[record_id, element.id] = now.episodes
    if not works:
        return {}
    touched = writing.write(works, since=since, over=(), at=at)
    writing.enter(writing.TABLE, entered)
    masks.cover_new_claims({work.record_id: [line.id for line in work.wanted] for work in works})
    # A mask on the care then covers the letter too.
    writing.enter(DOCUMENTS, letters)
    return touched


def _had(
    new: Mapping[uuid.UUID, Sequence[CareLine]],
    documents: Mapping[uuid.UUID, Sequence[DocumentFact]],
    since: dt.date,
) -> defaultdict[uuid.UUID, _Had]:
    found: defaultdict[uuid.UUID, _Had] = defaultdict(lambda: _Had([], set()))
    asked = [
        {"record_id": record_id, "come": [care.id for care in cares]}
        | asked_for(record_id, cares, documents[record_id])._asdict()
        for record_id, cares in new.items()
    ]
    record_ids = listed(new)
    with connection.cursor() as cursor, by_hash(cursor):
        told = json.dumps(asked, default=_plain)
        cursor.execute(_HAD, [told, record_ids, since, since, record_ids, since])
        # As text: a key is made of it once, not for each line.
        keys = {str(record_id): record_id for record_id in new}
        for record_id, gone, *values in cursor.fetchall():
            line = care_line(values, euros=True)
            of = found[keys[record_id]]
            if gone:
                of.gone.add(line.id)
            else:
                of.lines.append(line)
    return found


def _plain(value: Any) -> Any:
    """Return what JSON doesn't know as PostgreSQL reads it: keys, days, sets of either."""
    return list(value) if isinstance(value, set) else str(value)
