"""The leaflet's code: nine characters, fourteen days, three tries; kept as a keyed hash only.

Nobody stores the code itself: it is made from the attempt that asked for it, so that a second
press of the same button prints the same leaflet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from access.binding import note, now, use_case
from access.journal import Action
from access.models import ActivationCode
from access.policy import Refused
from records.models import RecordStatus
from records.opening.checking import may_open, record_of
from records.opening.facts import Opened, Outcome


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.models import Record
    from records.opening.facts import Identity


# Without what is read for something else: B 8, I 1, O 0, S 5, Z 2.
ALPHABET = "ACDEFGHJKLMNPQRTUVWXY34679"
LENGTH = 9
LIFE = dt.timedelta(days=14)
TRIES = 3


def code_of(attempt: uuid.UUID) -> str:
    """Return the code of one attempt: the same however often it is asked for."""
    number = int.from_bytes(_keyed(f"activation-attempt|{attempt.hex}"))
    letters = []
    for _step in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def code_digest(code: str) -> bytes:
    """Return the keyed hash a code is found by; spaces, dashes and small letters don't count."""
    bare = "".join(c for c in code.upper() if c.isalnum())
    return _keyed(f"activation-code|{bare}")


def _keyed(message: str) -> bytes:
    return hmac.new(settings.DMP_INDEX_KEY, message.encode(), hashlib.sha256).digest()


def is_of(record: Record, attempt: uuid.UUID) -> bool:
    """Tell whether a record's code is the one this attempt made: the same button, again."""
    digest = code_digest(code_of(attempt))
    return ActivationCode.objects.filter(
        record=record, digest=digest, replaced_at=None, used_at=None
    ).exists()


def give_code(record: Record, attempt: uuid.UUID) -> str:
    """Write a new code for a record; those before it stop working. Returns it, to be printed."""
    code = code_of(attempt)
    retire_codes(record)
    ActivationCode.objects.create(
        record=record,
        digest=code_digest(code),
        made_at=now(),
        expires_at=now() + LIFE,
        tries_left=TRIES,
    )
    return code


def retire_codes(record: Record) -> None:
    """Stop every code of a record."""
    ActivationCode.objects.filter(record=record, used_at=None, replaced_at=None).update(
        replaced_at=now()
    )


@use_case
def renew_code(*, by: Viewer, identity: Identity, attempt: uuid.UUID) -> Opened:
    """Print another code for a record that was never activated.

    Raises ``Refused`` for any other: recovery goes by a channel the holder gave, never by a
    counter.
    """
    may_open(by)
    record = record_of(identity)
    if record is None or record.status != RecordStatus.OPEN or record.activated_at is not None:
        raise Refused(
            _(
                "Aucun code ne peut être imprimé ici. La personne retrouve son accès depuis la"
                " page de connexion."
            )
        )
    if not is_of(record, attempt):
        give_code(record, attempt)
        note(Action.CODE_RENEWED, record.id, by=by, door="counter")
    return Opened(record.id, Outcome.ALREADY, code=code_of(attempt))
