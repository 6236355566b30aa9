"""What machines are told of a person and of a document: facts, without a word of any standard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    import datetime as dt
    import uuid


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """A person as a reader may know them: by a door, or by asking with matching traits."""

    record_id: uuid.UUID
    active: bool
    identifier_system: str = ""
    identifier_value: str = ""
    birth_name: str = ""
    given_names: str = ""
    used_name: str = ""
    sex: str = ""
    born_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """One file of the current version."""

    file_id: uuid.UUID
    media_type: str
    size: int
    sha1: bytes
    created: dt.datetime


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document the gate gave out, with its marks and the files of its current version."""

    id: uuid.UUID
    record_id: uuid.UUID
    version_id: uuid.UUID | None
    title: str
    type_code: str
    type_system: str
    type_label: str
    class_code: str
    class_label: str
    occurred_on: dt.date
    deposited: dt.datetime
    author: str
    author_is_patient: bool
    structure: str
    marks: tuple[str, ...]
    files: tuple[AttachmentFacts, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A search of documents, already checked by the door; None where nothing narrows it.

    ``since`` is included and ``until`` isn't. ``after`` is the last document of the page before.
    """

    record_id: uuid.UUID
    types: frozenset[str] | None = None
    classes: frozenset[str] | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    after: tuple[dt.datetime, uuid.UUID] | None = None
    count: int = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search: its documents, the total for this reader, where the next page starts."""

    documents: tuple[DocumentFacts, ...]
    total: int
    after: tuple[dt.datetime, uuid.UUID] | None
