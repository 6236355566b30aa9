"""What becomes of a deposited document: a new version, its withdrawal, its release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import narrow_ways, policy
from access.binding import note, now, use_case
from access.journal import Action
from access.notices import tell_new_document, tell_withdrawn
from access.policy import NotVisible, Refused
from records.contents import examine
from records.deposits.depositing import add_version, family_may_know
from records.deposits.pens import pen_of
from records.deposits.reasons import WITHDRAWAL_REASONS
from records.dossier.entrance import door_of
from records.models import AuthorKind, Document, DocumentFile, DocumentVersion, Record


if TYPE_CHECKING:
    import uuid

    from access.standing import Standing
    from access.viewer import Viewer


def is_author(standing: Standing, document: Document) -> bool:
    """Tell whether the viewer wrote a document. The holder may withdraw what the family put in.

    What a delegate put in is the holder's: the delegate changes it while they may still write.
    """
    viewer = standing.viewer
    if document.author_kind == AuthorKind.PROFESSIONAL:
        return document.author_id is not None and document.author_id == viewer.professional_id
    if standing.is_holder:
        return True
    if document.author_person_id is None or document.author_person_id != viewer.person_id:
        return False
    try:
        return not pen_of(standing).is_professional
    except (NotVisible, Refused):
        return False


def _own(standing: Standing, document_id: uuid.UUID) -> Document:
    """Return a document of the viewer's own. Hidden and missing alike; another's is refused."""
    document = policy.get_visible(Document, standing, document_id)
    if not is_author(standing, document):
        raise Refused(_("Seul l'auteur d'un document peut le remplacer ou le retirer."))
    return document


def _door(standing: Standing) -> str:
    """The door an act is journalled under; an author needs none."""
    return door_of(standing) or "author"


@use_case
def replace(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID, data: bytes) -> None:
    """Add a new version: flags, masks and shares belong to the document and hold for it too.

    The very file that is there already adds none. Raises ``NotVisible``, ``Refused`` or
    ``WrongContent``; the versions there stay as they are.
    """
    standing = policy.standing_on(record_id)
    document = _own(standing, document_id)
    content = examine(data)
    record = Record.objects.get(id=record_id)
    # The gate gave it out above. Two at once: the second waits, then takes the next number; after
    # a withdrawal it finds nothing.
    waited = Document.objects.select_for_update(no_key=True).filter(
        id=document_id, record_id=record_id
    )
    if waited.first() is None:
        raise NotVisible
    versions = DocumentVersion.objects.filter(document=document)
    last = max(versions.values_list("number", flat=True), default=0)
    there = DocumentFile.objects.filter(version__document=document, version__number=last)
    if there.filter(sha1=content.sha1).exists():
        return  # pressed twice: the file is the one that is there
    number = last + 1
    add_version(record, document, content, number=number, by=by)
    note(
        Action.REPLACED, record_id, by=by, door=_door(standing), element_kind="document",
        element_id=document_id, rests_on_secret=document.secret,
    )  # fmt: skip
    if not standing.is_holder and not _waits_to_be_announced(document):
        tell_new_document(record, family=family_may_know(document))


def _waits_to_be_announced(document: Document) -> bool:
    """Tell of a document the gate gave out; who isn't a professional is given none that waits."""
    return "not announced" in policy.marks_of(document)


@use_case
def withdraw(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID, reason: str) -> None:
    """Withdraw a document, logically and with a reason; only its author may.

    Nobody sees it any more. The holder is told; the journal says who, when and why.
    """
    if reason not in WITHDRAWAL_REASONS:
        raise Refused(_("Dites pourquoi vous retirez ce document."))
    standing = policy.standing_on(record_id)
    document = _own(standing, document_id)
    if not narrow_ways.withdraw_document(document.id, reason):
        raise NotVisible
    note(
        Action.WITHDRAWN, record_id, by=by, door=_door(standing), reason=reason,
        element_kind="document", element_id=document_id, rests_on_secret=document.secret,
    )  # fmt: skip
    if not standing.is_holder and not _waits_to_be_announced(document):
        record = Record.objects.get(id=record_id)
        tell_withdrawn(record, family=family_may_know(document))


@use_case
def release(*, by: Viewer, record_id: uuid.UUID, document_id: uuid.UUID) -> None:
    """Make a not-announced document visible to the patient, after it was explained to them.

    Any professional who sees it may (CSP R1111-53); it can't be hidden from them again. Pressed
    twice, it changes nothing more.
    """
    standing = policy.standing_on(record_id)
    document = policy.get_visible(Document, standing, document_id)
    if not by.is_professional or standing.is_holder or standing.is_representative:
        raise NotVisible
    if not _waits_to_be_announced(document):
        return
    # The gate gave it out above: one write, that a second press at the same instant finds done.
    waiting = Document.objects.filter(id=document.id, record_id=record_id, released_at=None)
    if not waiting.update(released_at=now()):
        return  # another press, at the same instant
    note(
        Action.RELEASED, record_id, by=by, door=_door(standing), element_kind="document",
        element_id=document_id, rests_on_secret=document.secret,
    )  # fmt: skip
    record = Record.objects.get(id=record_id)
    tell_new_document(record, family=family_may_know(document))
