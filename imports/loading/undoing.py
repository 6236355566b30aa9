"""Undoing a load of claim lines: what it added goes, each line it changed is as it was before.

Possible until the next load of one of its schemes. Chunk by chunk: killed anywhere, the next call
goes on with what is left. Must not know files or pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.db.models import F, Q

from imports import filling
from imports.loading.turns import schemes_of
from imports.models import Load, LoadState, PreviousLine, TouchedPersons
from imports.parsing import Kind


if TYPE_CHECKING:
    import datetime as dt


_BEGUN: Final = (LoadState.LOADING, LoadState.PAUSED, LoadState.CHECKING, LoadState.WAITING)
PRINT: Final = "rows"
"""Among what was recognised of a file: the print of its rows (`imports.loading.reloading`)."""
_REMOVE: Final = "DELETE FROM imports_claimline WHERE person_key = ANY(%s) AND load_id = %s"
_PUT_BACK: Final = """
    INSERT INTO imports_claimline
    SELECT before.* FROM imports_previousline p,
           jsonb_populate_record(NULL::imports_claimline, p.row) AS before
     WHERE p.load_id = %s AND p.person_key = ANY(%s)
    ON CONFLICT (person_key, care_start, scheme, line_id)
    DO UPDATE SET flow_date = excluded.flow_date
"""


def may_undo(load: Load) -> bool:
    """Tell whether a load can be undone: it wrote something, and no other of its schemes since."""
    if load.state != LoadState.DONE or load.file_kind != Kind.LINES:
        return False
    wrote = load.rows_created or load.rows_changed or load.rows_set_aside
    return bool(wrote) and not load.undo_ended and is_last(load)


def is_overtaken(load: Load) -> bool:
    """Tell whether another load of one of its schemes came after one that is done.

    Of one that wrote and has been forgotten since it is known: the others aren't all read again.
    """
    forgotten = load.undo_ended and (load.rows_created or load.rows_changed)
    return bool(forgotten) or not is_last(load)


def is_last(load: Load) -> bool:
    """Tell whether no other load of one of its schemes came since, and is in the store.

    One that is being taken back is there until it is gone, one that stopped halfway stays there.
    The same rows once more, which changed nothing, are no other load. One that ended while this
    one was writing, or paused, came in between: neither found what was there before both.
    """
    ended = Q(state__in=(LoadState.DONE, LoadState.UNDOING)) | Q(
        state=LoadState.FAILED, chunks_merged__isnull=False, undo_ended=False
    )
    since = Q(finished_at__gt=load.started_at or load.finished_at) & ended
    begun = Q(state__in=_BEGUN, chunks_merged__isnull=False)
    others = Load.objects.filter(since | begun, file_kind=Kind.LINES, only_check=False)
    read = others.exclude(id=load.id).only("totals", "file_sha256", "recognised", "undo_ended")
    return not any(
        schemes_of(load) & schemes_of(other) for other in read if not _is_the_same(load, other)
    )


def _is_the_same(load: Load, other: Load) -> bool:
    """Tell whether another load was of the same rows and wrote nothing."""
    if not other.undo_ended:
        return False
    rows = load.recognised.get(PRINT)
    return other.file_sha256 == load.file_sha256 or (
        rows is not None and other.recognised.get(PRINT) == rows
    )


def wrote_nothing(load: Load) -> bool:
    """Tell whether a load left nothing to take back: not even a newer date."""
    return not TouchedPersons.objects.filter(load_id=load.id).exists()


def undo(load: Load) -> None:
    """Take back what a load wrote, and have the records it reached filled again."""
    while _undo_chunk(load):
        pass


def _undo_chunk(load: Load) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        chunk = TouchedPersons.objects.filter(load_id=load.id).order_by("id").first()
        if chunk is None:
            return False
        keys = [bytes(key) for key in chunk.keys]
        cursor.execute(_REMOVE, [keys, load.id])
        cursor.execute(_PUT_BACK, [load.id, keys])
        PreviousLine.objects.filter(load_id=load.id, person_key__in=keys).delete()
        chunk.delete()
        Load.objects.filter(id=load.id).update(chunk=F("chunk") - 1)  # for who looks on
        filling.ask_again(keys)
    return True


def forget(before: dt.datetime) -> None:
    """Forget where undoing has to look, of loads that ended before a moment: they stay.

    But for the last of its schemes, which can be undone until the next. What each line was before
    a correction is its history, and is kept.
    """
    old = Load.objects.filter(finished_at__lt=before, undo_ended=False, file_kind=Kind.LINES)
    ended = old.filter(state__in=(LoadState.DONE, LoadState.FAILED, LoadState.UNDONE))
    # All are looked at before any is forgotten: what came before one of them goes with it.
    gone = [load for load in ended if load.state != LoadState.DONE or not is_last(load)]
    for load in gone:
        with transaction.atomic():
            TouchedPersons.objects.filter(load_id=load.id).delete()
            Load.objects.filter(id=load.id).update(undo_ended=True)
