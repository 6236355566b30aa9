"""A letter joins the care it tells of in the transaction that brings it: never a moment later.

A mask, or a minor's secret, on the care covers the letter from the first moment anyone could read
it. Reads the facts of the record, hidden ones too, and answers nothing: a deposit is the same
whatever is there. Must not know masks, nor who sees.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import Q

from records.care.episodes import assign_episodes
from records.care.lines import STAY
from records.care.links import DAYS_AROUND
from records.dossier.facts import ILLNESS_SECTION, LINE_FIELDS, care_line, document_fact
from records.models import Document, ReimbursementLine
from records.turns import take_turn


if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from records.care.documents import DocumentFact
    from records.care.lines import CareLine
    from records.models import Element

#: Who joins elements into episodes has a turn: a filling sees the letter, a letter the claims.
EPISODES: Final = "episodes"
_NEAR: Final = dt.timedelta(days=DAYS_AROUND)
_Episodes = dict["uuid.UUID", tuple["uuid.UUID", ...]]


def join_care(document: Document) -> None:
    """Give a document about to be saved its episodes, and let its neighbours enter its own."""
    record_id = document.record_id
    take_turn(record_id, EPISODES)
    lines, documents = _near(record_id, document.occurred_on)
    before = _assigned(record_id, lines, documents)
    after = _assigned(record_id, lines, [*documents, document_fact(document)])
    document.episodes = list(after.pop(document.id))
    grown = {key: found for key, found in after.items() if set(found) - set(before[key])}
    enter_episodes(record_id, ReimbursementLine, grown)
    enter_episodes(record_id, Document, grown)


def _near(record_id: uuid.UUID, day: dt.date) -> tuple[list[CareLine], list[DocumentFact]]:
    """Return what the rules may tie to a document of a day: the days around it, and every stay.

    A stay is made of lines that touch, so that the first may be far from the day.
    """
    around = (day - _NEAR, day + _NEAR)
    lines = (
        ReimbursementLine.objects.filter(
            Q(occurred_on__range=around) | Q(prescribed_on__range=around) | Q(section=STAY),
            record_id=record_id,
            withdrawn_at=None,
        )
        .exclude(section=ILLNESS_SECTION)
        .order_by("id")
        .values_list(*LINE_FIELDS)
    )
    documents = Document.objects.filter(record_id=record_id, occurred_on__range=around)
    return (
        [care_line(row, euros=False) for row in lines],
        [document_fact(row) for row in documents.order_by("id")],
    )


def _assigned(
    record_id: uuid.UUID, lines: list[CareLine], documents: list[DocumentFact]
) -> _Episodes:
    found = assign_episodes(record_id, lines, documents)
    return {key: membership.episodes for key, membership in found.items()}


def enter_episodes(
    record_id: uuid.UUID,
    model: type[Element],
    grown: Mapping[uuid.UUID, tuple[uuid.UUID, ...]],
) -> None:
    """Write the episodes of elements of a record: one statement, also when there are none."""
    given = [
        {"id": str(key), "episodes": [str(episode) for episode in episodes]}
        for key, episodes in grown.items()
    ]
    table = model._meta.db_table  # noqa: SLF001 - Django's own way
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS element SET episodes = given.episodes"  # noqa: S608 - our own name
            " FROM json_to_recordset(%s) AS given (id uuid, episodes uuid[])"
            " WHERE element.record_id = %s AND element.id = given.id",
            [json.dumps(given), record_id],
        )
