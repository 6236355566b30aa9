"""The documents of records, as far as they belong to the same care as their claims."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from django.db import connection

from dmp.keys import listed
from records.dossier.facts import document_fact
from records.models import Document


if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from records.care.documents import DocumentFact


DOCUMENTS: Final = Document._meta.db_table  # noqa: SLF001 - Django's own way
#: What ties a document to care: never its title.
LINKING: Final = (
    "id", "record_id", "type_code", "occurred_on", "author_id", "author_name", "author_kind",
    "episodes", "categories",
)  # fmt: skip


def document_facts(record_ids: Sequence[uuid.UUID]) -> defaultdict[uuid.UUID, list[DocumentFact]]:
    """Return every document of some records as the rules of care read it."""
    found: defaultdict[uuid.UUID, list[DocumentFact]] = defaultdict(list)
    # The worker's, hidden ones too: a mask on the care must cover them from the first moment.
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(LINKING)} FROM {DOCUMENTS}"  # noqa: S608 - our own names
            " WHERE record_id = ANY((SELECT %s::uuid[])::uuid[]) ORDER BY record_id, id",
            [listed(record_ids)],
        )
        for row in cursor.fetchall():
            document = Document(**dict(zip(LINKING, row, strict=True)))
            found[document.record_id].append(document_fact(document))
    return found
