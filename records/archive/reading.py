"""Reading a whole record to take it away: through the gate, every row before the first byte."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.text import slugify

from access import policy
from access.binding import note, now, today, use_case
from access.journal import Action
from access.policy import Purpose
from records import reference
from records.contents import EXTENSIONS
from records.dossier import telling
from records.dossier.entries import entry_view
from records.dossier.synthesis import versions_of
from records.models import (
    Document,
    DocumentFile,
    DocumentVersion,
    Entry,
    Record,
    ReimbursementLine,
    SynthesisLine,
)
from records.opening.closing import come_to_leave


if TYPE_CHECKING:
    import uuid

    from access.standing import Standing
    from access.viewer import Viewer
    from records.dossier.entries import EntryView
    from records.dossier.synthesis import VersionView


FORMAT = "dmp-archive/1"
_LONGEST_NAME = 60
_LINE_FACTS = (
    "section", "code_system", "code", "label", "quantity", "atc", "prescriber_name",
    "prescriber_specialty", "performer_name", "performer_specialty", "paid_cents",
    "reimbursed_cents", "rate_pct",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of a document: its path in the archive, its name in the store, its measures."""

    path: str
    label: str
    stored_as: str
    media_type: str
    size: int
    sha1: str


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """One document in words, with the files of all its versions, the newest first."""

    id: str
    title: str
    kind: str
    type_code: str
    day: str
    occurred_on: str
    author: str
    files: tuple[KeptFile, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything that was read: nothing more is asked of the database once it is made."""

    record: Record
    index: str
    data: bytes
    files: tuple[KeptFile, ...] = field(default=())


@use_case
def take_away(*, by: Viewer, record_id: uuid.UUID) -> Archive:
    """Read a whole record for whoever may leave with it, also once closed, as one event.

    The same gate as reading, with the purpose *take away* (policy section 2, lines 3 to 5 and 14).
    Raises ``NotVisible`` for anybody else.
    """
    leaving = come_to_leave(by=by, record_id=record_id)
    standing = leaving.standing
    record = Record.objects.select_related("holder").get(id=record_id)
    documents = _documents(standing)
    entries = _seen(Entry, standing, "kind", "created_at", "id")
    lines = _seen(ReimbursementLine, standing, "-occurred_on", "id")
    versions = versions_of(_seen(SynthesisLine, standing, "synthesis_id", "position"))
    views = [entry_view(entry, by_holder=leaving.door == "holder") for entry in entries]
    shown = len(documents) + len(entries) + len(lines) + sum(each.shown for each in versions)
    note(Action.ARCHIVE_TAKEN, record_id, by=by, door=leaving.door, shown=shown)
    data = {
        "format": FORMAT,
        "made_at": now().isoformat(),
        "holder": _holder(record),
        "documents": [_document_data(document) for document in documents],
        "entries": [
            {
                "id": str(entry.id),
                "kind": entry.kind,
                "on": entry.occurred_on.isoformat(),
                "content": entry.content,
            }
            for entry in entries
        ],
        "reimbursements": [_line_data(line) for line in lines],
        "syntheses": [_version_data(version) for version in versions],
    }
    return Archive(
        record=record,
        index=_index(record, documents, views, lines, versions),
        data=json.dumps(data, ensure_ascii=False, indent=1).encode(),
        files=tuple(file for document in documents for file in document.files),
    )


def _seen(model: Any, standing: Standing, *order: str) -> list[Any]:
    return list(policy.visible(model, standing, purpose=Purpose.TAKE_AWAY).order_by(*order))


def _documents(standing: Standing) -> list[KeptDocument]:
    documents = _seen(Document, standing, "-occurred_on", "-id")
    versions = DocumentVersion.objects.filter(document__in=documents).order_by("-number")
    held: dict[uuid.UUID, list[DocumentVersion]] = {document.id: [] for document in documents}
    for version in versions:
        held[version.document_id].append(version)
    formats: dict[uuid.UUID, list[DocumentFile]] = {version.id: [] for version in versions}
    for file in DocumentFile.objects.filter(version__in=versions).order_by("id"):
        formats[file.version_id].append(file)
    return [
        _document(
            place,
            document,
            [file for version in held[document.id] for file in formats[version.id]],
        )
        for place, document in enumerate(documents, 1)
    ]


def _document(place: int, document: Document, kept: list[DocumentFile]) -> KeptDocument:
    name = slugify(document.title)[:_LONGEST_NAME].strip("-")
    stem = f"documents/{document.occurred_on.isoformat()}-{place:03d}-{name}".rstrip("-")
    label = reference.document_type_label(document.type_code, telling.language())
    return KeptDocument(
        id=str(document.id),
        title=document.title,
        kind=label or document.type_code,
        type_code=document.type_code,
        day=telling.day_and_month(document.occurred_on),
        occurred_on=document.occurred_on.isoformat(),
        author=document.author_name,
        files=tuple(
            KeptFile(
                path=f"{stem}{'' if number == 1 else f'-{number}'}"
                f".{EXTENSIONS.get(file.media_type, 'bin')}",
                label=EXTENSIONS.get(file.media_type, "").upper(),
                stored_as=file.stored_as,
                media_type=file.media_type,
                size=file.size,
                sha1=bytes(file.sha1).hex(),
            )
            for number, file in enumerate(kept, 1)
        ),
    )


def _holder(record: Record) -> dict[str, str]:
    holder = record.holder
    return {
        "birth_name": holder.birth_name,
        "used_name": holder.used_name,
        "given_names": holder.given_names,
        "sex": holder.sex,
        "born_on": holder.born_on.isoformat(),
        "birthplace": holder.birthplace,
    }


def _document_data(document: KeptDocument) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "type": document.type_code,
        "on": document.occurred_on,
        "author": document.author,
        "files": [
            {
                "path": file.path,
                "media_type": file.media_type,
                "size": file.size,
                "sha1": file.sha1,
            }
            for file in document.files
        ],
    }


def _line_data(line: ReimbursementLine) -> dict[str, Any]:
    days = {"from": line.occurred_on.isoformat(), "to": line.care_end.isoformat()}
    return {"id": str(line.id)} | days | {name: getattr(line, name) for name in _LINE_FACTS}


def _version_data(version: VersionView) -> dict[str, Any]:
    return {
        "signed_at": version.signed_at.isoformat(),
        "author": version.author,
        "sections": [
            {
                "section": section.key,
                "lines": [
                    {"id": str(line.element), "text": line.text, "evidence": line.evidence}
                    for line in section.lines
                ],
            }
            for section in version.sections
        ],
    }


def _index(
    record: Record,
    documents: list[KeptDocument],
    entries: list[EntryView],
    lines: list[ReimbursementLine],
    versions: tuple[VersionView, ...],
) -> str:
    care = [
        {
            "day": telling.day_and_month(line.occurred_on),
            "label": line.label,
            "who": line.performer_name or line.prescriber_name,
            "back": "" if line.reimbursed_cents is None else telling.euros(line.reimbursed_cents),
        }
        for line in lines
    ]
    context = {
        "holder": record.holder,
        "made_on": today(),
        "documents": documents,
        "entries": entries,
        "care": care,
        "synthesis": versions[0] if versions else None,
    }
    return render_to_string("records/leaving/archive.html", context)
