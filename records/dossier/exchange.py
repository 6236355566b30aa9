"""Reading for machines: the same gate and journal as the pages, facts for whichever standard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q, QuerySet

from access import narrow_ways, policy
from access.binding import note
from access.codes import count
from access.journal import SYSTEM, Action
from records import reference
from records.dossier.documents import FAMILY_AUTHORS
from records.dossier.entrance import (
    NO_RECORD,
    Dossier,
    door_of,
    enter,
    enter_by_element,
    enter_by_list,
)
from records.dossier.exchanged import (
    Asked,
    AttachmentFacts,
    DocumentFacts,
    Found,
    PatientFacts,
)
from records.dossier.files import ServedFile, read_file, shared_until
from records.identifiers import NIR_RANK, identifier_digest
from records.models import (
    Document,
    DocumentFile,
    DocumentVersion,
    Record,
    RecordIdentifier,
    RecordStatus,
)
from records.reference.people import plain


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Callable, Sequence

    from access.viewer import Viewer

FRENCH: Final = "fr"
# Questions an hour of one professional about people whose record they have no door to.
EXISTENCE_AN_HOUR: Final = 60


class TooOften(Exception):
    """Somebody asked about more people than a day's work explains."""


def record_by_identifier(system: str, value: str) -> uuid.UUID:
    """Return the record under a national identifier, by keyed hash; nothing is revealed by it.

    Where there is none, the key of no record: as much is asked about it. Nobody is found by a rank
    on a card: it is a parent's and their children's at once.
    """
    if system == NIR_RANK:
        return NO_RECORD
    found = RecordIdentifier.objects.filter(
        system=system, digest=identifier_digest(system, value), theirs=True
    ).first()
    return found.record_id if found else NO_RECORD


def read_patient(*, by: Viewer, record_id: uuid.UUID) -> PatientFacts:
    """Return the person of a record to whom comes by a door. Raises ``NotVisible``."""
    dossier = enter(by=by, record_id=record_id)
    record = Record.objects.select_related("holder").get(id=record_id)
    identifier = RecordIdentifier.objects.filter(record=record).own().first()
    note(
        Action.ELEMENT_READ, record_id, by=by, door=dossier.door, element_kind="identity", shown=1
    )
    holder = record.holder
    return PatientFacts(
        record_id=record_id,
        active=record.status == RecordStatus.OPEN,
        identifier_system=identifier.system if identifier else "",
        identifier_value=identifier.value() if identifier else "",
        birth_name=holder.birth_name,
        given_names=holder.given_names,
        used_name=holder.used_name,
        sex=holder.sex,
        born_on=holder.born_on,
    )


def find_patient(
    *, by: Viewer, system: str, value: str, family: str, born_on: dt.date | None
) -> PatientFacts | None:
    """Answer whether a record exists and is open (TD0.2).

    Who comes by a door gets the person; any professional who gives matching traits gets only the
    identifier back and ``active``, the same answer blocked or not (policy section 4). Each such
    question is journalled and counted. Raises ``TooOften``.
    """
    record_id = record_by_identifier(system, value)
    if door_of(policy.standing_on(record_id)):
        return read_patient(by=by, record_id=record_id)
    if not by.is_professional or not family or born_on is None:
        return None
    # Counted whether or not there is a record: the limit tells nothing.
    if not count("existence", str(by.professional_id), limit=EXISTENCE_AN_HOUR):
        raise TooOften
    record = Record.objects.select_related("holder").filter(id=record_id).first()
    # One event each, also where there is none: how long it takes tells nothing either.
    note(Action.EXISTENCE_ASKED, record.id if record else SYSTEM, by=by, door="exchange")
    if record is None:
        return None
    holder = record.holder
    same = plain(holder.birth_name) == plain(family) and holder.born_on == born_on
    if not same or record.status != RecordStatus.OPEN or record.died_on is not None:
        return None
    return PatientFacts(record_id, active=True, identifier_system=system, identifier_value=value)


