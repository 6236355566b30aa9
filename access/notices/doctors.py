"""What treating GPs are told as professionals, and what their patients ask them for.

At the address of their account, in French; neutral words, nobody's name. Must not know screens,
nor whether what is asked for was answered.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import translation

from access.binding import now
from access.models import Authorisation, AuthorisationKind, Block, Notice, NoticeState
from access.models.periods import in_force, live
from access.notices.hours import next_round
from access.notices.telling import once_of, tell, wake_for
from access.notices.wording import (
    EMAIL,
    EMERGENCY,
    PATIENT_OPENED,
    SYNTHESIS_ASKED,
    URGENT,
    words,
)
from records.models import RecordStatus


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from records.models import Record


def tell_emergency(record: Record, *, once: str) -> None:
    """Tell at once, and once, that an opening began: the holder, their family, the treating GP."""
    tell(record, EMERGENCY, family=True, once=once)
    _tell_treating_gp(record, PATIENT_OPENED, once=once)


def tell_synthesis_asked(record: Record, professional_id: uuid.UUID, *, alone: bool) -> None:
    """Tell the treating GP that a patient asks for a first synthesis: not who.

    What a minor asks alone is kept apart: their family asks too, and isn't told that it was. It
    leaves with the next round, if the doctor still treats them then.
    """
    once = _asked(record.id, now(), alone=alone)
    _write(record, [professional_id], SYNTHESIS_ASKED, once=once)


def synthesis_asked_at(
    record_id: uuid.UUID, professional_id: uuid.UUID, *, to_family: bool
) -> list[dt.datetime]:
    """Return when this doctor was asked for the first synthesis of a record, in order.

    To who represents a minor, when the family did.
    """
    told = Notice.objects.filter(
        record_id=record_id, professional_id=professional_id, kind=SYNTHESIS_ASKED
    )
    rows = told.order_by("made_at", "id").values_list("made_at", "once")
    found = []
    for at, once in rows:
        family = once_of(SYNTHESIS_ASKED, professional_id, _asked(record_id, at, alone=False))
        if not to_family or bytes(once or b"") == family:
            found.append(at)
    return found


def _asked(record_id: uuid.UUID, at: dt.datetime, *, alone: bool) -> str:
    """Return what a request is told once by; also who asked, which nobody else reads from it."""
    who = "alone" if alone else "family"
    return f"{record_id}|{who}|{at.astimezone(dt.UTC).isoformat()}"


def still_treats(record_ids: Collection[uuid.UUID], professional_id: uuid.UUID) -> set[uuid.UUID]:
    """Return which of these are open records that a doctor still treats: a notice waits."""
    opened = Q(record__status=RecordStatus.OPEN, record__died_on=None)
    held = _treating(record_ids).filter(opened, professional_id=professional_id)
    return set(held.values_list("record_id", flat=True))


def _treating(record_ids: Collection[uuid.UUID]) -> QuerySet[Authorisation]:
    """Return the right of the treating GP, but of one who is blocked or no longer practises."""
    blocked = Block.objects.filter(
        in_force(now()), record_id=OuterRef("record_id"),
        professional_id=OuterRef("professional_id"),
    )  # fmt: skip
    return Authorisation.objects.filter(
        ~Exists(blocked), live(now()), record_id__in=record_ids,
        kind=AuthorisationKind.TREATING_GP, confirmed_at__lte=now(), professional__isnull=False,
    ).exclude(professional__registration_ended_at__lte=now())  # fmt: skip


def _tell_treating_gp(record: Record, kind: str, *, once: str) -> None:
    """Not one who is blocked or no longer practises: they see nothing, and are told nothing."""
    doctors = (
        _treating([record.id]).order_by("-since", "id").values_list("professional_id", flat=True)
    )
    _write(record, doctors[:1], kind, once=once)


def _write(record: Record, doctors: Iterable[uuid.UUID | None], kind: str, *, once: str) -> None:
    """Write to doctors as professionals: at the address of their account, in French."""
    with translation.override(settings.LANGUAGE_CODE):
        body = words(kind, own=False)
    rows = [
        Notice(
            record_id=record.id, professional_id=doctor, kind=kind, body=body, made_at=now(),
            channel=EMAIL, state=NoticeState.WAITING,
            due_at=now() if kind in URGENT else next_round(now()),
            once=once_of(kind, doctor, once),
        )
        for doctor in doctors if doctor
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    wake_for(kind, rows)
