"""What the calendar has to tell, looked for every morning: two weeks, seven days.

Computed from the facts and told once; a morning that was missed is caught up on the next.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.db.models import DurationField, ExpressionWrapper, F, Q

from access import narrow_ways
from access.binding import PARIS, now, today, turn_to_all, use_case
from access.conditions import ended_alone
from access.journal import Action
from access.models import Mask, MaskTarget
from access.notices.telling import tell_choice_ends, tell_new_document, tell_to_explain
from records.models import Document, Record, RecordStatus, ReimbursementLine


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable

    from access.narrow_ways import UnannouncedDeposit
    from access.viewer import Viewer

TWO_WEEKS: Final = dt.timedelta(days=14)
SEVEN_DAYS: Final = dt.timedelta(days=7)


@use_case
def remind(*, by: Viewer) -> None:  # noqa: ARG001  # the clock, whoever winds it
    """Write the notices of today."""
    _tell_what_waits()
    _tell_what_came()
    _tell_what_ends()


def _open(records: Iterable[uuid.UUID]) -> dict[uuid.UUID, Record]:
    found = Record.objects.select_related("holder").filter(
        id__in=set(records), status=RecordStatus.OPEN, died_on=None, merged_into=None
    )
    return {record.id: record for record in found.order_by("id")}


def _of_secret_care(records: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, dt.datetime]]:
    """Return which deposits that wait are of a care that is secret: on which record, of when."""
    turn_to_all(records)
    waiting = Document.objects.filter(
        record_id__in=records, unannounced_until__isnull=False, released_at=None, withdrawn_at=None
    ).exclude(episodes=[])
    rows = waiting.order_by("id").values_list("record_id", "created_at", "episodes")
    return {
        (record_id, at)
        for record_id, at, episodes in rows
        if narrow_ways.is_secret_care(record_id, episodes)
    }


def _family_may_know(
    group: Iterable[UnannouncedDeposit], kept: Collection[tuple[uuid.UUID, dt.datetime]]
) -> bool:
    """Tell whether representatives may be told that some of these wait, or came (line 5).

    Never of a secret, of anything of its care, nor of what informs on somebody else.
    """
    return any(
        not row.secret and not row.about_another and (row.record_id, row.created_at) not in kept
        for row in group
    )


def _tell_what_waits() -> None:
    """Two weeks after a deposit that isn't announced (line 4). One day's deposits are one."""
    before = dt.datetime.combine(today() - TWO_WEEKS + dt.timedelta(days=1), dt.time(), PARIS)
    rows = sorted(
        narrow_ways.unannounced_deposits(until_after=today(), deposited_before=before),
        key=lambda row: (row.record_id, row.created_at),
    )
    records = _open(row.record_id for row in rows)
    kept = _of_secret_care(records)
    for (record_id, day), group in groupby(
        rows, key=lambda row: (row.record_id, row.created_at.astimezone(PARIS).date())
    ):
        family = _family_may_know(group, kept)
        if record_id in records:
            tell_to_explain(records[record_id], family=family, once=f"{record_id}|{day}")


def _tell_what_came() -> None:
    """The day a deposit that wasn't announced can be read (line 4): it is new that day."""
    rows = sorted(
        narrow_ways.unannounced_deposits(until_after=today() - SEVEN_DAYS, last_day=today()),
        key=lambda row: (row.record_id, row.unannounced_until),
    )
    records = _open(row.record_id for row in rows)
    kept = _of_secret_care(records)
    for (record_id, day), group in groupby(
        rows, key=lambda row: (row.record_id, row.unannounced_until)
    ):
        family = _family_may_know(group, kept)
        if record_id in records:
            tell_new_document(records[record_id], family=family, once=f"{record_id}|{day}")


def _of_secrets(ending: Collection[Mask]) -> set[uuid.UUID]:
    """Return which of these masks are on a secret, or on a care that is one (line 5).

    What a family hid may have become a minor's secret since.
    """
    records = {mask.record_id for mask in ending}
    turn_to_all(records)
    keys = {mask.target_id for mask in ending if mask.target_id is not None}
    secret: dict[uuid.UUID | None, bool] = {}
    cares: dict[uuid.UUID | None, list[uuid.UUID]] = {}
    documents = Document.objects.filter(record_id__in=records, id__in=keys)
    lines = ReimbursementLine.objects.filter(record_id__in=records, id__in=keys)
    for rows in (documents, lines):
        for key, kept, episodes in rows.order_by("id").values_list("id", "secret", "episodes"):
            secret[key], cares[key] = kept, episodes
    for mask in ending:
        if mask.target == MaskTarget.EPISODE and mask.target_id is not None:
            cares[mask.target_id] = [mask.target_id]
    theirs = {
        mask.id: [(mask.record_id, one) for one in cares.get(mask.target_id, [])]
        for mask in ending
    }
    kept_back = narrow_ways.secret_cares({one for each in theirs.values() for one in each})
    return {
        mask.id
        for mask in ending
        if secret.get(mask.target_id) or not kept_back.isdisjoint(theirs[mask.id])
    }


def _tell_what_ends() -> None:
    """Seven days before a mask ends; one that was set for less is not told of again."""
    length = ExpressionWrapper(F("until") - F("since"), output_field=DurationField())
    ending = (
        Mask.objects.alias(length=length)
        .filter(
            Q(ended_at=None) | Q(ended_alone(Action.UNMASKED)), until__gt=now(),
            until__lte=now() + SEVEN_DAYS, length__gt=SEVEN_DAYS,
        )
        .order_by("record_id", "until", "id")
    )  # fmt: skip
    rows = list(ending)
    records = _open(row.record_id for row in rows)
    set_by_them = [one for one in rows if one.set_by_kind == "representative" and not one.secret]
    theirs = {one.id for one in set_by_them} - _of_secrets(set_by_them)
    for (record_id, until), group in groupby(rows, key=lambda row: (row.record_id, row.until)):
        ends = list(group)
        # A representative knows of none that the minor or a professional set or that is on a
        # secret, nor that the minor lifted one of theirs.
        family = any(row.id in theirs for row in ends)
        holder = any(row.ended_at is None for row in ends)
        if record_id in records and (holder or family):
            once = f"{record_id}|{until.isoformat()}"
            tell_choice_ends(records[record_id], holder=holder, family=family, once=once)
