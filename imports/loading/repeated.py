"""Files of the same rows: which came before, which brought nothing, what goes with the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from imports.loading.undoing import PRINT
from imports.models import Load, LoadState
from imports.parsing import Kind


if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet


def same_file(load: Load) -> dt.datetime | None:
    """Return when the very same file was loaded before, unless that was taken back since."""
    same = Load.objects.filter(file_sha256=load.file_sha256, uploaded_at__lt=load.uploaded_at)
    others = same.exclude(id=load.id)
    last = others.filter(state=LoadState.DONE).order_by("-uploaded_at").first()
    # The last one may have found every line there: what had brought them is gone with them.
    gone = last and others.filter(state=LoadState.UNDONE, finished_at__gt=last.finished_at)
    return last.uploaded_at if last and not (gone and gone.exists()) else None


def brought_nothing(load: Load) -> bool:
    """Tell whether a load that is done found there all that it may load.

    What is set aside is kept, unless it was there: that is known while what the load wrote is.
    """
    if load.state != LoadState.DONE or load.rows_created or load.rows_changed:
        return False
    known = load.file_kind == Kind.LINES and bool(load.stored_as)
    return not load.rows_set_aside or (known and load.undo_ended)


def gone_since(load: Load) -> dt.datetime | None:
    """Return when the lines that a load found there were taken back with what had brought them.

    That one could be taken back as this one wrote nothing.
    """
    if load.state != LoadState.DONE or load.file_kind != Kind.LINES:
        return None
    others = _of_the_same_rows(load).filter(finished_at__gt=load.finished_at)
    last = others.filter(state=LoadState.UNDONE).order_by("-finished_at").first()
    if last is None:
        return None
    again = others.filter(state=LoadState.DONE, finished_at__gt=last.finished_at)
    return None if again.exists() else last.finished_at


def goes_with(load: Load) -> dt.datetime | None:
    """Return when the same rows came once more and brought nothing: they go with this load's."""
    others = _of_the_same_rows(load).filter(state=LoadState.DONE, finished_at__gt=load.finished_at)
    last = others.order_by("-uploaded_at").first()
    return last.uploaded_at if last else None


def _of_the_same_rows(load: Load) -> QuerySet[Load]:
    same = Q(file_sha256=load.file_sha256)
    if rows := load.recognised.get(PRINT):
        same |= Q(**{f"recognised__{PRINT}": rows})
    return Load.objects.filter(same, file_kind=Kind.LINES, only_check=False).exclude(id=load.id)
