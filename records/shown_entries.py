"""An entry that was shown and is there no more: what a page carries, so that its sender is told.

Nobody who wasn't shown an entry learns of it here: for them, gone and never there are one answer.
Must not read an entry: one that is withdrawn or hidden isn't read again.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings

from access import policy
from access.policy import NotVisible
from records.entries import LABELS, check_can_write


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.models import Entry


def proof_of(by: Viewer, entry: Entry) -> str:
    """Return what a page that shows an entry carries: its kind, which only this house can sign."""
    return f"{entry.kind}.{_signature(by, entry.record_id, entry.id, entry.kind)}"


def kind_once_shown(*, by: Viewer, record_id: uuid.UUID, entry_id: uuid.UUID, proof: str) -> str:
    """Return the kind of an entry that who asks was shown, and that they see no more.

    Raises ``NotVisible`` for whoever it was never shown to in this capacity, ``Refused`` for who
    may not write.
    """
    standing = policy.standing_on(record_id)
    assert standing.viewer == by  # noqa: S101  # a door that binds one viewer asks for that one
    kind, _dot, signed = proof.partition(".")
    known = kind in LABELS and signed.isascii()
    if not known or not hmac.compare_digest(signed, _signature(by, record_id, entry_id, kind)):
        raise NotVisible
    check_can_write(standing)
    return kind


def _signature(by: Viewer, record_id: uuid.UUID, entry_id: uuid.UUID, kind: str) -> str:
    message = f"entry shown|{by.user_id}|{by.role}|{record_id}|{entry_id}|{kind}".encode()
    return hmac.new(settings.DMP_INDEX_KEY, message, hashlib.sha256).hexdigest()
