"""Deposit, replace, withdraw, release a document. Who may see it afterwards is the gate's business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import policy
from access.binding import note, now, today, use_case
from access.deposit_masks import mask_at_deposit
from access.journal import Action
from access.models import Delegation
from access.policy import NotVisible, Refused
from access.standing import release_day
from access.viewer import Role
from records import files, reference
from records.contents import Content, examine
from records.dossier.entrance import door_of
from records.models import (
    AuthorKind,
    Document,
    DocumentFile,
    DocumentVersion,
    Record,
    RecordStatus,
)
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.standing import Standing
    from access.viewer import Viewer
    from records.reference import DocumentType

FAMILY_CLASSES = ("DOCPAT", "EXPPAT")
NEVER_DEPOSITED = frozenset({"REMB", "SYNTH", "60591-5"})
WITHDRAWAL_REASONS = ("mistake", "wrong person", "replaced elsewhere")


@dataclass(frozen=True, slots=True)
class Flags:
    """What a professional says of a document at deposit."""

    masked: bool = False
    unannounced: bool = False
    secret: bool = False
    about_another: bool = False


def types_for(*, by: Viewer) -> list[DocumentType]:
    """Return the types a viewer may deposit: the patient's own, or a professional's."""
    family = by.role is not Role.PROFESSIONAL
    return [
        kind
        for kind in reference.document_types()
        if kind.in_matrix
        and kind.code not in NEVER_DEPOSITED
        and kind.code.startswith(FAMILY_CLASSES) is family
    ]


def check_can_deposit(standing: Standing) -> str:
    """Return as whom a viewer deposits. Raises ``NotVisible`` or ``Refused``.

    A professional needs no door to deposit (policy section 4); the pages come by the record and
    ask for one themselves, so that a deposit never tells whether a record exists.
    """
    door = door_of(standing)
    if not door:
        viewer = standing.viewer
        open_to_deposits = standing.exists and standing.status == RecordStatus.OPEN
        if viewer.admitted and viewer.is_professional and open_to_deposits and not standing.died:
            return AuthorKind.PROFESSIONAL
        raise NotVisible
    if door == "delegate":
        writes = Delegation.objects.filter(
            record_id=standing.record_id, person_id=standing.viewer.person_id, can_write=True,
            ended_at=None, until__gt=standing.moment.at,
        )  # fmt: skip
        if not writes.exists():
            raise Refused(_("Vous pouvez lire ce dossier, pas y déposer de document."))
    kinds = {"holder": AuthorKind.HOLDER, "representative": AuthorKind.REPRESENTATIVE}
    kinds["delegate"] = AuthorKind.DELEGATE
    return kinds.get(door, AuthorKind.PROFESSIONAL)


@use_case
def deposit(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    title: str,
    type_code: str,
    occurred_on: dt.date,
    data: bytes,
    flags: Flags = Flags(),  # noqa: B008  # frozen
) -> Document:
    """Deposit a document and its first version.

    Raises ``WrongContent`` for a file that isn't taken, ``Refused`` for flags that exclude each
    other (masked and not announced) or a type that isn't the depositor's.
    """
    standing = policy.standing_on(record_id)
    kind = check_can_deposit(standing)
    found = next((t for t in types_for(by=by) if t.code == type_code), None)
    if found is None:
        raise Refused(_("Ce type de document n'est pas de ceux que vous pouvez déposer."))
    if flags.masked and flags.unannounced:
        raise Refused(
            _(
                "Un document ne peut pas être à la fois masqué aux professionnels "
                "et non visible du patient. Choisissez l'un ou l'autre."
            )
        )
    professional = kind == AuthorKind.PROFESSIONAL
    if not professional:
        flags = Flags()
    content = examine(data)
    record = Record.objects.get(id=record_id)
    document = Document(
        id=uuid7(), record=record, title=title.strip(), type_code=type_code,
        class_code=found.class_code, occurred_on=occurred_on, created_at=now(),
        author_kind=kind, author_name=by.name, author_person_id=by.person_id,
        author_id=by.professional_id if professional else None,
        author_structure_id=by.structure_id if professional else None,
        author_profession=by.profession if professional else "",
        author_structure_name=by.practice.structure_name if professional and by.practice else "",
        secret=flags.secret, about_another=flags.about_another,
        unannounced_until=release_day(today()) if flags.unannounced else None,
        categories=reference.sensitive_categories(type_code=type_code),
    )  # fmt: skip
    document.save(force_insert=True)
    _add_version(record, document, content, number=1, by=by)
    note(
        Action.DEPOSITED, record_id, by=by, door=standing_door(standing),
        element_kind="document", element_id=document.id,
        rests_on_secret=flags.secret,
    )  # fmt: skip
    if flags.masked:
        mask_at_deposit(by=by, record_id=record_id, element_id=document.id)
    return document


def standing_door(standing: Standing) -> str:
    """Return the door under which an act is journalled; an author without door is *author*."""
    return door_of(standing) or "author"


def _add_version(
    record: Record, document: Document, content: Content, *, number: int, by: Viewer
) -> None:
    version = DocumentVersion(
        id=uuid7(), record_id=record.id, document=document, number=number, deposited_at=now(),
        deposited_by=by.user_id,
    )  # fmt: skip
    version.save(force_insert=True)
    DocumentFile(
        id=uuid7(), record_id=record.id, version=version, media_type=content.media_type,
        size=len(content.data), sha1=content.sha1, stored_as=files.store(record, content.data),
        preview_stored_as=files.store(record, content.preview) if content.preview else "",
        pages=content.pages,
    ).save(force_insert=True)  # fmt: skip


def _own(standing: Standing, document_id: uuid.UUID) -> Document:
    """Return a document of the viewer's own. Hidden and missing alike; another's is refused."""
    document = policy.get_visible(Document, standing, document_id)
    if not is_author(standing, document):
        raise Refused(_("Seul l'auteur d'un document peut le remplacer ou le retirer."))
    return document


def is_author(standing: Standing, document: Document) -> bool:
    """Tell whether the viewer wrote a document. The holder may withdraw what a delegate put in."""
    viewer = standing.viewer
    if document.author_kind == AuthorKind.PROFESSIONAL:
        return document.author_id is not None and document.author_id == viewer.professional_id
    return standing.is_holder or (
        document.author_person_id is not None and document.author_person_id == viewer.person_id
    )


@use_case
def replace(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID, data: bytes) -> None:
    """Add a new version: flags, masks and shares belong to the document and hold for it too."""
    standing = policy.standing_on(record_id)
    document = _own(standing, document_id)
    content = examine(data)
    record = Record.objects.get(id=record_id)
    versions = DocumentVersion.objects.filter(document=document)
    number = max(versions.values_list("number", flat=True), default=0) + 1
    _add_version(record, document, content, number=number, by=by)
    note(
        Action.REPLACED, record_id, by=by, door=standing_door(standing), element_kind="document",
        element_id=document_id, rests_on_secret=document.secret,
    )  # fmt: skip


@use_case
def withdraw(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID, reason: str) -> None:
    """Withdraw a document, logically and with a reason; only its author may."""
    if reason not in WITHDRAWAL_REASONS:
        raise Refused(_("Dites pourquoi vous retirez ce document."))
    standing = policy.standing_on(record_id)
    document = _own(standing, document_id)
    Document.objects.filter(id=document.id, record_id=record_id).update(
        withdrawn_at=now(), withdrawn_reason=reason
    )
    note(
        Action.WITHDRAWN, record_id, by=by, door=standing_door(standing), reason=reason,
        element_kind="document", element_id=document_id, rests_on_secret=document.secret,
    )  # fmt: skip


@use_case
def release(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID) -> None:
    """Make a not-announced document visible to the patient, after it was explained to them.

    Any professional who sees it may (CSP R1111-53); it can't be hidden from them again.
    """
    standing = policy.standing_on(record_id)
    document = policy.get_visible(Document, standing, document_id)
    if not by.is_professional or standing.is_holder or standing.is_representative:
        raise NotVisible
    if not document.mark_unannounced:  # type: ignore[attr-defined]  # annotated by the gate
        return
    Document.objects.filter(id=document.id, record_id=record_id).update(released_at=now())
    note(
        Action.RELEASED, record_id, by=by, door=standing_door(standing), element_kind="document",
        element_id=document_id, rests_on_secret=document.secret,
    )  # fmt: skip
