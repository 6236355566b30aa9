"""Rows of a record as the rules of care read them. Must not know who reads, nor decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from records.care.documents import DocumentFact
from records.care.lines import CareLine
from records.models import AuthorKind


if TYPE_CHECKING:
    from collections.abc import Sequence

    from records.models import Document

ILLNESS_SECTION: Final = "ALD"
LINE_FIELDS: Final = (
    "id", "section", "occurred_on", "care_end", "code_system", "code", "label", "quantity",
    "unpacked", "atc", "prescribed_on", "prescription_ref", "prescriber_id", "prescriber_name",
    "prescriber_specialty", "prescriber_finess", "performer_kind", "performer_id",
    "performer_name", "performer_specialty", "performer_finess", "paid_cents", "base_cents",
    "reimbursed_cents", "rate_pct", "episodes", "categories",
)  # fmt: skip


def care_line(row: Sequence[Any], *, euros: bool) -> CareLine:
    """Return the values of `LINE_FIELDS` as a line; who may not see amounts knows none."""
    *care, paid, base, reimbursed, rate, episodes, categories = row
    money = (paid, base, reimbursed, rate) if euros else (None, None, None, None)
    said: list[Any] = [*care, *money, tuple(episodes), categories]
    return CareLine(*said)


def document_fact(row: Document) -> DocumentFact:
    """Return a document as a fact. What nobody writes down yet links nothing."""
    return DocumentFact(
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
