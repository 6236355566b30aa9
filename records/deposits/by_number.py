"""Depositing by national number: no door, and no answer that tells whether there is a record.

What isn't for an open record of that very person is sealed unread and destroyed after thirty
days. Everything that can be wrong is told before anybody is looked for.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from access import policy
from access.binding import note, now, use_case
from access.emergency.finding import Sought, record_sought
from access.journal import SYSTEM, Action
from access.policy import NotVisible, Refused
from records import files
from records.contents import examine
from records.deposits.depositing import NO_FLAG, Flags, check_said, deposit
from records.deposits.pens import Pen, pen_of
from records.models import AuthorKind, RecordStatus


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


KEPT: Final = dt.timedelta(days=30)
PROFESSIONAL: Final = Pen(AuthorKind.PROFESSIONAL)


@use_case
def deposit_by_number(
    *,
    by: Viewer,
    nir: str,
    birth_name: str,
    born_on: dt.date,
    title: str,
    type_code: str,
    occurred_on: dt.date,
    data: bytes,
    flags: Flags = NO_FLAG,
) -> None:
    """Deposit for the person of a number, whether or not they have a record: nothing is returned.

    Raises ``WrongContent`` and ``Refused`` as a deposit does, and for who isn't a professional at
    work. Whoever has the number but another name or birthday gets the same answer, and no file.
    """
    if not by.is_professional or not by.admitted:
        raise Refused(_("Seul un soignant dépose un document par numéro."))
    check_said(PROFESSIONAL, title=title, type_code=type_code, day=occurred_on, flags=flags)
    examine(data)
    record_id = _open_to(nir, birth_name, born_on)
    if record_id is None:
        files.seal_unread(data, on=now())
        note(Action.DEPOSITED, SYSTEM, by=by, door="deposit")
        return
    deposit(
        by=by, record_id=record_id, title=title, type_code=type_code, occurred_on=occurred_on,
        data=data, flags=flags,
    )  # fmt: skip


def _open_to(nir: str, birth_name: str, born_on: dt.date) -> uuid.UUID | None:
    """Return the open record of that person, where the bound viewer deposits as a professional."""
    record = record_sought(Sought(nir, birth_name, born_on))
    if record is None or record.status != RecordStatus.OPEN or record.died_on is not None:
        return None
    try:
        pen = pen_of(policy.standing_on(record.id))
    except (NotVisible, Refused):
        return None
    return record.id if pen.is_professional else None


@use_case
def destroy_unread(*, by: Viewer) -> int:  # noqa: ARG001  # the clock, whoever winds it
    """Destroy what was sealed unread more than thirty days ago; return how many files."""
    return files.destroy_unread(before=now() - KEPT)
