"""Reading documents: the list and one document. Every count is taken after the gate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from access import policy
from access.binding import note, use_case
from access.journal import Action
from access.policy import Reading, Refused
from records import reference
from records.contents import Passage, passages
from records.deposits import is_author, may_deposit
from records.dossier import telling
from records.dossier.care_views import mark_words
from records.dossier.entrance import Dossier, enter_by_element, enter_by_list
from records.dossier.files import FileView, VersionView, text_of, versions_of
from records.models import AuthorKind, Document
from records.reference.people import plain


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from access.viewer import Viewer

PAGE_SIZE = 20
MAX_SEARCH = 80
# One statement for the list, its filters and its counts: none of them can say more than another.
LIST = Reading(
    Document,
    columns=(
        "id", "title", "type_code", "class_code", "occurred_on", "author_name",
        "author_structure_name", "author_kind",
    ),
    order=("-occurred_on", "-id"),
    where=Q(archived_at=None),
)  # fmt: skip
FAMILY_AUTHORS = {AuthorKind.HOLDER, AuthorKind.REPRESENTATIVE, AuthorKind.DELEGATE}
_ICONS_OF_TYPES = {"11502-2": "test-tube", "DOCPAT05": "test-tube", "96349-6": "mail"}
_ICONS_OF_CLASSES = {"31": "scan-line", "42": "pill", "43": "pill", "45": "pill", "90": "user"}


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document in a list."""

    element: uuid.UUID
    title: str
    kind: str
    when: str
    author: str
    structure: str
    by_patient: bool
    icon: str
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
    may_deposit: bool

    @property
    def narrowed(self) -> bool:
        """Tell whether a search or a filter leaves something out."""
        return bool(self.search or self.class_code)


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document: what it is, who wrote it, its versions, what its reader may do."""

    dossier: Dossier
    document: Document
    row: DocumentRow
    versions: tuple[VersionView, ...]
    passages: tuple[Passage, ...]
    may_withdraw: bool
    may_release: bool

    @property
    def current(self) -> tuple[FileView, ...]:
        """The files of the version that counts."""
        return self.versions[0].files if self.versions else ()

    @property
    def previous(self) -> tuple[VersionView, ...]:
        """The versions before it, the newest first."""
        return self.versions[1:]


def document_row(document: Any) -> DocumentRow:
    """Return how a list names a document, or a row of it, that the gate has given out."""
    marks = policy.marks_of(document)
    lang = telling.language()
    code = document.type_code
    return DocumentRow(
        element=document.id,
        title=document.title,
        kind=reference.document_type_label(code, lang) or code,
        when=telling.day_and_month(document.occurred_on),
        author=document.author_name,
        structure=document.author_structure_name,
        by_patient=document.author_kind in FAMILY_AUTHORS,
        icon=_ICONS_OF_TYPES.get(code) or _ICONS_OF_CLASSES.get(document.class_code, "file-text"),
        marks=mark_words(marks),
        marks_attr="+".join(marks),
    )


def read_documents(
    *, by: Viewer, record_id: uuid.UUID, class_code: str = "", search: str = "", page: int = 1
) -> DocumentsView:
    """Return a page of the documents a reader sees, filtered after the gate and before the count.

    Unknown filters show everything. A page past the last is the last.
    """
    dossier = enter_by_list(by=by, record_id=record_id, model=Document)
    visible = policy.listed(LIST, dossier.standing)
    held = sorted({document.class_code for document in visible})
    search = " ".join(search.split())[:MAX_SEARCH]
    class_code = class_code if class_code in held else ""
    chosen = [one for one in visible if class_code in {"", one.class_code}]
    if search:
        chosen = _matching(chosen, search)
    total = len(chosen)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    shown = tuple(document_row(document) for document in chosen[start : start + PAGE_SIZE])
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
        may_deposit=may_deposit(dossier.standing),
    )


def _matching(documents: Iterable[Any], search: str) -> list[Any]:
    """Return those whose title, author, kind or day holds every word, accents aside."""
    words = plain(search).split()
    lang = telling.language()
    found = []
    for one in documents:
        facts = (
            one.title,
            one.author_name,
            one.author_structure_name,
            reference.document_type_label(one.type_code, lang),
            reference.class_label(one.class_code, lang),
            telling.day_and_month(one.occurred_on),
        )
        said = plain(" ".join(facts))
        if all(word in said for word in words):
            found.append(one)
    return found


def recent_documents(dossier: Dossier, limit: int) -> tuple[DocumentRow, ...]:
    """Return the latest documents a reader sees, for the first page, which journals them."""
    rows = policy.listed(replace(LIST, most=limit), dossier.standing)
    return tuple(document_row(row) for row in rows)


@use_case
def read_own_document(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID) -> DocumentView:
    """Return a document to whoever wrote it, to be changed. Raises ``Refused`` for others."""
    view = read_document(by=by, record_id=record_id, document_id=document_id)
    if not view.may_withdraw:
        raise Refused(_("Seul l'auteur d'un document peut le remplacer ou le retirer."))
    return view


def read_document(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID) -> DocumentView:
    """Return one document. Raises ``NotVisible`` for hidden and missing alike."""
    standing = policy.standing_on(record_id)
    document = policy.get_visible(Document, standing, document_id)
    dossier = enter_by_element(by=by, record_id=record_id, element_id=document_id)
    versions = versions_of(standing, document)
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
    waits = "not announced" in policy.marks_of(document)
    return DocumentView(
        dossier=dossier,
        document=document,
        row=document_row(document),
        versions=versions,
        passages=tuple(passages(text_of(record_id, versions))),
        may_withdraw=is_author(standing, document),
        may_release=by.is_professional and not dossier.by_family and waits,
    )
