"""The documents of a record, as far as they belong to the same care as its claims."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from django.db import connection

from records.dossier.facts import document_fact
from records.models import Document


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from records.care.documents import DocumentFact


#: What ties a document to care: never its title.
LINKING: Final = (
    "id", "type_code", "occurred_on", "author_id", "author_name", "author_kind", "episodes",
    "categories",
)  # fmt: skip


def document_facts(record_id: uuid.UUID) -> list[DocumentFact]:
    """Return every document of a record as the rules of care read it."""
    # The worker's, hidden ones too: a mask on the care must cover them from the first moment.
    rows = Document.objects.filter(record_id=record_id).order_by("id").values(*LINKING)
    return [document_fact(Document(**row)) for row in rows]


def relink(
    record_id: uuid.UUID,
    documents: Iterable[DocumentFact],
    episodes: Mapping[uuid.UUID, tuple[uuid.UUID, ...]],
) -> None:
    """Let documents enter the episodes of claims that came after them.

    A mask on the care then covers the letter too.
    """
    entered = {
        document.id: episodes[document.id]
        for document in documents
        if episodes[document.id] != document.episodes
    }
    if entered:
        _enter(record_id, entered)


def _enter(record_id: uuid.UUID, entered: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]) -> None:
    given = [
        {"id": str(key), "episodes": [str(episode) for episode in episodes]}
        for key, episodes in entered.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_document AS element SET episodes = given.episodes"
            " FROM json_to_recordset(%s) AS given (id uuid, episodes uuid[])"
            " WHERE element.record_id = %s AND element.id = given.id",
            [json.dumps(given), record_id],
        )
