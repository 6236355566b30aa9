"""Receipts: a random number, a kind, and a body sealed with the record's key.

A number says nothing: not how many were given, nor when. Must not know what a body means.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from access.binding import now
from access.models import Receipt
from records.keys import seal, unseal, unwrap
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid

    from records.models import Record


# Read out over a telephone without doubt: no B 8, I 1, O 0, S 5, Z 2.
_ALPHABET = "ACDEFGHJKLMNPQRTUVWXY34679"
_GROUPS = 3
_GROUP = 4


def new_number() -> str:
    """Return a random number, such as K7M4-PQ9X-R3TA (56 bits)."""
    return "-".join(
        "".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP))
        for _group in range(_GROUPS)
    )


def give_receipt(
    record: Record,
    kind: str,
    body: dict[str, Any],
    *,
    to: uuid.UUID | None = None,
    gesture: uuid.UUID | None = None,
) -> Receipt:
    """Write a receipt and return it. ``body`` is JSON; ``to`` is the person it is given to."""
    key = uuid7()
    clear = json.dumps(body, ensure_ascii=False).encode()
    return Receipt.objects.create(
        id=key,
        record=record,
        number=new_number(),
        kind=kind,
        given_to=to,
        gesture=gesture,
        body_sealed=seal(_key(record), clear, about=key.bytes),
        made_at=now(),
    )


def body_of(receipt: Receipt, record: Record) -> dict[str, Any]:
    """Return what a receipt says."""
    clear = unseal(_key(record), bytes(receipt.body_sealed), about=receipt.id.bytes)
    body: dict[str, Any] = json.loads(clear)
    return body


def _key(record: Record) -> bytes:
    return unwrap(bytes(record.key_wrapped), record.id.bytes)
