"""Taking a file in: kept whole, written down as a load that waits, the worker woken on commit."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final

from celery import current_app
from django.db import transaction
from django.utils.translation import get_language, gettext as _

from access.binding import note, now, use_case
from access.journal import SYSTEM, Action
from access.policy import NotVisible
from access.viewer import Role
from imports import files
from imports.models import Load
from imports.parsing import without_numbers
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer

LONGEST_NAME: Final = 200
LONGEST_REASON: Final = 500
_GIB: Final = 1024**3
log = logging.getLogger(__name__)


class WrongFile(ValueError):
    """A file that is not taken: the sentence says why and what to do."""


def require_desk(by: Viewer) -> None:
    """Let the fund's administrator through. Raise ``NotVisible`` for anybody else."""
    if by.role is not Role.FUND_ADMINISTRATOR:
        raise NotVisible


@use_case
def receive(
    *,
    by: Viewer,
    stream: BinaryIO | files.Kept,
    file_name: str,
    only_check: bool = False,
    corrects: uuid.UUID | None = None,
    totals_reason: str = "",
) -> uuid.UUID:
    """Keep a file and return the load that waits for the worker.

    ``stream`` may be a file kept already while it was uploaded. With ``only_check`` the worker
    says what it would do and writes nothing to the store. ``corrects`` names the load whose
    refused rows come back, ``totals_reason`` says why the fund's slip may differ. Raises
    ``WrongFile``, and ``NotVisible`` for a load that has no refused rows to correct.
    """
    require_desk(by)
    kept = stream if isinstance(stream, files.Kept) else _kept(stream)
    if not kept.size:
        files.remove(kept.load_id)
        raise WrongFile(_("Ce fichier est vide (0 octet). Vérifiez l'export, puis recommencez."))
    if corrects and not Load.objects.filter(id=corrects, rows_refused__gt=0).exists():
        files.remove(kept.load_id)
        raise NotVisible
    load = Load.objects.create(
        id=kept.load_id,
        file_name=_safe_name(file_name),
        stored_as=kept.load_id.hex,
        file_sha256=kept.sha256,
        file_size=kept.size,
        uploaded_by=by.user_id,
        uploaded_at=now(),
        language=(get_language() or "")[:2],
        only_check=only_check,
        corrects=corrects,
        totals_reason=totals_reason.strip()[:LONGEST_REASON],
    )
    note(Action.LOAD_STARTED, SYSTEM, by=by, element_kind="load", element_id=load.id)
    wake(load.id)
    return load.id


def too_large() -> WrongFile:
    """Return the refusal of a file larger than what is kept."""
    limit = files.MOST_BYTES // _GIB
    return WrongFile(
        _(
            "Ce fichier dépasse %(limit)s Gio. Compressez-le en gzip ou en zstd, "
            "ou coupez-le par régime et par mois."
        )
        % {"limit": limit}
    )


def no_room() -> WrongFile:
    """Return the refusal of a file for which the disk has no room."""
    return WrongFile(
        _(
            "La place manque pour garder ce fichier : rien n'en reste. Prévenez l'exploitant du "
            "portail, puis déposez-le de nouveau."
        )
    )


def _kept(stream: BinaryIO) -> files.Kept:
    try:
        return files.keep(stream, uuid7())
    except files.TooLargeError as error:
        raise too_large() from error


def _safe_name(name: str) -> str:
    """Return the last part of a name, printable, cut to what is kept, a person's number masked."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(c for c in last if c.isprintable()).strip()
    return without_numbers(printable[:LONGEST_NAME]) or "?"


def wake(load_id: uuid.UUID) -> None:
    """Tell the worker, once what is written is committed, that a load waits."""
    task = partial(current_app.send_task, "imports.load", [str(load_id)])
    transaction.on_commit(task, robust=True)
