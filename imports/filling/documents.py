"""The documents of a record, as far as they belong to the same care as its claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from records.care.documents import DocumentFact
from records.models import AuthorKind, Document


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping


def document_facts(record_id: uuid.UUID) -> list[DocumentFact]:
    """Return every document of a record as the rules of care read it."""
    rows = Document.objects.filter(record_id=record_id).order_by("id")
    return [
        DocumentFact(
            id=row.id,
            type_code=row.type_code,
            title=row.title,
            occurred_on=row.occurred_on,
            author_key=row.author_id,
            author_name=row.author_name,
            author_finess="",
            by_professional=row.author_kind == AuthorKind.PROFESSIONAL,
            prescription_ref="",
            related=(),
            episodes=tuple(row.episodes),
            categories=row.categories,
        )
        for row in rows
    ]


def relink(
    documents: Iterable[DocumentFact], episodes: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]
) -> None:
    """Let documents enter the episodes of claims that came after them.

    A mask on the care then covers the letter too.
    """
    for document in documents:
        found = episodes[document.id]
        if found != document.episodes:
            Document.objects.filter(id=document.id).update(episodes=list(found))
