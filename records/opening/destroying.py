"""Destroying a record: its rows, its key, its history, its files. Nothing of it comes back.

Rows go in one statement of the database, whose function alone may do it; files after it. Killed
in between, the next round ends it. What stays is said in docs/operations.md.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from access.binding import binding, note, use_case
from access.journal import Action
from access.models import User
from access.notices import tell_erasure_done
from access.viewer import WORKER
from records import files
from records.models import Destruction, DestructionGround, Person, Record, Representation


if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from access.viewer import Viewer

log = logging.getLogger(__name__)


class NotDestroyed(Exception):
    """There is no such record, or its time has not come."""


def destroy_due() -> None:
    """Destroy the records whose time has come, and end what was begun."""
    for record_id in _begun():
        _alone(_end, record_id)
    for record_id in _due():
        _alone(destroy, record_id)


def _alone(act: Callable[[uuid.UUID], None], record_id: uuid.UUID) -> None:
    """Do it for one record; one that can't be destroyed must not keep the others."""
    try:
        act(record_id)
    except NotDestroyed:
        return  # taken back in the meantime
    except Exception as error:  # noqa: BLE001 - whatever it is
        log.error("destruction of %s: %s", record_id, type(error).__name__)  # noqa: TRY400 - no quotes


def destroy(record_id: uuid.UUID, *, ordered: bool = False) -> None:
    """Destroy a record: one whose time has come or, ``ordered`` of the operator, any.

    Raises ``NotDestroyed`` where there is nothing to destroy. The order is the tables' owner's:
    to anybody else the database says no.
    """
    with binding(WORKER):
        keys = _remove_rows(by=WORKER, record_id=record_id, ordered=ordered)
    for key in keys:
        _end(key)


def known_as(record_id: uuid.UUID) -> str:
    """Return the state of a record, for an operator who is about to destroy it: nothing else."""
    found = Record.objects.filter(id=record_id).values_list("status", flat=True).first()
    return found or ""


@use_case
def _remove_rows(*, by: Viewer, record_id: uuid.UUID, ordered: bool) -> list[uuid.UUID]:
    """Remove the rows of a record and of those that were merged into it; return their keys."""
    record = Record.objects.select_related("holder").filter(id=record_id).first()
    if record is None:
        raise NotDestroyed
    people = _with_an_account(record)
    merged = Record.objects.filter(merged_into=record).order_by("id").values_list("id", flat=True)
    keys = [*merged, record_id]
    for key in keys:
        with connection.cursor() as cursor:
            if ordered:
                cursor.execute(
                    "select dmp_destroy_rows(%s, %s)", [key, DestructionGround.OPERATOR]
                )
            else:
                cursor.execute("select dmp_destroy_due_record(%s)", [key])
                (done,) = cursor.fetchone()
                if not done:
                    raise NotDestroyed
        note(Action.DESTROYED, key, by=by, reason="operator" if ordered else "")
    tell_erasure_done(record, people)
    return keys


def _with_an_account(record: Record) -> list[Person]:
    """Return the holder and who represents them, where an address is left to write to."""
    around = {record.holder_id}
    around |= set(
        Representation.objects.filter(record=record, until=None, suspended_at=None).values_list(
            "person_id", flat=True
        )
    )
    known = User.objects.filter(person_id__in=around, is_active=True).values("person_id")
    return list(Person.objects.filter(id__in=known).order_by("id"))


def _end(record_id: uuid.UUID) -> None:
    files.remove_all(record_id)
    Destruction.objects.filter(record_id=record_id).update(files_gone_at=timezone.now())


def _begun() -> list[uuid.UUID]:
    begun = Destruction.objects.filter(files_gone_at=None).order_by("destroyed_at")
    return list(begun.values_list("record_id", flat=True))


def _due() -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.id from records_record r where r.status = 'closed'"
            " and dmp_destruction_is_due(r) order by r.id"
        )
        return [key for (key,) in cursor.fetchall()]
