"""A letter joins the care it tells of in the transaction that brings it: never a moment later.

A mask, or a minor's secret, on the care covers the letter from the first moment anyone could read
it. Reads the facts of the record, hidden ones too, and answers nothing: a deposit is the same
whatever is there. Must not know masks, nor who sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from access import narrow_ways
from access.binding import turn_to
from records.care.episodes import assign_episodes
from records.care.lines import STAY
from records.care.links import DAYS_AROUND
from records.dossier.facts import ILLNESS_SECTION, LINE_FIELDS, care_line, document_fact
from records.models import Document


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from records.care.documents import DocumentFact
    from records.care.lines import CareLine

_Episodes = dict["uuid.UUID", tuple["uuid.UUID", ...]]


def join_care(document: Document) -> None:
    """Give a document about to be saved its episodes, and let its neighbours enter its own.

    The deposit holds the turn of ``EPISODES`` already.
    """
    record_id = document.record_id
    lines, documents = _near(record_id, document.occurred_on)
    before = _assigned(record_id, lines, documents)
    after = _assigned(record_id, lines, [*documents, document_fact(document)])
    document.episodes = list(after.pop(document.id))
    grown = {key: found for key, found in after.items() if set(found) - set(before[key])}
    narrow_ways.enter_episodes(grown)


def _near(record_id: uuid.UUID, day: dt.date) -> tuple[list[CareLine], list[DocumentFact]]:
    """Return what the rules may tie to a document of a day: the days around it, and every stay.

    A stay is made of lines that touch, so that the first may be far from the day.
    """
    turn_to(record_id)
    lines = narrow_ways.lines_near(day, DAYS_AROUND, stay=STAY, but_section=ILLNESS_SECTION)
    documents = narrow_ways.documents_near(day, DAYS_AROUND)
    return (
        [care_line([row.get(name, "") for name in LINE_FIELDS], euros=False) for row in lines],
        [document_fact(Document(record_id=record_id, **row)) for row in documents],
    )


def _assigned(
    record_id: uuid.UUID, lines: list[CareLine], documents: list[DocumentFact]
) -> _Episodes:
    found = assign_episodes(record_id, lines, documents)
    return {key: membership.episodes for key, membership in found.items()}
