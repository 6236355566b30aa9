"""Forgetting, every night: kept files, refused rows as they were, states nobody needs any more."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from imports import files
from imports.filling import waiting
from imports.loading import recognising, staging, undoing
from imports.models import Load, LoadState, RefusedRow


KEPT: Final = dt.timedelta(days=30)
_STRAY_SECONDS: Final = 24 * 3600
_ENDED: Final = (
    LoadState.DONE,
    LoadState.REFUSED,
    LoadState.FAILED,
    LoadState.CHECKED,
    LoadState.UNDONE,
)


def _left_alone_since(before: dt.datetime) -> Q:
    """Tell of loads paused before they wrote anything, and never resumed."""
    nothing_written = Q(chunks_merged=None) | Q(only_check=True)
    since = Q(heartbeat__lt=before) | Q(heartbeat=None, uploaded_at__lt=before)
    return nothing_written & since & Q(state=LoadState.PAUSED)


def tidy() -> None:
    """Forget what is older than thirty days; what became of each file stays, without its rows."""
    before = timezone.now() - KEPT
    ended = Q(state__in=_ENDED, finished_at__lt=before)
    old = Load.objects.filter(ended | _left_alone_since(before)).exclude(stored_as="")
    for load_id in old.order_by("id").values_list("id", flat=True):
        with transaction.atomic():
            # Held: somebody may have decided meanwhile that it goes on, or is taken back.
            if load := old.filter(id=load_id).select_for_update().first():
                _forget(load)
        if load:
            files.remove(load_id)  # what is left of one that no load names goes the next night
    undoing.forget(before)
    known = Load.objects.exclude(stored_as="").values_list("id", flat=True)
    files.remove_strays(set(known), older_than=_STRAY_SECONDS)
    waiting.forget_old(before)


def _forget(load: Load) -> None:
    """Forget the rows of a load: one only checked, or paused before, can't go on without them."""
    RefusedRow.objects.filter(load=load, original_sealed__isnull=False).update(
        original_sealed=None
    )
    staging.drop(load.id)
    load.stored_as = ""
    load.recognised.pop(recognising.SAMPLE, None)
    recognising.forget_so_far(load)
    if load.state in {LoadState.CHECKED, LoadState.PAUSED}:
        load.state, load.problem_code = LoadState.FAILED, "file_lost"
    load.finished_at = load.finished_at or timezone.now()
    load.save(
        update_fields=[
            "stored_as", "state", "problem_code", "finished_at", *recognising.COLUMNS,
        ]
    )  # fmt: skip
