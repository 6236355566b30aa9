"""The documents of records, as far as they belong to the same care as their claims."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from django.db import connection

from records.dossier.facts import document_fact
from records.models import Document


if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from records.care.documents import DocumentFact


#: What ties a document to care: never its title.
LINKING: Final = (
    "id", "record_id", "type_code", "occurred_on", "author_id", "author_name", "author_kind",
    "episodes", "categories",
)  # fmt: skip


def document_facts(record_ids: Sequence[uuid.UUID]) -> defaultdict[uuid.UUID, list[DocumentFact]]:
    """Return every document of some records as the rules of care read it."""
    found: defaultdict[uuid.UUID, list[DocumentFact]] = defaultdict(list)
    # The worker's, hidden ones too: a mask on the care must cover them from the first moment.
    rows = Document.objects.filter(record_id__in=record_ids).order_by("record_id", "id")
    for row in rows.values(*LINKING):
        found[row["record_id"]].append(document_fact(Document(**row)))
    return found


def relink(entered: Mapping[tuple[uuid.UUID, uuid.UUID], tuple[uuid.UUID, ...]]) -> None:
    """Let documents, by record and key, enter the episodes of claims that came after them.

    A mask on the care then covers the letter too.
    """
    if not entered:
        return
    given = [
        {"record": str(record), "id": str(key), "episodes": [str(each) for each in episodes]}
        for (record, key), episodes in entered.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_document AS element SET episodes = given.episodes"
            " FROM json_to_recordset(%s) AS given (record uuid, id uuid, episodes uuid[])"
            " WHERE element.record_id = given.record AND element.id = given.id",
            [json.dumps(given)],
        )
