"""Forgetting, every night: kept files, refused rows as they were, states nobody needs any more."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import timezone

from imports import files
from imports.filling import waiting
from imports.loading import staging, undoing
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


def tidy() -> None:
    """Forget what is older than thirty days; what became of each file stays, without its rows."""
    before = timezone.now() - KEPT
    old = Load.objects.filter(state__in=_ENDED, finished_at__lt=before).order_by("id")
    for load in old.exclude(stored_as=""):
        RefusedRow.objects.filter(load=load, original_sealed__isnull=False).update(
            original_sealed=None
        )
        staging.drop(load.id)
        files.remove(load.id)
        # A load only checked can't proceed once its file is gone.
        load.stored_as = ""
        load.recognised.pop("sample", None)
        if load.state == LoadState.CHECKED:
            load.state, load.problem_code = LoadState.FAILED, "file_lost"
        load.save(update_fields=["stored_as", "recognised", "state", "problem_code"])
    undoing.forget(before)
    known = Load.objects.exclude(stored_as="").values_list("id", flat=True)
    files.remove_strays(set(known), older_than=_STRAY_SECONDS)
    waiting.forget_old(before)
