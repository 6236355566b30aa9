"""The versions of a document a reader may open, and their files as bytes, through the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import policy
from access.binding import note, use_case
from access.journal import Action
from access.policy import NotVisible
from records import files
from records.contents import EXTENSIONS, TEXT
from records.dossier import telling
from records.dossier.entrance import enter_by_element
from records.models import Document, DocumentFile, DocumentVersion, Record


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Callable, Collection

    from access.standing import Standing
    from access.viewer import Viewer

# A text longer than this is begun on the page and read whole in its file.
SHOWN_LETTERS = 20_000
_BY_SHARE = "10"


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of a version."""

    id: uuid.UUID
    label: str
    media_type: str
    has_preview: bool

    @property
    def is_text(self) -> bool:
        """Tell whether the page itself can show it."""
        return self.media_type == TEXT


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version a reader may open."""

    id: uuid.UUID
    when: str
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class ServedFile:
    """Bytes the gate gave out, with the name they are saved under: no clinical word in it."""

    data: bytes
    media_type: str
    name: str


class NotAccepted(Exception):
    """The file is there, in a form that whoever asks said they don't take."""

    def __init__(self, media_type: str) -> None:
        super().__init__(media_type)
        self.media_type = media_type


def shared_until(
    standing: Standing, documents: Collection[uuid.UUID]
) -> dict[uuid.UUID, dt.datetime]:
    """Return, of the documents a reader sees by a share alone, when that share was given.

    A share covers the versions filed before it (policy section 3); whoever sees a document
    otherwise sees all of them.
    """
    among = [key for key in documents if key in standing.shared]
    if not among:
        return {}
    decisions = policy.decisions(Document, standing, among=among)
    alone = [decision.element_id for decision in decisions if decision.rule == _BY_SHARE]
    return policy.shares_given_at(standing, alone)


def versions_of(standing: Standing, document: Document) -> tuple[VersionView, ...]:
    """Return the versions a reader may open, the newest first."""
    rows = DocumentVersion.objects.filter(record_id=standing.record_id, document=document)
    until = shared_until(standing, [document.id]).get(document.id)
    if until is not None:
        rows = rows.filter(deposited_at__lte=until)
    versions = list(rows.order_by("-number"))
    held: dict[uuid.UUID, list[DocumentFile]] = {version.id: [] for version in versions}
    for file in DocumentFile.objects.filter(version__in=versions).order_by("id"):
        held[file.version_id].append(file)
    return tuple(
        VersionView(
            id=version.id,
            when=telling.day_and_month(version.deposited_at),
            files=tuple(_file(file) for file in held[version.id]),
        )
        for version in versions
    )


def _file(file: DocumentFile) -> FileView:
    kinds = {"application/pdf": "PDF", TEXT: _("Texte")}
    kilobytes = max(1, round(file.size / 1024))
    label = _("%(kind)s, %(size)d ko") % {
        "kind": kinds.get(file.media_type, _("Image")),
        "size": kilobytes,
    }
    return FileView(
        id=file.id,
        label=label,
        media_type=file.media_type,
        has_preview=bool(file.preview_stored_as),
    )


def text_of(record_id: uuid.UUID, versions: tuple[VersionView, ...]) -> str:
    """Return the words of a plain-text document, or how they begin; nothing for any other.

    Raises ``NotVisible`` for one that was hidden since it was found.
    """
    first = next((f for version in versions[:1] for f in version.files if f.is_text), None)
    if first is None:
        return ""
    file = DocumentFile.objects.filter(id=first.id, record_id=record_id).first()
    if file is None:  # the database looks again at each statement
        raise NotVisible
    text = files.load(Record.objects.get(id=record_id), file.stored_as).decode()
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…"


@use_case
def read_file(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    document_id: uuid.UUID,
    file_id: uuid.UUID,
    preview: bool = False,
    accepts: Callable[[str], bool] = lambda _media_type: True,
) -> ServedFile:
    """Return the bytes of one file, or its first-page preview, as one journal event.

    Raises ``NotVisible`` for hidden and missing alike, and ``NotAccepted`` for a media type the
    asker doesn't take: nothing is read then, nor journalled.
    """
    standing = policy.standing_on(record_id)
    document = policy.get_visible(Document, standing, document_id)
    dossier = enter_by_element(by=by, record_id=record_id, element_id=document_id)
    open_to_reader = {f.id for version in versions_of(standing, document) for f in version.files}
    if file_id not in open_to_reader:
        raise NotVisible
    file = DocumentFile.objects.filter(id=file_id, record_id=record_id).first()
    if file is None:  # hidden since: the database looks again at each statement
        raise NotVisible
    name = file.preview_stored_as if preview else file.stored_as
    if not name:
        raise NotVisible
    media_type = "image/png" if preview else file.media_type
    if not accepts(media_type):
        raise NotAccepted(media_type)
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
    return ServedFile(
        data=files.load(Record.objects.get(id=record_id), name),
        media_type=media_type,
        name=f"document-{document_id.hex[-8:]}.{EXTENSIONS.get(media_type, 'bin')}",
    )
