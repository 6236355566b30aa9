"""The documents of records, as far as they belong to the same care as their claims."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

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
    rows = Document.objects.filter(record_id__in=record_ids).order_by("record_id", "id")
    for row in rows.values(*LINKING):
        found[row["record_id"]].append(document_fact(Document(**row)))
    return found
