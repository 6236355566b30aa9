"""Records that hold all but some new lines: these are linked with what is around them alone.

Where that isn't enough (`records.care.growing` says where), all lines are worked out. Must not
know how new lines are told from others.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from access import masks
from imports.filling import writing
from imports.filling.documents import DOCUMENTS, document_facts
from imports.filling.mapping import care_lines, record_lines
from records.care.growing import assign_new
from records.dossier.facts import ILLNESS_SECTION, LINE_FIELDS, care_line


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection, Mapping, Sequence

    from imports.filling.netting import StoreLine
    from records.care.lines import CareLine

    _Episodes = tuple[uuid.UUID, ...]


class _Had(NamedTuple):
    """The lines that a record has, and the keys of those that were taken back."""

    lines: list[CareLine]
    gone: set[uuid.UUID]


def grow(
    came: Mapping[uuid.UUID, Sequence[StoreLine]], *, since: dt.date, at: dt.datetime
) -> dict[uuid.UUID, int]:
    """Add new lines to records that hold all others. Returns how many to each that is done."""
    had = _had(list(came))
    documents = document_facts(list(came))
    works = []
    entered: dict[tuple[uuid.UUID, uuid.UUID], _Episodes] = {}
    letters: dict[tuple[uuid.UUID, uuid.UUID], _Episodes] = {}
    for record_id, lines in came.items():
        cares = care_lines(record_id, lines, {})
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


def _had(record_ids: Collection[uuid.UUID]) -> defaultdict[uuid.UUID, _Had]:
    found: defaultdict[uuid.UUID, _Had] = defaultdict(lambda: _Had([], set()))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT record_id::text, withdrawn_at IS NOT NULL, {', '.join(LINE_FIELDS)}"
            f" FROM {writing.TABLE} WHERE {writing.OF_THESE} AND section <> %s",
            [list(record_ids), ILLNESS_SECTION],
        )
        # As text: a key is made of it once, not for each line.
        keys = {str(record_id): record_id for record_id in record_ids}
        for record_id, gone, *values in cursor.fetchall():
            line = care_line(values, euros=True)
            of = found[keys[record_id]]
            if gone:
                of.gone.add(line.id)
            else:
                of.lines.append(line)
    return found
