"""Document types, their classes and the sections of the reimbursement history."""

from __future__ import annotations

from dataclasses import dataclass

from records.reference import tables


# Replaced in the national list: still read, in older documents, and offered to nobody.
_REPLACED = frozenset({"11526-1"})


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A type of document of the national record.

    ``class_code`` follows from the type and is never chosen; it is empty for the types that the
    national table of types and classes leaves out (``in_matrix`` is then false).
    """

    code: str
    class_code: str
    system: str
    fr: str
    en: str
    in_matrix: bool

    @property
    def replaced(self) -> bool:
        """Tell whether another code has taken its place."""
        return self.code in _REPLACED


@tables.remembered
def document_types() -> tuple[DocumentType, ...]:
    """Return every known type, in the order of the national table."""
    return tuple(
        DocumentType(
            code=row["code"],
            class_code=row["class_code"],
            system=row["system"],
            fr=row["fr"],
            en=row["en"],
            in_matrix=row["in_matrix"] == "1",
        )
        for row in tables.rows("document_types").values()
    )


@tables.remembered
def _by_code() -> dict[str, DocumentType]:
    return {kind.code: kind for kind in document_types()}


def document_type(code: str) -> DocumentType | None:
    """Return a type by its code, None when it is not in the list."""
    return _by_code().get(code)


def document_type_label(code: str, lang: str = "fr") -> str:
    """Return the name of a type, or an empty string."""
    kind = document_type(code)
    if kind is None:
        return ""
    return kind.en if lang == "en" else kind.fr


def class_label(code: str, lang: str = "fr") -> str:
    """Return the name of a class of documents, or an empty string."""
    row = tables.rows("classes").get(code)
    return tables.name(row, lang) if row else ""
