"""Reading documents: the list, one document, its files. Every count is taken after the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import policy
from access.binding import note
from access.journal import Action
from access.policy import NotVisible
from records import files, reference
from records.contents import EXTENSIONS
from records.deposits import is_author
from records.dossier import telling
from records.dossier.care_views import mark_words
from records.dossier.entrance import Dossier, enter, enter_by_element
from records.models import AuthorKind, Document, DocumentFile, DocumentVersion, Record


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer

PAGE_SIZE = 20
MAX_SEARCH = 80
FAMILY_AUTHORS = {AuthorKind.HOLDER, AuthorKind.REPRESENTATIVE, AuthorKind.DELEGATE}


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document in a list."""

    element: uuid.UUID
    title: str
    kind: str
    when: str
    author: str
    by_patient: bool
    marks: tuple[str, ...]
    marks_attr: str


@dataclass(frozen=True, slots=True)
class DocumentsView:
    """A page of the list, its filters and what was asked."""

    dossier: Dossier
    rows: tuple[DocumentRow, ...]
    classes: tuple[tuple[str, str], ...]
    class_code: str
    search: str
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of a version."""

    id: uuid.UUID
    label: str
    media_type: str
    has_preview: bool
    is_text: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version a reader may open."""

    number: int
    when: str
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document: what it is, who wrote it, its versions, what its reader may do."""

    dossier: Dossier
    document: Document
    row: DocumentRow
    versions: tuple[VersionView, ...]
    text: str
    may_withdraw: bool
    may_release: bool


def _row(document: Document) -> DocumentRow:
    marks = policy.marks_of(document)
    return DocumentRow(
        element=document.id,
        title=document.title,
        kind=reference.document_type_label(document.type_code, telling.language())
        or document.type_code,
        when=telling.day_and_month(document.occurred_on),
        author=document.author_name,
        by_patient=document.author_kind in FAMILY_AUTHORS,
        marks=mark_words(marks),
        marks_attr="+".join(marks),
    )


def read_documents(
    *, by: Viewer, record_id: uuid.UUID, class_code: str = "", search: str = "", page: int = 1
) -> DocumentsView:
    """Return a page of the documents a reader sees, filtered after the gate and before the count."""
    dossier = enter(by=by, record_id=record_id)
    visible = policy.visible_documents(dossier.standing).filter(archived_at=None)
    held = sorted(set(visible.order_by().values_list("class_code", flat=True)))
    search = search.strip()[:MAX_SEARCH]
    chosen = visible
    if class_code in held:
        chosen = chosen.filter(class_code=class_code)
    else:
        class_code = ""
    for word in search.split():
        chosen = chosen.filter(title__icontains=word)
    total = chosen.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    rows = chosen.order_by("-occurred_on", "-id")[start : start + PAGE_SIZE]
    shown = tuple(_row(document) for document in rows)
    note(
        Action.LIST_READ,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="document",
        shown=len(shown),
    )
    return DocumentsView(
        dossier=dossier,
        rows=shown,
        classes=tuple((code, reference.class_label(code, telling.language())) for code in held),
        class_code=class_code,
        search=search,
        page=page,
        pages=pages,
        total=total,
    )


def read_document(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID) -> DocumentView:
    """Return one document. Raises ``NotVisible`` for hidden and missing alike."""
    standing = policy.standing_on(record_id)
    document = policy.get_visible(Document, standing, document_id)
    dossier = enter_by_element(by=by, record_id=record_id)
    versions = _versions(dossier, document)
    note(
        Action.ELEMENT_READ,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="document",
        element_id=document_id,
        shown=1,
        rests_on_secret=document.secret,
    )
    return DocumentView(
        dossier=dossier,
        document=document,
        row=_row(document),
        versions=versions,
        text=_text(dossier, versions),
        may_withdraw=is_author(standing, document),
        may_release=by.is_professional and not dossier.by_family and bool(_unannounced(document)),
    )


def _unannounced(document: Document) -> bool:
    return "not announced" in policy.marks_of(document)


def _versions(dossier: Dossier, document: Document) -> tuple[VersionView, ...]:
    """The versions a reader may open: under a share, those filed before it was given."""
    rows = DocumentVersion.objects.filter(record_id=dossier.record_id, document=document)
    if dossier.door == "share":
        until = policy.share_given_at(dossier.standing, document.id)
        rows = rows.filter(deposited_at__lte=until) if until else rows.none()
    versions = list(rows.order_by("-number"))
    held: dict[uuid.UUID, list[DocumentFile]] = {version.id: [] for version in versions}
    for file in DocumentFile.objects.filter(version__in=versions).order_by("id"):
        held[file.version_id].append(file)
    return tuple(
        VersionView(
            number=version.number,
            when=telling.day_and_month(version.deposited_at.date()),
            files=tuple(_file(file) for file in held[version.id]),
        )
        for version in versions
    )


def _file(file: DocumentFile) -> FileView:
    kinds = {"application/pdf": "PDF", "text/plain": _("Texte")}
    label = kinds.get(file.media_type, _("Image"))
    return FileView(
        id=file.id,
        label=f"{label}, {max(1, round(file.size / 1024))} {_('ko')}",
        media_type=file.media_type,
        has_preview=bool(file.preview_stored_as),
        is_text=file.media_type == "text/plain",
    )


def _text(dossier: Dossier, versions: tuple[VersionView, ...]) -> str:
    """The words of a plain-text document, shown in the page itself."""
    first = next((f for version in versions[:1] for f in version.files if f.is_text), None)
    if first is None:
        return ""
    file = DocumentFile.objects.get(id=first.id, record_id=dossier.record_id)
    record = Record.objects.get(id=dossier.record_id)
    return files.load(record, file.stored_as).decode()


@dataclass(frozen=True, slots=True)
class ServedFile:
    """Bytes the gate gave out, with the name under which they are saved: no clinical word in it."""

    data: bytes
    media_type: str
    name: str


def read_file(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    document_id: uuid.UUID,
    file_id: uuid.UUID,
    preview: bool = False,
) -> ServedFile:
    """Return the bytes of one file, or its first-page preview, as one journal event."""
    standing = policy.standing_on(record_id)
    document = policy.get_visible(Document, standing, document_id)
    dossier = enter_by_element(by=by, record_id=record_id)
    open_to_reader = {f.id for version in _versions(dossier, document) for f in version.files}
    if file_id not in open_to_reader:
        raise NotVisible
    file = DocumentFile.objects.get(id=file_id, record_id=record_id)
    name = file.preview_stored_as if preview else file.stored_as
    if not name:
        raise NotVisible
    note(
        Action.PREVIEWED if preview else Action.DOWNLOADED,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="document",
        element_id=document_id,
        shown=1,
        rests_on_secret=document.secret,
    )
    media_type = "image/png" if preview else file.media_type
    record = Record.objects.get(id=record_id)
    return ServedFile(
        data=files.load(record, name),
        media_type=media_type,
        name=f"document-{document_id.hex[-8:]}.{EXTENSIONS.get(media_type, 'bin')}",
    )
