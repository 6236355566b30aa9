"""What is kept, one module per noun. Knows no viewer and no grant."""

from __future__ import annotations

from records.models.destruction import Destruction, DestructionGround
from records.models.document import AuthorKind, Document, DocumentFile, DocumentVersion
from records.models.element import Element, Episode, KeyedElement
from records.models.entry import Entry, EntryKind
from records.models.filling import DoctorProposal, Filling, FillingState
from records.models.line import ReimbursementLine
from records.models.people import ContactKind, ContactPoint, Language, Person, Sex
from records.models.record import (
    ConsentRefusals,
    Ground,
    IdentifierStatus,
    Record,
    RecordIdentifier,
    RecordStatus,
    Representation,
)
from records.models.synthesis import (
    ElementKind,
    Section,
    Synthesis,
    SynthesisConsent,
    SynthesisDraft,
    SynthesisLine,
    SynthesisSource,
    ticked_answer,
)


__all__ = [
    "AuthorKind",
    "ConsentRefusals",
    "ContactKind",
    "ContactPoint",
    "Destruction",
    "DestructionGround",
    "DoctorProposal",
    "Document",
    "DocumentFile",
    "DocumentVersion",
    "Element",
    "ElementKind",
    "Entry",
    "EntryKind",
    "Episode",
    "Filling",
    "FillingState",
    "Ground",
    "IdentifierStatus",
    "KeyedElement",
    "Language",
    "Person",
    "Record",
    "RecordIdentifier",
    "RecordStatus",
    "ReimbursementLine",
    "Representation",
    "Section",
    "Sex",
    "Synthesis",
    "SynthesisConsent",
    "SynthesisDraft",
    "SynthesisLine",
    "SynthesisSource",
    "ticked_answer",
]
