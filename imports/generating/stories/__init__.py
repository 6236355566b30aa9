"""The demonstration's people, their care and their documents: invented, and always the same."""

from __future__ import annotations

from imports.generating.stories.cast import (
    CARDS,
    PEOPLE,
    PROFESSIONALS,
    REPRESENTATIONS,
    STRUCTURES,
    Card,
    Person,
    Professional,
    Representation,
    Structure,
    person,
    professional,
    structure,
)
from imports.generating.stories.documents import DOCUMENTS, Document, body
from imports.generating.stories.histories import claims


__all__ = [
    "CARDS",
    "DOCUMENTS",
    "PEOPLE",
    "PROFESSIONALS",
    "REPRESENTATIONS",
    "STRUCTURES",
    "Card",
    "Document",
    "Person",
    "Professional",
    "Representation",
    "Structure",
    "body",
    "claims",
    "person",
    "professional",
    "structure",
]
