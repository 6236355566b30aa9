"""What is told to the holder of a record when doors change or something arrives.

Neutral words only: never a type, a title, a name. The row is the truth of what is to be sent;
whoever sends reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from access.binding import now
from access.models import Notice
from records.models import Record


if TYPE_CHECKING:
    import uuid

    from access.models import Authorisation


ON_THE_SITE = "site"
NEW_DOOR = "new_door"
NEW_DOCUMENT = "new_document"
WITHDRAWN = "withdrawn"


def tell_new_door(period: Authorisation) -> None:
    """Tell the holder at once that someone was given a door, or waits for them to confirm one."""
    record = Record.objects.select_related("holder").get(id=period.record_id)
    with translation.override(record.holder.language):
        body = _("Une nouveauté dans votre dossier : quelqu'un peut le lire, ou le demande.")
    _tell(record, NEW_DOOR, body)


def tell_new_document(record: Record) -> None:
    """Tell the holder that something was added by somebody else, without saying what."""
    with translation.override(record.holder.language):
        body = _("Une nouveauté dans votre dossier.")
    _tell(record, NEW_DOCUMENT, body)


def tell_withdrawn(record: Record) -> None:
    """Tell the holder that its author took something back; the journal says who, when and why."""
    with translation.override(record.holder.language):
        body = _("Quelque chose a été retiré de votre dossier par son auteur.")
    _tell(record, WITHDRAWN, body)


def _tell(record: Record, kind: str, body: str) -> uuid.UUID:
    notice = Notice.objects.create(
        record_id=record.id,
        person_id=record.holder_id,
        kind=kind,
        channel=record.notify_by or ON_THE_SITE,
        body=body,
        made_at=now(),
    )
    return notice.id