def search_documents(*, by: Viewer, asked: Asked) -> Found:
    """Return a page of the current documents a reader sees, newest deposit first.

    Pages start after a document, not at a number: they stay stable while others are added.
    """
    dossier = enter_by_list(by=by, record_id=asked.record_id, model=Document)
    visible = _chosen(policy.visible_documents(dossier.standing).filter(archived_at=None), asked)
    total = visible.count()
    if asked.after is not None:
        at, last = asked.after
        visible = visible.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    rows = list(visible.order_by("-created_at", "-id")[: asked.count + 1])
    page = rows[: asked.count]
    facts = _facts(dossier, page)
    note(
        Action.LIST_READ,
        asked.record_id,
        by=by,
        door=dossier.door,
        element_kind="document",
        shown=len(page),
    )
    last_row = page[-1] if page and len(rows) > asked.count else None
    after = (last_row.created_at, last_row.id) if last_row is not None else None
    return Found(documents=facts, total=total, after=after)


def _chosen(visible: QuerySet[Document], asked: Asked) -> QuerySet[Document]:
    if asked.types is not None:
        visible = visible.filter(type_code__in=asked.types)
    if asked.classes is not None:
        visible = visible.filter(class_code__in=asked.classes)
    if asked.since is not None:
        visible = visible.filter(created_at__gte=asked.since)
    if asked.until is not None:
        visible = visible.filter(created_at__lt=asked.until)
    return visible


def read_document_facts(*, by: Viewer, document_id: uuid.UUID) -> DocumentFacts:
    """Return one document. Raises ``NotVisible`` for hidden and missing alike."""
    record_id = narrow_ways.record_of_document(document_id)
    document = policy.get_visible(Document, policy.standing_on(record_id), document_id)
    dossier = enter_by_element(by=by, record_id=record_id, element_id=document_id)
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
    return _facts(dossier, [document])[0]


def read_binary(*, by: Viewer, file_id: uuid.UUID, accepts: Callable[[str], bool]) -> ServedFile:
    """Return a file by its own key. Raises ``NotVisible`` or ``NotAccepted``, as ``read_file``."""
    record_id, document_id = narrow_ways.document_of_file(file_id)
    return read_file(
        by=by, record_id=record_id, document_id=document_id, file_id=file_id, accepts=accepts
    )


def _facts(dossier: Dossier, documents: Sequence[Document]) -> tuple[DocumentFacts, ...]:
    until = shared_until(dossier.standing, [document.id for document in documents])
    versions: dict[uuid.UUID, DocumentVersion] = {}
    rows = DocumentVersion.objects.filter(document__in=documents).order_by("number")
    for version in rows:
        given = until.get(version.document_id)
        if given is None or version.deposited_at <= given:
            versions[version.document_id] = version
    held: dict[uuid.UUID, list[AttachmentFacts]] = {}
    files = DocumentFile.objects.filter(version__in=versions.values()).order_by("id")
    for file in files.select_related("version"):
        held.setdefault(file.version_id, []).append(
            AttachmentFacts(
                file_id=file.id,
                media_type=file.media_type,
                size=file.size,
                sha1=bytes(file.sha1),
                created=file.version.deposited_at,
            )
        )
    return tuple(_fact(dossier, d, versions.get(d.id), held) for d in documents)


def _fact(
    dossier: Dossier,
    document: Document,
    version: DocumentVersion | None,
    held: dict[uuid.UUID, list[AttachmentFacts]],
) -> DocumentFacts:
    kind = reference.document_type(document.type_code)
    return DocumentFacts(
        id=document.id,
        record_id=dossier.record_id,
        version_id=version.id if version else None,
        title=document.title,
        type_code=document.type_code,
        type_system=kind.system if kind else "",
        type_label=reference.document_type_label(document.type_code, FRENCH),
        class_code=document.class_code,
        class_label=reference.class_label(document.class_code, FRENCH),
        occurred_on=document.occurred_on,
        deposited=document.created_at,
        author=document.author_name,
        author_is_patient=document.author_kind in FAMILY_AUTHORS,
        structure=document.author_structure_name,
        marks=policy.marks_of(document),
        files=tuple(held.get(version.id, ())) if version else (),
    )
