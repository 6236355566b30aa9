"""A document and its first version: what is said of it is checked, its bytes say what it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from access import narrow_ways, policy
from access.binding import note, now, today, use_case
from access.deposit_masks import is_masked_at_deposit, mask_at_deposit
from access.journal import Action
from access.models import Professional
from access.notices import tell_new_document
from access.policy import Refused
from access.unannounced import release_day
from records import files, reference
from records.contents import Content, examine
from records.deposits.joining import join_care
from records.deposits.pens import Pen, pen_of, types_for
from records.dossier.entrance import door_of
from records.models import AuthorKind, Document, DocumentFile, DocumentVersion, Record
from records.odd_letters import has_odd_letters, odd_letters_said
from records.turns import EPISODES, take_turn
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from access.standing import Standing
    from access.viewer import Viewer
    from records.reference import DocumentType

PRESSED_AGAIN_WITHIN: Final = dt.timedelta(minutes=10)
MAX_TITLE: Final = 200
EARLIEST_YEAR: Final = 1900


@dataclass(frozen=True, slots=True)
class Flags:
    """What a professional says of a document at deposit."""

    masked: bool = False
    unannounced: bool = False
    secret: bool = False
    about_another: bool = False


NO_FLAG: Final = Flags()


@use_case
def deposit(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    title: str,
    type_code: str,
    occurred_on: dt.date,
    data: bytes,
    flags: Flags = NO_FLAG,
) -> Document:
    """Deposit a document and its first version; class and categories follow from its type.

    The same sent again within ten minutes is the same press: the document that is there comes
    back. Raises ``WrongContent`` for a file that isn't taken, and ``Refused`` for a title or a day
    that can't be, a type that isn't the depositor's, or flags that exclude each other: masked and
    not announced (CSP R1111-49 and R1111-53). Nothing is stored then.
    """
    standing = policy.standing_on(record_id)
    pen = pen_of(standing)
    kind, title, flags = check_said(
        pen, title=title, type_code=type_code, day=occurred_on, flags=flags
    )
    content = examine(data)
    record = Record.objects.get(id=record_id)
    author = _author(pen, by)
    said = {
        "title": title, "type_code": type_code, "occurred_on": occurred_on,
        "secret": flags.secret, "about_another": flags.about_another,
        "unannounced_until": release_day(today()) if flags.unannounced else None,
    }  # fmt: skip
    take_turn(record_id, EPISODES)
    pressed_before = _pressed_before(standing, said | author, content)
    if pressed_before and is_masked_at_deposit(by, pressed_before.id) is flags.masked:
        return pressed_before
    document = Document(
        id=uuid7(), record=record, class_code=kind.class_code, created_at=now(), **said,
        # A psychiatrist's letter is about mental health, whatever its type.
        categories=reference.sensitive_categories(
            type_code=type_code, specialty=str(author.get("author_specialty", ""))
        ),
        **author,
    )  # fmt: skip
    join_care(document)
    document.save(force_insert=True)
    add_version(record, document, content, number=1, by=by)
    note(
        Action.DEPOSITED, record_id, by=by, door=door_of(standing) or "deposit",
        element_kind="document", element_id=document.id, rests_on_secret=flags.secret,
    )  # fmt: skip
    if flags.masked:
        mask_at_deposit(by=by, record_id=record_id, element_id=document.id)
    if pen.kind != AuthorKind.HOLDER and not flags.unannounced:
        # What isn't announced is not given away by a message either.
        tell_new_document(record, family=family_may_know(document))
    return document


def _pressed_before(
    standing: Standing, said: Mapping[str, object], content: Content
) -> Document | None:
    """Return what the same person deposited a moment ago, said alike and of the same bytes."""
    same = policy.visible_documents(standing).filter(
        **said, created_at__gt=now() - PRESSED_AGAIN_WITHIN
    )
    sent = DocumentFile.objects.filter(
        version__document__in=same.values("id"), version__number=1, sha1=content.sha1
    )
    keys = sent.values("version__document_id")
    return same.filter(id__in=keys).order_by("-created_at", "-id").first()


def family_may_know(document: Document) -> bool:
    """Tell whether a message may tell representatives of a document (policy line 5).

    Never of a secret, nor of anything of the same care, nor of what informs on somebody else.
    """
    if document.secret or document.about_another:
        return False
    return not narrow_ways.is_secret_care(document.record_id, document.episodes)


def check_said(
    pen: Pen, *, title: str, type_code: str, day: dt.date, flags: Flags
) -> tuple[DocumentType, str, Flags]:
    """Return the type, title and flags of a deposit, or raise ``Refused`` with what is wrong."""
    kind = _checked_type(pen, type_code)
    title = _checked_title(title)
    _check_day(day)
    return kind, title, _checked_flags(pen, flags)


def _checked_type(pen: Pen, type_code: str) -> DocumentType:
    found = next((kind for kind in types_for(pen) if kind.code == type_code), None)
    if found is None:
        raise Refused(_("Ce type de document n'est pas de ceux que vous pouvez déposer."))
    return found


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refused(_("Donnez un titre à ce document."))
    if has_odd_letters(title):
        raise Refused(odd_letters_said())
    if len(title) > MAX_TITLE:
        raise Refused(
            _("Ce titre a %(count)d caractères. Limite : 200. Écrivez-le plus court.")
            % {"count": len(title)}
        )
    return title


def _check_day(day: dt.date) -> None:
    """Refuse a day that hasn't come or that nobody living has known."""
    if day > today():
        raise Refused(_("Cette date n'est pas encore venue. Donnez la date du soin."))
    if day.year < EARLIEST_YEAR:
        raise Refused(_("Cette date est trop ancienne. Donnez la date du soin."))


def _checked_flags(pen: Pen, flags: Flags) -> Flags:
    if not pen.is_professional:
        return NO_FLAG
    if flags.masked and flags.unannounced:
        raise Refused(
            _(
                "Un document ne peut pas être à la fois masqué aux professionnels "
                "et non visible du patient. Choisissez l'un ou l'autre."
            )
        )
    return flags


def _author(pen: Pen, by: Viewer) -> dict[str, object]:
    """Who wrote it, as it stays written: name, profession, specialty and place of that day."""
    facts: dict[str, object] = {"author_kind": pen.kind, "author_name": by.name}
    if not pen.is_professional:
        return facts | {"author_person_id": by.person_id}
    known = Professional.objects.filter(id=by.professional_id) if by.professional_id else None
    specialty = known.values_list("specialty", flat=True).first() if known is not None else ""
    return facts | {
        "author_id": by.professional_id,
        "author_structure_id": by.structure_id,
        "author_profession": by.profession,
        "author_specialty": specialty or "",
        "author_structure_name": by.practice.structure_name if by.practice else "",
    }


def add_version(
    record: Record, document: Document, content: Content, *, number: int, by: Viewer
) -> None:
    """Keep bytes as a version of a document: sealed on disk, measured in the database."""
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
